import type { Socket } from 'node:net';
import { createServer, type SecureContext, type Server, type TLSSocket } from 'node:tls';
import type { ClientAuthModel } from '../config/model.ts';
import type { CertificateEvent, CertificateSource, SourceHooks } from './certificate-source.ts';
import { ClientAuthorities } from './client-authorities.ts';
import { clientOf, type TlsClient } from './client-certificate.ts';
import type { KeyPair } from './key-pair.ts';
import { SecureContexts } from './secure-contexts.ts';
import type { TlsVersion } from './secure-options.ts';

/** What a terminator is made with. */
export interface TerminatorOptions {
  readonly source: CertificateSource;
  readonly minVersion: TlsVersion;
  /** Certificates that clients are asked for; undefined: nobody is. */
  readonly clients: ClientAuthModel | undefined;
  /** What can be spoken, by its names in ALPN, the best first. */
  readonly protocols: readonly string[];
  /** Tells this listener's sessions from others': one isn't resumed where another certificate or client is asked for. */
  readonly listener: string;
  /** What the keys of session tickets are made of, until `setTicketSecret` says otherwise. */
  readonly ticketSecret: Uint8Array;
  report(event: CertificateEvent): void;
}

/** How a handshake comes out. */
export interface Handshake {
  /** @param client what the client has shown, if it was asked to */
  secured(socket: TLSSocket, client: TlsClient | undefined): void;
  /** The connection is lost. @param code Node's or OpenSSL's short word for why */
  failed(code: string): void;
}

/** Whoever waits for a handshake has a deadline of its own: no other timer is to be quicker. A day, in milliseconds. */
const NEVER = 86_400_000;

type Choose = (error: Error | null, context?: SecureContext) => void;

/** Turns accepted connections into TLS connections. */
export class TlsTerminator {
  private readonly options: TerminatorOptions;
  private readonly server: Server;
  private readonly contexts: SecureContexts;
  private readonly authorities: ClientAuthorities | undefined;
  /** Handshakes under way, by both ends of their connections: a server says by nothing else which connection it is. */
  private readonly waiting = new Map<string, Handshake>();

  constructor(options: TerminatorOptions) {
    const { clients, minVersion, listener } = options;
    this.options = options;
    this.authorities = clients && new ClientAuthorities(clients);
    this.contexts = new SecureContexts({ minVersion, listener, clientCa: () => this.authorities?.current });
    this.contexts.setTicketSecret(options.ticketSecret);
    this.server = createServer({
      ...this.contexts.defaults(options.source.fallback),
      SNICallback: (name, done) => this.choose(name, done),
      ALPNProtocols: [...options.protocols],
      handshakeTimeout: NEVER,
      requestCert: clients !== undefined,
      // Whoever waits decides: Node would close without a word of why.
      rejectUnauthorized: false,
    });
    this.server.on('secureConnection', (socket) => this.secured(socket));
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.take(socket)?.failed(error.code ?? error.message);
      socket.destroy();
    });
  }

  /** Has the certificates ready. @throws Error if they can't be had */
  start(): Promise<void> {
    const { source, report } = this.options;
    const hooks: SourceHooks = { report, changed: () => this.renewDefaults() };
    this.authorities?.start({
      report,
      changed: () => {
        this.contexts.forget();
        this.renewDefaults();
      },
    });
    return source.start(hooks);
  }

  /** Looks after the certificates no longer. Handshakes under way go on. */
  stop(): void {
    this.options.source.stop();
    this.authorities?.stop();
  }

  /**
   * Makes the keys of session tickets of a secret: processes that are told the same resume each other's sessions. Tickets
   * of the secret before are worth nothing from here on, which costs their clients a whole handshake.
   */
  setTicketSecret(secret: Uint8Array): void {
    this.contexts.setTicketSecret(secret);
    this.renewDefaults();
  }

  /** Begins a handshake. What was read of the socket has to be put back into it before. */
  secure(socket: Socket, handshake: Handshake): void {
    const ends = endsOf(socket);
    this.waiting.set(ends, handshake);
    socket.once('close', () => {
      if (this.waiting.get(ends) !== handshake) return;
      this.waiting.delete(ends);
      handshake.failed('ECONNRESET');
    });
    // Until TLS stands, a client that closes has left; behind it, whoever reads decides.
    socket.allowHalfOpen = false;
    this.server.emit('connection', socket);
  }

  private secured(socket: TLSSocket): void {
    const handshake = this.take(socket);
    socket.allowHalfOpen = true;
    // A client that has reset its connection has no address any more.
    if (handshake === undefined) return void socket.destroy();
    handshake.secured(socket, this.authorities && clientOf(socket));
  }

  private renewDefaults(): void {
    this.server.setSecureContext(this.contexts.defaults(this.options.source.fallback));
  }

  private take(socket: Socket): Handshake | undefined {
    const ends = endsOf(socket);
    const handshake = this.waiting.get(ends);
    this.waiting.delete(ends);
    return handshake;
  }

  /**
   * A throw here would end the process: Node calls from within OpenSSL's handshake. Without a context Node goes on with the
   * certificate of those who name no server.
   */
  private choose(name: string, done: Choose): void {
    let found: ReturnType<CertificateSource['find']> = undefined;
    try {
      found = this.options.source.find(name);
    } catch {
      // As if there were none.
    }
    if (found instanceof Promise) void this.answerLater(found, done);
    else done(null, this.contextOf(found));
  }

  private async answerLater(found: Promise<KeyPair | undefined>, done: Choose): Promise<void> {
    done(null, this.contextOf(await found.catch(() => undefined)));
  }

  private contextOf(pair: KeyPair | undefined): SecureContext | undefined {
    try {
      return pair && this.contexts.of(pair);
    } catch {
      return undefined;
    }
  }
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
