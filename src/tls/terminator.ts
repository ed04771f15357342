import { createHash, hkdfSync } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer, type SecureContext, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { CertificateEvent, CertificateSource } from './certificate-source.ts';
import { secureOptions, type TlsVersion } from './secure-options.ts';
import { TICKET_LIFE } from './ticket-secrets.ts';

/** What a terminator is made with. */
export interface TerminatorOptions {
  readonly source: CertificateSource;
  readonly minVersion: TlsVersion;
  /** What can be spoken, by its names in ALPN, the best first. */
  readonly protocols: readonly string[];
  /** Tells this listener's sessions from others': one isn't resumed where another certificate or client is asked for. */
  readonly listener: string;
  report(event: CertificateEvent): void;
}

/** How a handshake comes out. */
export interface Handshake {
  secured(socket: TLSSocket): void;
  /** The connection is lost. @param code Node's or OpenSSL's short word for why */
  failed(code: string): void;
}

/** Whoever waits for a handshake has a deadline of its own: no other timer is to be quicker. A day, in milliseconds. */
const NEVER = 86_400_000;

/** Bytes that Node wants for its tickets. */
const TICKET_KEYS = 48;

type Choose = (error: Error | null, context?: SecureContext) => void;

/** Turns accepted connections into TLS connections. */
export class TlsTerminator {
  private readonly options: TerminatorOptions;
  private readonly server: Server;
  /** Handshakes under way, by both ends of their connections: a server says by nothing else which connection it is. */
  private readonly waiting = new Map<string, Handshake>();
  private ticketKeys: Buffer | undefined = undefined;

  constructor(options: TerminatorOptions) {
    this.options = options;
    this.server = createServer({
      ...this.defaults(),
      SNICallback: (name, done) => this.choose(name, done),
      ALPNProtocols: [...options.protocols],
      handshakeTimeout: NEVER,
    });
    this.server.on('secureConnection', (socket) => {
      const handshake = this.take(socket);
      socket.allowHalfOpen = true;
      // A client that has reset its connection has no address any more.
      if (handshake === undefined) socket.destroy();
      else handshake.secured(socket);
    });
    this.server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.take(socket)?.failed(error.code ?? error.message);
      socket.destroy();
    });
  }

  /** Has the certificates ready. @throws Error if they can't be had */
  start(): Promise<void> {
    const { source, report } = this.options;
    return source.start({ report, changed: () => this.server.setSecureContext(this.defaults()) });
  }

  /** Looks after the certificates no longer. Handshakes under way go on. */
  stop(): void {
    this.options.source.stop();
  }

  /**
   * Makes the keys of session tickets of a secret: processes that are told the same resume each other's sessions. Tickets
   * of the secret before are worth nothing from here on, which costs their clients a whole handshake.
   */
  setTicketSecret(secret: Uint8Array): void {
    const info = `oneorigin tickets of listener ${this.options.listener}`;
    this.ticketKeys = Buffer.from(hkdfSync('sha256', secret, '', info, TICKET_KEYS));
    this.server.setTicketKeys(this.ticketKeys);
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

  /** All that goes with the certificate of clients that name no server, and with the sessions of all. */
  private defaults(): SecureContextOptions {
    const { source, minVersion, listener } = this.options;
    const { cert, key } = source.fallback ?? {};
    return {
      ...secureOptions(minVersion),
      cert,
      key,
      // OpenSSL takes 32 bytes at most.
      sessionIdContext: createHash('sha256').update(listener).digest('hex').slice(0, 32),
      sessionTimeout: TICKET_LIFE / 1000,
      // Another context would have keys of its own.
      ...(this.ticketKeys === undefined ? {} : { ticketKeys: this.ticketKeys }),
    };
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
    if (found instanceof Promise) void answerLater(found, done);
    else done(null, found);
  }
}

async function answerLater(found: Promise<SecureContext | undefined>, done: Choose): Promise<void> {
  let context: SecureContext | undefined;
  try {
    context = await found;
  } catch {
    // As if there were none.
  }
  done(null, context);
}

function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}
