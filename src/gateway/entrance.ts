import type { BlockList, Socket } from 'node:net';
import type { ListenerModel, ListenerTls } from '../config/model.ts';
import { parseProxyHeader } from '../protocol/proxy-protocol.ts';
import {
  beginsAs,
  certificateAnswer,
  PLAIN_HTTP_ANSWER,
  sourceOf,
  TlsTerminator,
  type CertificateEvent,
} from '../tls/index.ts';
import { contains, rangesOf } from '../wire/address-ranges.ts';
import { readFirst, type Look } from '../wire/first-bytes.ts';
import { peerOf, type Peer } from '../wire/peer.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';

/** What an entrance is made with. */
export interface EntranceOptions {
  /** Tells the listener from others, before a reload and after it. */
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
  readonly entered: Entered;
  readonly deadline: Deadline;
  peer: Peer;
  /** Why it's closed, once it is before it got through. */
  failure: string;
}

/** Milliseconds in which a client that was told what is wrong should have closed. */
const LINGER = 2000;

/** What a connection goes through before its first request, where that isn't nothing: the PROXY protocol, then TLS. */
export class Entrance {
  private readonly options: EntranceOptions;
  private readonly proxies: BlockList | undefined;
  private readonly tls: TlsTerminator | undefined;
  /** Without a good certificate nobody gets through. */
  private readonly needsCertificate: boolean;
  private readonly visits = new Map<Socket, Visit>();

  private constructor(listener: ListenerModel, options: EntranceOptions) {
    this.options = options;
    this.proxies = listener.proxyProtocol.length === 0 ? undefined : rangesOf(listener.proxyProtocol);
    this.tls = listener.tls && this.terminatorOf(listener.tls);
    this.needsCertificate = listener.tls?.clients?.required === true;
  }

  /** A listener's entrance; undefined where clients begin with their request. */
  static of(listener: ListenerModel, options: EntranceOptions): Entrance | undefined {
    const { tls, proxyProtocol } = listener;
    return tls === undefined && proxyProtocol.length === 0 ? undefined : new Entrance(listener, options);
  }

  /** Whether both have the same entrance, so that one need not be made anew. */
  static isSame(one: ListenerModel, other: ListenerModel): boolean {
    const partsOf = ({ tls, proxyProtocol }: ListenerModel): string => JSON.stringify([tls, proxyProtocol]);
    return partsOf(one) === partsOf(other);
  }

  /** Has ready what clients need. @throws Error if that can't be had */
  async start(): Promise<void> {
    await this.tls?.start();
  }

  /** Looks after nothing any more: no further connection comes. Those that are in it may get through. */
  stop(): void {
    this.tls?.stop();
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
    if (this.proxies === undefined || !contains(this.proxies, visit.peer.address)) return this.afterProxy(visit);
    readFirst(
      socket,
      (bytes) => this.readProxyHeader(visit, bytes),
      () => this.afterProxy(visit),
    );
  }

  /** See `TlsTerminator`. */
  setTicketSecret(secret: Uint8Array): void {
    this.tls?.setTicketSecret(secret);
  }

  /** Ends what is in it: nothing has been asked there yet. */
  close(): void {
    for (const visit of this.visits.values()) this.refuse(visit, 'shutdown');
  }

  private terminatorOf(tls: ListenerTls): TlsTerminator {
    const { name: listener, protocols, report, ticketSecret } = this.options;
    const { minVersion, clients } = tls;
    const parts = { source: sourceOf(tls), minVersion, clients, listener, protocols, report, ticketSecret };
    return new TlsTerminator(parts);
  }

  /** The protocol's §2: who may speak it must, and nobody guesses whether he does. */
  private readProxyHeader(visit: Visit, bytes: Buffer): number | Look {
    const header = parseProxyHeader(bytes);
    if (header === 'more') return header;
    if (header === 'malformed') {
      this.refuse(visit, 'proxy-header');
      return 'stop';
    }
    const { client = visit.peer.address, encrypted, length } = header;
    visit.peer = { address: client, encrypted, certificate: undefined };
    return length;
  }

  private afterProxy(visit: Visit): void {
    const { tls } = this;
    if (tls === undefined) return this.pass(visit, visit.socket, '');
    readFirst(
      visit.socket,
      (bytes) => this.look(visit, bytes),
      () => this.secure(visit, tls),
    );
  }

  private look(visit: Visit, bytes: Buffer): number | Look {
    const begins = beginsAs(bytes[0] ?? 0);
    if (begins === 'tls') return 0;
    if (begins === 'http') this.answerPlain(visit);
    else this.refuse(visit, 'not-tls');
    return 'stop';
  }

  private secure(visit: Visit, tls: TlsTerminator): void {
    tls.secure(visit.socket, {
      secured: (secured, client) => {
        const protocol = secured.alpnProtocol || '';
        const refusal = this.needsCertificate ? (client?.refusal ?? '') : '';
        if (refusal !== '') return this.turnAway(visit, secured, { refusal, protocol });
        visit.peer = { ...visit.peer, encrypted: true, certificate: client?.certificate };
        this.pass(visit, secured, protocol);
      },
      failed: (code) => {
        visit.failure ||= code;
      },
    });
  }

  private pass({ socket, peer, entered, deadline }: Visit, own: Socket, protocol: string): void {
    this.options.wheel.remove(deadline);
    this.visits.delete(socket);
    entered(own, peer, protocol);
  }

  private refuse(visit: Visit, failure: string): void {
    visit.failure ||= failure;
    visit.socket.destroy();
  }

  private answerPlain(visit: Visit): void {
    visit.failure = 'plain-http';
    this.answerAndEnd(visit, visit.socket, PLAIN_HTTP_ANSWER);
  }

  /** Says why, once the client has begun to ask, to whoever understands it. */
  private turnAway(visit: Visit, secured: Socket, { refusal, protocol }: { refusal: string; protocol: string }): void {
    visit.failure = refusal;
    secured.on('error', ignore);
    if (protocol !== '' && protocol !== 'http/1.1') return void secured.destroy();
    secured.once('data', () => this.answerAndEnd(visit, secured, certificateAnswer(refusal)));
    secured.once('end', () => secured.destroy());
  }

  /** Reads on, so that the answer isn't lost in a reset (RFC 9112 §9.6). */
  private answerAndEnd({ deadline }: Visit, socket: Socket, answer: string): void {
    socket.on('end', () => socket.destroy());
    socket.end(answer);
    socket.resume();
    this.options.wheel.arm(deadline, LINGER);
  }
}

function ignore(): void {
  // 'close' follows every 'error' and says all we need.
}
