import { createServer, type Server, type Socket } from 'node:net';
import type { ListenerModel, Model } from '../config/model.ts';
import { acceptReaders, adoptReader } from '../wire/http1/accept.ts';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';
import type { ConnectionTally, PlaceInTally } from './connection-tally.ts';
import { isSameAddress, listenOn, SOCKET_OPTIONS, type GatewayAddress } from './listen.ts';

/** What a listener hands its connections' exchanges to. */
export interface ListenerHooks extends Pick<ServerContext, 'handle' | 'refuse' | 'wheel'> {
  readonly draining: () => boolean;
}

/** Of connections without a request under way: closed at once, or after one more. */
export type IdleClients = 'close' | 'serve';

/** One listening address and the connections that came through it. */
export class Listener {
  private readonly model: ListenerModel;
  private readonly server: Server;
  private readonly count: (socket: Socket) => ServerConnection;
  private readonly hooks: ListenerHooks;
  private context: ServerContext;
  private crowded: ServerContext;
  private readonly connections = new Set<ServerConnection>();
  private readonly waiting: (() => void)[] = [];
  private leaving = false;

  constructor(listener: ListenerModel, model: Model, hooks: ListenerHooks, tally: ConnectionTally) {
    this.model = listener;
    this.hooks = hooks;
    this.context = this.contextOf(model);
    this.crowded = this.crowdedOf(model);
    this.count = (socket) => {
      const address = socket.remoteAddress ?? '';
      const place = tally.add(address);
      socket.once('close', () => tally.remove(address));
      return this.begin(socket, place);
    };
    this.server = createServer(SOCKET_OPTIONS, this.count);
  }

  /** Whether another config's address is this one. */
  isAt(wanted: ListenerModel): boolean {
    return isSameAddress(this.model, this.address?.port, wanted);
  }

  /** From now on connections begin under this configuration. Those there are keep the limits that they began with. */
  update(model: Model): void {
    this.context = this.contextOf(model);
    this.crowded = this.crowdedOf(model);
  }

  /** Where it listens, once it does. */
  address: GatewayAddress | undefined = undefined;

  /** @throws the system's error if the address can't be listened on. */
  async listen(): Promise<GatewayAddress> {
    const address = await listenOn(this.server, this.model);
    this.address = address;
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

  /** Accepts no more; resolves once every connection (tunnels too) is closed. */
  close(idle: IdleClients): Promise<void> {
    this.leaving = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    if (idle === 'close') for (const connection of this.connections) connection.closeWhenIdle();
    // The server says so before the last sockets' own 'close', in which exchanges end and are logged.
    return closed.then(() => this.emptied());
  }

  destroy(): void {
    for (const connection of this.connections) connection.destroy();
  }

  private contextOf({ limits, timeouts }: Model): ServerContext {
    const { hooks } = this;
    const isLeaving = (): boolean => this.leaving || hooks.draining();
    return {
      limits,
      timeouts,
      wheel: hooks.wheel,
      get draining() {
        return isLeaving();
      },
      handle: hooks.handle,
      refuse: hooks.refuse,
      closed: (connection) => this.forget(connection),
    };
  }

  /** For connections beyond the limit. */
  private crowdedOf(model: Model): ServerContext {
    const { refuse } = this.hooks;
    return {
      ...this.contextOf(model),
      // Getters don't survive a spread.
      draining: true,
      handle: (exchange) => refuse(exchange, 'too-many-connections', 'Try again in a moment.'),
    };
  }

  private emptied(): Promise<void> | void {
    if (this.connections.size > 0) return new Promise((resolve) => this.waiting.push(resolve));
  }

  private forget(connection: ServerConnection): void {
    this.connections.delete(connection);
    if (this.connections.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }
}
