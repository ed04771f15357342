import { createServer, type Server, type Socket } from 'node:net';
import type { ListenerModel, Model } from '../config/model.ts';
import { acceptReaders, adoptReader } from '../wire/http1/accept.ts';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';
import type { ConnectionTally, PlaceInTally } from './connection-tally.ts';
import { listenOn, SOCKET_OPTIONS, type GatewayAddress } from './listen.ts';

/** What a listener hands its connections' exchanges to. */
export interface ListenerHooks extends Pick<ServerContext, 'handle' | 'refuse' | 'wheel'> {
  readonly draining: () => boolean;
}

/** One listening address and the connections that came through it. */
export class Listener {
  private readonly model: ListenerModel;
  private readonly server: Server;
  private readonly count: (socket: Socket) => ServerConnection;
  private readonly context: ServerContext;
  private readonly crowded: ServerContext;
  private readonly connections = new Set<ServerConnection>();
  private readonly waiting: (() => void)[] = [];

  constructor(listener: ListenerModel, model: Model, hooks: ListenerHooks, tally: ConnectionTally) {
    this.model = listener;
    this.context = {
      limits: model.limits,
      timeouts: model.timeouts,
      wheel: hooks.wheel,
      get draining() {
        return hooks.draining();
      },
      handle: hooks.handle,
      refuse: hooks.refuse,
      closed: (connection) => this.forget(connection),
    };
    this.crowded = {
      ...this.context,
      // Getters don't survive a spread.
      draining: true,
      handle: (exchange) => hooks.refuse(exchange, 'too-many-connections', 'Try again in a moment.'),
    };
    this.count = (socket) => {
      const address = socket.remoteAddress ?? '';
      const place = tally.add(address);
      socket.once('close', () => tally.remove(address));
      return this.begin(socket, place);
    };
    this.server = createServer(SOCKET_OPTIONS, this.count);
  }

  /** @throws the system's error if the address can't be listened on. */
  async listen(): Promise<GatewayAddress> {
    const address = await listenOn(this.server, this.model);
    acceptReaders(this.server, this.count);
    return address;
  }

  /** Serves a connection that was accepted elsewhere. @returns the socket that it has from now on */
  adopt(socket: Socket, place: PlaceInTally): Socket {
    return adoptReader(socket, (own) => this.begin(own, place));
  }

  private begin(socket: Socket, place: PlaceInTally): ServerConnection {
    const connection = new ServerConnection(socket, place === 'within' ? this.context : this.crowded);
    this.connections.add(connection);
    if (place === 'far beyond') connection.destroy();
    return connection;
  }

  get size(): number {
    return this.connections.size;
  }

  /** Accepts no more, closes what is idle; resolves once every connection (tunnels too) is closed. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.connections) connection.closeWhenIdle();
    // The server says so before the last sockets' own 'close', in which exchanges end and are logged.
    return closed.then(() => this.emptied());
  }

  destroy(): void {
    for (const connection of this.connections) connection.destroy();
  }

  private emptied(): Promise<void> | void {
    if (this.connections.size > 0) return new Promise((resolve) => this.waiting.push(resolve));
  }

  private forget(connection: ServerConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }
}
