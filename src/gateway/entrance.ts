import type { Socket } from 'node:net';
import type { ListenerTls } from '../config/model.ts';
import { beginsAs, PLAIN_HTTP_ANSWER, sourceOf, TlsTerminator, type CertificateEvent } from '../tls/index.ts';
import { readFirst, type Look } from '../wire/first-bytes.ts';
import { peerOf, type Peer } from '../wire/peer.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';

/** What an entrance is made with. */
export interface EntranceOptions {
  /** Tells the listener from others. */
  readonly name: string;
  readonly wheel: TimerWheel;
  /** Milliseconds that a connection may be in it; 0: any time. */
  readonly timeout: () => number;
  /** What can be spoken behind TLS, by its names in ALPN, the best first. */
  readonly protocols: readonly string[];
  /** What the keys of session tickets are made of. */
  readonly ticketSecret: Uint8Array;
  /** A connection didn't get through. @param code a short word for why */
  failed(peer: Peer, code: string): void;
  /** Something happened to the certificates. */
  report(event: CertificateEvent): void;
}

/** A connection that got through: the socket to read from, and what is spoken on it ('' if the client didn't say). */
export type Entered = (socket: Socket, peer: Peer, protocol: string) => void;

/** One connection in the entrance. */
interface Visit {
  readonly socket: Socket;
  readonly peer: Peer;
  readonly entered: Entered;
  readonly deadline: Deadline;
  /** Why it's closed, once it is before it got through. */
  failure: string;
}

/** Milliseconds in which a client that was told what is wrong should have closed. */
const LINGER = 2000;

/** What a connection goes through before its first request, where that isn't nothing. */
export class Entrance {
  private readonly options: EntranceOptions;
  private readonly tls: TlsTerminator;
  private readonly visits = new Map<Socket, Visit>();

  constructor(model: ListenerTls, options: EntranceOptions) {
    const { name, protocols, report, ticketSecret } = options;
    this.options = options;
    const { minVersion } = model;
    this.tls = new TlsTerminator({ source: sourceOf(model), minVersion, listener: name, protocols, report });
    this.tls.setTicketSecret(ticketSecret);
  }

  /** Has ready what clients need. @throws Error if that can't be had */
  start(): Promise<void> {
    return this.tls.start();
  }

  /** Looks after nothing any more: no further connection comes. Those that are in it may get through. */
  stop(): void {
    this.tls.stop();
  }

  /** Connections that are in it. */
  get size(): number {
    return this.visits.size;
  }

  /** Takes a connection of which nothing has been read. `entered` isn't called if it doesn't get through. */
  enter(socket: Socket, entered: Entered): void {
    const { wheel, timeout } = this.options;
    const deadline = new Deadline(() => this.refuse(visit, 'timeout'));
    const visit: Visit = { socket, peer: peerOf(socket), entered, deadline, failure: '' };
    this.visits.set(socket, visit);
    wheel.arm(deadline, timeout());
    socket.on('error', ignore);
    socket.once('close', () => {
      wheel.remove(deadline);
      if (this.visits.delete(socket)) this.options.failed(visit.peer, visit.failure || 'closed');
    });
    readFirst(
      socket,
      (bytes) => this.look(visit, bytes),
      () => this.secure(visit),
    );
  }

  /** See `TlsTerminator`. */
  setTicketSecret(secret: Uint8Array): void {
    this.tls.setTicketSecret(secret);
  }

  /** Ends what is in it: nothing has been asked there yet. */
  close(): void {
    for (const visit of this.visits.values()) this.refuse(visit, 'shutdown');
  }

  private look(visit: Visit, bytes: Buffer): number | Look {
    const begins = beginsAs(bytes[0] ?? 0);
    if (begins === 'tls') return 0;
    if (begins === 'http') this.answerPlain(visit);
    else this.refuse(visit, 'not-tls');
    return 'stop';
  }

  private secure(visit: Visit): void {
    const { socket, peer, entered, deadline } = visit;
    this.tls.secure(socket, {
      secured: (secured) => {
        this.options.wheel.remove(deadline);
        this.visits.delete(socket);
        entered(secured, { ...peer, encrypted: true }, secured.alpnProtocol || '');
      },
      failed: (code) => {
        visit.failure ||= code;
      },
    });
  }

  private refuse(visit: Visit, failure: string): void {
    visit.failure ||= failure;
    visit.socket.destroy();
  }

  /** Reads on, so that the answer isn't lost in a reset (RFC 9112 §9.6). */
  private answerPlain(visit: Visit): void {
    const { socket, deadline } = visit;
    visit.failure = 'plain-http';
    socket.on('end', () => socket.destroy());
    socket.end(PLAIN_HTTP_ANSWER);
    socket.resume();
    this.options.wheel.arm(deadline, LINGER);
  }
}

function ignore(): void {
  // 'close' follows every 'error' and says all we need.
}
