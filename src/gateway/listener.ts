import { createServer, type Server, type Socket } from 'node:net';
import type { ListenerModel, Model } from '../config/model.ts';
import type { CertificateEvent } from '../tls/index.ts';
import { acceptReaders, adoptReader, type SocketReader } from '../wire/http1/accept.ts';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';
import type { ListenerNote } from '../wire/exchange.ts';
import type { Peer } from '../wire/peer.ts';
import type { ConnectionTally, PlaceInTally } from './connection-tally.ts';
import { Entrance } from './entrance.ts';
import { addressOf, isSameAddress, listenOn, SOCKET_OPTIONS, type GatewayAddress } from './listen.ts';
import { DEFAULT_PROTOCOL, PROTOCOLS, type ClientConnection } from './protocols.ts';

/** What a listener hands its connections' exchanges to. */
export interface ListenerHooks extends Pick<ServerContext, 'handle' | 'refuse' | 'wheel'> {
  readonly draining: () => boolean;
  /** What the keys of TLS session tickets are made of at the moment. */
  readonly ticketSecret: () => Uint8Array;
  /** A connection is lost before its first request. @param code a short word for why */
  failed(peer: Peer, code: string): void;
  /** Something happened to the certificates. */
  report(event: CertificateEvent): void;
}

/** Of connections without a request under way: closed at once, or after one more. */
export type IdleClients = 'close' | 'serve';

/** Another config that is ready to be put in force at a listener, or to be given up. */
export interface ListenerChange {
  apply(): void;
  discard(): void;
}

/** One listening address and the connections that came through it. */
export class Listener {
  private model: ListenerModel;
  private readonly name: string;
  private readonly server: Server;
  private readonly hooks: ListenerHooks;
  private readonly tally: ConnectionTally;
  private context: ServerContext;
  private crowded: ServerContext;
  private handshakeTimeout: number;
  /** Undefined where clients begin with their request. */
  private entrance: Entrance | undefined;
  /** Those of configs before, while connections are in them. */
  private readonly formerEntrances = new Set<Entrance>();
  private readonly connections = new Set<ClientConnection>();
  private readonly waiting: (() => void)[] = [];
  private leaving = false;

  constructor(listener: ListenerModel, model: Model, hooks: ListenerHooks, tally: ConnectionTally) {
    this.model = listener;
    this.name = `${listener.host}:${listener.port}`;
    this.hooks = hooks;
    this.tally = tally;
    this.context = this.contextOf(model);
    this.crowded = this.crowdedOf(model);
    this.handshakeTimeout = model.timeouts.handshake;
    this.entrance = this.entranceOf(listener);
    this.server = createServer(SOCKET_OPTIONS, (socket) => this.take(socket, this.count(socket)));
  }

  /** Whether another config's address is this one. */
  isAt(wanted: ListenerModel): boolean {
    return isSameAddress(this.model, this.address?.port, wanted);
  }

  /** Has ready what clients need beside the address. @throws Error if that can't be had */
  async prepare(): Promise<void> {
    await this.entrance?.start();
  }

  /**
   * Makes ready for another config: from `apply` on connections begin under it. Those there are keep the limits that they
   * began with.
   * @throws Error if what clients need can't be had
   */
  async change(wanted: ListenerModel, model: Model): Promise<ListenerChange> {
    const { entrance: old } = this;
    const entrance = Entrance.isSame(this.model, wanted) ? old : this.entranceOf(wanted);
    if (entrance !== old) await entrance?.start();
    return {
      apply: () => {
        this.model = wanted;
        this.context = this.contextOf(model);
        this.crowded = this.crowdedOf(model);
        this.handshakeTimeout = model.timeouts.handshake;
        if (this.address !== undefined) this.address = addressOf(wanted, this.address.port);
        if (entrance !== old) this.enterBy(entrance);
      },
      discard: () => {
        if (entrance !== old) entrance?.stop();
      },
    };
  }

  /** Where it listens, once it does. */
  address: GatewayAddress | undefined = undefined;

  /** @throws the system's error if the address can't be listened on. */
  async listen(): Promise<GatewayAddress> {
    const address = await listenOn(this.server, this.model);
    this.address = address;
    const accept = (socket: Socket): SocketReader => this.begin(socket, this.count(socket));
    acceptReaders(this.server, accept, () => this.entrance === undefined);
    return address;
  }

  /** Serves a connection that was accepted elsewhere. @returns the socket that it has from now on */
  adopt(socket: Socket, place: PlaceInTally): Socket {
    if (this.entrance === undefined) return adoptReader(socket, (own) => this.begin(own, place));
    this.take(socket, place);
    return socket;
  }

  /** See `TlsTerminator`; nothing without TLS. */
  setTicketSecret(secret: Uint8Array): void {
    this.entrance?.setTicketSecret(secret);
  }

  /** Connections, those that haven't got as far as a request too. */
  get size(): number {
    let inside = this.connections.size;
    for (const { size } of this.entrances()) inside += size;
    return inside;
  }

  /** Accepts no more; resolves once every connection (tunnels too) is closed. */
  close(idle: IdleClients): Promise<void> {
    this.leaving = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.entrance?.stop();
    if (idle === 'close') {
      for (const entrance of this.entrances()) entrance.close();
      for (const connection of this.connections) connection.closeWhenIdle();
    }
    // The server says so before the last sockets' own 'close', in which exchanges end and are logged.
    return closed.then(() => this.emptied());
  }

  destroy(): void {
    for (const entrance of this.entrances()) entrance.close();
    for (const connection of this.connections) connection.destroy();
  }

  private count(socket: Socket): PlaceInTally {
    const address = socket.remoteAddress ?? '';
    socket.once('close', () => this.tally.remove(address));
    return this.tally.add(address);
  }

  /** A socket that is read as a stream. */
  private take(socket: Socket, place: PlaceInTally): void {
    if (place === 'far beyond') socket.destroy();
    else if (this.entrance === undefined) this.begin(socket, place);
    else this.entrance.enter(socket, (own, peer, protocol) => this.speak(own, { place, peer, protocol }));
  }

  private speak(
    socket: Socket,
    { place, peer, protocol }: { place: PlaceInTally; peer: Peer; protocol: string },
  ): void {
    const speak = PROTOCOLS.get(protocol) ?? DEFAULT_PROTOCOL;
    this.connections.add(speak(socket, this.contextFor(place), peer));
    this.forgetEntrances();
  }

  private begin(socket: Socket, place: PlaceInTally): SocketReader {
    const connection = new ServerConnection(socket, this.contextFor(place));
    this.connections.add(connection);
    if (place === 'far beyond') connection.destroy();
    return connection;
  }

  private contextFor(place: PlaceInTally): ServerContext {
    return place === 'within' ? this.context : this.crowded;
  }

  private entranceOf(listener: ListenerModel): Entrance | undefined {
    const { hooks } = this;
    return Entrance.of(listener, {
      name: this.name,
      wheel: hooks.wheel,
      timeout: () => this.handshakeTimeout,
      protocols: [...PROTOCOLS.keys()],
      ticketSecret: hooks.ticketSecret(),
      failed: (peer, code) => {
        hooks.failed(peer, code);
        this.settle();
      },
      report: hooks.report,
    });
  }

  private enterBy(entrance: Entrance | undefined): void {
    const { entrance: old } = this;
    this.entrance = entrance;
    entrance?.setTicketSecret(this.hooks.ticketSecret());
    old?.stop();
    if (old !== undefined && old.size > 0) this.formerEntrances.add(old);
  }

  private entrances(): Entrance[] {
    return this.entrance === undefined ? [...this.formerEntrances] : [this.entrance, ...this.formerEntrances];
  }

  private forgetEntrances(): void {
    for (const entrance of this.formerEntrances) if (entrance.size === 0) this.formerEntrances.delete(entrance);
  }

  private contextOf({ limits, timeouts }: Model): ServerContext {
    const hooks = withNote(this.hooks, this.model);
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
    const context = this.contextOf(model);
    const { refuse } = context;
    return {
      ...context,
      // Getters don't survive a spread.
      draining: true,
      handle: (exchange) => refuse(exchange, 'too-many-connections', 'Try again in a moment.'),
    };
  }

  private emptied(): Promise<void> | void {
    if (this.size > 0) return new Promise((resolve) => this.waiting.push(resolve));
  }

  private forget(connection: ClientConnection): void {
    this.connections.delete(connection);
    this.settle();
  }

  private settle(): void {
    this.forgetEntrances();
    if (this.size === 0) for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Where the config asks something of all that comes through a listener, exchanges say so; elsewhere it costs nothing. */
function withNote(hooks: ListenerHooks, { redirectToHttps: httpsPort, hsts }: ListenerModel): ListenerHooks {
  if (httpsPort === undefined && hsts === '') return hooks;
  const note: ListenerNote = Object.freeze({ httpsPort, hsts });
  return {
    ...hooks,
    handle: (exchange) => {
      exchange.listener = note;
      hooks.handle(exchange);
    },
    refuse: (exchange, problem, reason) => {
      exchange.listener = note;
      hooks.refuse(exchange, problem, reason);
    },
  };
}
