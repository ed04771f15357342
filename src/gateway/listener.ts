import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ListenerModel, Model } from '../config/model.ts';
import { acceptReaders } from '../wire/http1/accept.ts';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';
import type { ConnectionTally } from './connection-tally.ts';

/** What a listener hands its connections' exchanges to. */
export interface ListenerHooks extends Pick<ServerContext, 'handle' | 'refuse' | 'wheel'> {
  readonly draining: () => boolean;
}

/** One listening address and the connections that came through it. */
export class Listener {
  private readonly model: ListenerModel;
  private readonly server: Server;
  private readonly accept: (socket: Socket) => ServerConnection;
  private readonly connections = new Set<ServerConnection>();
  private readonly waiting: (() => void)[] = [];

  constructor(listener: ListenerModel, model: Model, hooks: ListenerHooks, tally: ConnectionTally) {
    this.model = listener;
    const context: ServerContext = {
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
    const crowded: ServerContext = {
      ...context,
      // Getters don't survive a spread.
      draining: true,
      handle: (exchange) => hooks.refuse(exchange, 'too-many-connections', 'Try again in a moment.'),
    };
    // Half-open: a client that has sent all may still be owed its answer's end; the connection decides.
    this.accept = (socket) => {
      const place = tally.add(socket);
      const connection = new ServerConnection(socket, place === 'within' ? context : crowded);
      this.connections.add(connection);
      if (place === 'far beyond') connection.destroy();
      return connection;
    };
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, this.accept);
  }

  /** @throws the system's error if the address can't be listened on. */
  listen(): Promise<AddressInfo> {
    return new Promise((resolve, reject) => {
      const { host, port } = this.model;
      this.server.once('error', reject);
      this.server.listen({ host, port }, () => {
        this.server.off('error', reject);
        // Running out of descriptors must not end the process: the next accept may succeed.
        this.server.on('error', () => {});
        acceptReaders(this.server, this.accept);
        resolve(this.server.address() as AddressInfo);
      });
    });
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
