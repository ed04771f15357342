import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ListenerModel, Model } from '../config/model.ts';
import { acceptReaders } from '../wire/http1/accept.ts';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';

/** Beyond the limit this many connections still get their 503; past that they're closed without a word. */
const POLITE_OVERFLOW = 1024;

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
      const excess = tally.add(socket);
      const connection = new ServerConnection(socket, excess > 0 ? crowded : context);
      this.connections.add(connection);
      if (excess > POLITE_OVERFLOW) connection.destroy();
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

/** Counts client connections against the limits, over all listeners. */
export class ConnectionTally {
  private total = 0;
  private readonly byAddress = new Map<string, number>();
  private readonly limits: { readonly connections: number; readonly connectionsPerAddress: number };

  constructor(limits: { readonly connections: number; readonly connectionsPerAddress: number }) {
    this.limits = limits;
  }

  /** Counts a connection until it closes. @returns by how many a limit is exceeded; 0 or less: it isn't. */
  add(socket: Socket): number {
    const { connections, connectionsPerAddress } = this.limits;
    const address = socket.remoteAddress ?? '';
    const here = (this.byAddress.get(address) ?? 0) + 1;
    this.total++;
    this.byAddress.set(address, here);
    socket.once('close', () => {
      this.total--;
      const left = (this.byAddress.get(address) ?? 1) - 1;
      if (left > 0) this.byAddress.set(address, left);
      else this.byAddress.delete(address);
    });
    return Math.max(
      connections > 0 ? this.total - connections : 0,
      connectionsPerAddress > 0 ? here - connectionsPerAddress : 0,
    );
  }
}
