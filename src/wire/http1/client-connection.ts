import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { ALWAYS_COPIED, UNKNOWN_LENGTH } from '../body.ts';
import type { HeaderList } from '../header-list.ts';
import { H } from '../known-names.ts';
import { Deadline, type TimerWheel } from '../timer-wheel.ts';
import { BodyDecoder, type DecodedBody } from './body-decoder.ts';
import { connectFailure } from './connect-failure.ts';
import { lookupHost } from './lookup-host.ts';
import { LF } from './chars.ts';
import { INCOMPLETE, REFUSED } from './message-head.ts';
import { Outbox } from './outbox.ts';
import { giveBuffer, readOptions, sharedBuffer, takeBuffer } from './read-buffers.ts';
import { ResponseHead } from './response-head.ts';
import type { TlsFailure } from '../../diagnostics/tls-failure.ts';
import { Tunnel } from './tunnel.ts';
import { WriteGuard } from './write-guard.ts';

/** Where a connection goes. */
export interface ClientTarget {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket to connect to, instead of `host` and `port`; '' for none. */
  readonly socketPath?: string;
  /** Certificate authorities in PEM instead of the system's. */
  readonly ca: readonly string[] | undefined;
  /** Name to verify and to send as SNI instead of `host`. */
  readonly serverName: string | undefined;
  readonly dangerouslySkipVerify: boolean;
}

/** Milliseconds; 0: none. */
export interface ClientTimeouts {
  readonly connect: number;
  readonly head: number;
  readonly idle: number;
}

/** Why a request got no (complete) response. */
export interface ClientFailure {
  readonly code: ProblemCode;
  /** For the log: error code, or what was malformed. */
  readonly detail: string;
  /**
   * The connection had been used before and closed before a byte of this response: most likely the server had closed it
   * as idle (RFC 9112 §9.3.1), so that the request may be sent again.
   */
  readonly stale: boolean;
  /** No connection came about, so the server hasn't seen the request. */
  readonly unsent: boolean;
  /** What was wrong, with the code `upstream-tls`. */
  readonly tls: TlsFailure | undefined;
}

/** Who sent a request and waits for its response. Exactly one of onWhole, onEnd, onSwitch, onFailure comes last. */
export interface ResponseSink {
  /** 1xx other than 101. */
  onInterim(head: ResponseHead): void;
  /** The whole response at once; `body` holds one char a byte. */
  onWhole(head: ResponseHead, body: string): void;
  /** The head; `length` is the body's, or `UNKNOWN_LENGTH`. Body and end follow. */
  onHead(head: ResponseHead, length: number): void;
  /** `chunk` is lent as to a `BodySink`. @returns false to wait for `resume`. */
  onBody(chunk: Buffer): boolean;
  /** As a `BodySink` says of its own pieces. */
  readonly holdsBody: boolean;
  onEnd(trailers: HeaderList | undefined): void;
  /** 101: the connection is a tunnel now, to be joined with `tunnelTo` or destroyed. */
  onSwitch(head: ResponseHead): void;
  onFailure(failure: ClientFailure): void;
  /** After a `writeBody` that returned false. */
  onDrain(): void;
}

/** How the body of a request is framed. */
export interface RequestFraming {
  readonly method: string;
  /** 0: none; -1: chunked. */
  readonly bodyLength: number;
}

const MAX_HEAD = 64 * 1024;
const MAX_FIELDS = 256;
/** Of all interim responses to one request: whoever sends more wants to fill our memory with them. */
const MAX_INTERIM = 256 * 1024;
/** A read up to here becomes one string, head and body. */
const SMALL_READ = 4 * 1024;
/** Servers announce how long they keep a connection; we stop using it that much earlier. */
const KEEP_ALIVE_MARGIN = 1000;

/** The bytes that a head was read from. */
interface HeadRead {
  readonly bytes: Buffer;
  readonly end: number;
  /** `bytes`, one char each, if they're few. */
  readonly text: string | undefined;
}

const CONNECTING = 0;
const IDLE = 1;
const BUSY = 2;
const TUNNEL = 3;
const CLOSED = 4;

/**
 * What TLS agreed on the last time, so that the next connection needs fewer round trips and no certificate (RFC 8446 §2.2,
 * RFC 5077). One target is one server, name and set of authorities: what was verified for one holds for no other.
 */
const sessions = new WeakMap<ClientTarget, Buffer>();

/** One connection to an upstream server: one request at a time, never pipelined (RFC 9112 §9.3.2 allows, desync forbids). */
export class ClientConnection implements DecodedBody {
  readonly target: ClientTarget;
  private readonly wheel: TimerWheel;
  private readonly socket: Socket;
  private readonly writes: WriteGuard;
  private readonly outbox: Outbox;
  private readonly head = new ResponseHead();
  private readonly decoder = new BodyDecoder();
  private readonly deadline = new Deadline(() => this.expired());
  private readonly released: (connection: ClientConnection) => void;
  private readonly closed: (connection: ClientConnection) => void;
  private timeouts: ClientTimeouts = { connect: 0, head: 0, idle: 0 };
  private state = CONNECTING;
  private sink: ResponseSink | undefined = undefined;
  private method = '';
  private chunkedRequest = false;
  private requestSent = true;
  private served = 0;
  private sawBytes = false;
  private headDone = false;
  /** Bytes of interim responses to this request. */
  private interim = 0;
  private keepAlive = true;
  private paused = false;
  /** Begun, incomplete head; or what came behind a 101. */
  private partial: Buffer | undefined = undefined;
  private error: Error | undefined = undefined;
  /** The buffer to read a long body into, unless somebody holds what is in it. */
  private ownBuffer: Buffer | undefined = undefined;
  /** The last response was large, and the next one begins in a buffer of our own too: nothing of it has to be copied. */
  private largeBodies = false;
  /** The buffer that is being looked at and may be read into again; undefined if its pieces may be kept. */
  private reading: Buffer | undefined = undefined;
  private tunnel: Tunnel | undefined = undefined;
  private keepAliveField = '';
  /** How long the server said it keeps an idle connection, less a margin; Infinity if it didn't say. */
  keepAliveHint = Number.POSITIVE_INFINITY;
  /** For the pool: when it became free, in the wheel's time. */
  idleSince = 0;

  constructor(
    target: ClientTarget,
    wheel: TimerWheel,
    hooks: {
      released: (connection: ClientConnection) => void;
      closed: (connection: ClientConnection) => void;
    },
  ) {
    this.target = target;
    this.wheel = wheel;
    this.released = hooks.released;
    this.closed = hooks.closed;
    this.socket = target.protocol === 'https' ? this.openTls() : this.openTcp();
    this.writes = new WriteGuard(this.socket);
    this.outbox = new Outbox(this.socket, ignore, (error) => this.writes.failed(error));
    this.socket.setNoDelay(true);
    this.socket.on('error', (error) => (this.error ??= error));
    this.socket.on('end', () => this.onEof());
    this.socket.on('drain', () => this.onDrain());
    this.socket.on('close', () => this.onClose());
  }

  private openTcp(): Socket {
    const { host, port, socketPath = '' } = this.target;
    const socket = connectTcp({
      ...(socketPath === '' ? { host, port } : { path: socketPath }),
      // `localhost` may be ::1 only or 127.0.0.1 only: try both.
      autoSelectFamily: true,
      lookup: lookupHost,
      // A tunnel passes a half-close on; elsewhere `onEof` closes.
      allowHalfOpen: true,
      onread: readOptions(
        () => this.nextBuffer(),
        (buffer, bytes) => {
          this.receive(buffer, bytes, false);
          return true;
        },
      ),
    });
    socket.once('connect', () => this.connected());
    return socket;
  }

  private openTls(): Socket {
    const { host, port, ca, serverName, dangerouslySkipVerify } = this.target;
    const name = serverName ?? host;
    const options: ConnectionOptions = {
      host,
      port,
      lookup: lookupHost,
      ALPNProtocols: ['http/1.1'],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: !dangerouslySkipVerify,
      // RFC 6066 §3: no address literals in SNI.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(ca === undefined ? {} : { ca: [...ca] }),
      session: sessions.get(this.target),
    };
    const socket = connectTls(options);
    // Node holds it back until the server has proven to be the right one: a resumed session's name isn't looked at again.
    socket.on('session', (session: Buffer) => sessions.set(this.target, session));
    socket.once('secureConnect', () => this.connected());
    socket.on('data', (chunk: Buffer) => this.receive(chunk, chunk.length, true));
    return socket;
  }

  private nextBuffer(): Buffer {
    if (this.largeBodies || (this.state === BUSY && this.headDone)) return (this.ownBuffer ??= takeBuffer());
    // Asked after each read: from here on the socket reads elsewhere.
    if (this.ownBuffer !== undefined) giveBuffer(this.ownBuffer);
    this.ownBuffer = undefined;
    return sharedBuffer;
  }

  /** Whether a request may be sent. */
  get usable(): boolean {
    return (this.state === IDLE || (this.state === CONNECTING && this.sink === undefined)) && !this.socket.destroyed;
  }

  /** No server has seen anything of it yet. */
  get connecting(): boolean {
    return this.state === CONNECTING;
  }

  // ---- the request --------------------------------------------------------------------------------------------------

  /** Sends a request head (its empty line included). The body follows with `writeBody` and `endBody`. */
  send(text: string, framing: RequestFraming, sink: ResponseSink, timeouts: ClientTimeouts): void {
    this.sink = sink;
    this.timeouts = timeouts;
    this.method = framing.method;
    this.chunkedRequest = framing.bodyLength === UNKNOWN_LENGTH;
    this.requestSent = framing.bodyLength === 0;
    this.sawBytes = false;
    this.headDone = false;
    this.interim = 0;
    this.partial = undefined;
    if (this.state === CONNECTING) {
      this.wheel.arm(this.deadline, timeouts.connect);
    } else {
      this.state = BUSY;
      this.watch();
    }
    if (this.requestSent) this.outbox.send(text);
    else this.outbox.emit(text);
  }

  /** @returns false to wait for `onDrain`. */
  writeBody(chunk: Buffer): boolean {
    if (this.requestSent || this.state === CLOSED || chunk.length === 0) return true;
    if (this.chunkedRequest) this.outbox.emitChunk(chunk);
    else this.outbox.emitBuffer(chunk);
    this.watch();
    // No more than a first piece before the connection stands: what was sent may have to go to another server.
    return this.state !== CONNECTING && this.outbox.hasRoom();
  }

  /** Whether a large piece given to `writeBody` may still be looked at. */
  get holds(): boolean {
    return this.outbox.holds;
  }

  endBody(trailers: HeaderList | undefined): void {
    if (this.requestSent || this.state === CLOSED) return;
    if (this.chunkedRequest) this.outbox.emitLastChunk(trailers?.serialize() ?? '');
    this.outbox.flush();
    this.requestSent = true;
    this.watch();
  }

  /** Arms what may go wrong next: a silent server after our request, or silence in the middle of it. */
  private watch(): void {
    if (this.state !== BUSY) return;
    this.wheel.arm(this.deadline, this.requestSent && !this.headDone ? this.timeouts.head : this.timeouts.idle);
  }

  private connected(): void {
    if (this.state !== CONNECTING) return;
    if (this.sink === undefined) this.state = IDLE;
    else {
      this.state = BUSY;
      this.watch();
      if (!this.requestSent) this.sink.onDrain();
    }
  }

  private onDrain(): void {
    if (this.state !== BUSY) return;
    if (!this.requestSent) this.watch();
    this.sink?.onDrain();
  }

  // ---- the response -------------------------------------------------------------------------------------------------

  /** @param owned whether `buffer` may be kept */
  private receive(buffer: Buffer, bytes: number, owned: boolean): void {
    if (this.state === IDLE) {
      // Bytes that nobody asked for: the next response would be out of step.
      this.destroy();
      return;
    }
    if (this.state === TUNNEL) this.tunnel?.receive(buffer, bytes, owned);
    if (this.state !== BUSY) return;
    this.sawBytes = true;
    const from = this.headDone ? 0 : this.receiveHead(buffer, bytes);
    if (from < 0 || this.state !== BUSY || !this.headDone) return;
    if (from < bytes || this.decoder.done) this.receiveBody(buffer, from, bytes, owned);
    // While it's paused, the client is the slow one, and has a timeout of its own.
    if (this.state === BUSY && this.headDone && !this.paused) this.watch();
  }

  /** Reads heads up to a final one. @returns the index of the first body byte in `buffer`, or -1. */
  private receiveHead(buffer: Buffer, bytes: number): number {
    const { partial } = this;
    if (partial === undefined) return this.scanHeads(buffer, bytes, 0);
    const joined = Buffer.concat([partial, buffer.subarray(0, bytes)]);
    // As for requests: a head that drips in is looked at again only when a line ended.
    if (joined.length <= MAX_HEAD && !joined.includes(LF, partial.length)) {
      this.partial = joined;
      return -1;
    }
    this.partial = undefined;
    return this.scanHeads(joined, joined.length, partial.length);
  }

  /** @param before how many of the bytes came before the read that is being handled */
  private scanHeads(bytes: Buffer, end: number, before: number): number {
    let pos = 0;
    // One string for head and body: small responses come with both in one read.
    const text = end <= SMALL_READ ? bytes.toString('latin1', 0, end) : undefined;
    for (;;) {
      const whole = pos === 0 ? text : undefined;
      const headEnd = pos < end ? this.head.scan(bytes, pos, end, MAX_FIELDS, whole) : INCOMPLETE;
      if (headEnd === REFUSED) return this.malformed(this.head.reason);
      if ((headEnd === INCOMPLETE ? end : headEnd) - pos > MAX_HEAD)
        return this.malformed('a head longer than allowed');
      if (headEnd === INCOMPLETE) {
        this.partial = Buffer.from(bytes.subarray(pos, end));
        return -1;
      }
      const status = this.head.status;
      if (status === 101) return this.switchProtocols(Buffer.from(bytes.subarray(headEnd, end)));
      if (status >= 200) return this.finalHead({ bytes, end, text }, headEnd, before);
      this.interim += headEnd - pos;
      if (this.interim > MAX_INTERIM) return this.malformed('more interim responses than allowed');
      this.sink?.onInterim(this.head);
      if (this.state !== BUSY) return -1;
      pos = headEnd;
    }
  }

  private finalHead(read: HeadRead, headEnd: number, before: number): number {
    const { head, decoder, method } = this;
    this.headDone = true;
    this.keepAlive = head.version === 11 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose;
    this.noteKeepAlive();
    // RFC 9112 §6.3.
    if (method === 'HEAD' || head.status === 204 || head.status === 304) {
      // RFC 9110 §8.6 forbids a 204 to announce a body. One may follow all the same, and be taken for the next response.
      if (head.status === 204 && (head.chunked || head.contentLength > 0)) this.keepAlive = false;
      decoder.reset();
      this.sink?.onHead(head, head.contentLength);
    } else if (head.chunked) {
      decoder.startChunked();
      this.sink?.onHead(head, UNKNOWN_LENGTH);
    } else if (head.contentLength >= 0) {
      if (read.text !== undefined && read.end - headEnd >= head.contentLength) return this.wholeResponse(read, headEnd);
      decoder.startLength(head.contentLength);
      this.sink?.onHead(head, head.contentLength);
    } else {
      decoder.startUntilClose();
      this.keepAlive = false;
      this.sink?.onHead(head, UNKNOWN_LENGTH);
    }
    return headEnd - before;
  }

  /** Head and body in one read, the common case: the body stays text, no buffer is made. */
  private wholeResponse({ end, text = '' }: HeadRead, headEnd: number): number {
    const bodyEnd = headEnd + this.head.contentLength;
    if (end > bodyEnd) this.keepAlive = false;
    const sink = this.sink;
    this.sink = undefined;
    this.largeBodies = false;
    sink?.onWhole(this.head, text.slice(headEnd, bodyEnd));
    this.finished();
    return -1;
  }

  private receiveBody(buffer: Buffer, from: number, to: number, owned: boolean): void {
    this.reading = owned ? undefined : buffer;
    if (this.decoder.done) this.bodyEnd(undefined);
    else {
      const end = this.decoder.decode(buffer, from, to, this);
      if (end < 0) {
        this.malformed(this.decoder.reason);
        return;
      }
      from = end;
    }
    // Bytes behind a complete response: nothing on this connection can be trusted any more.
    if (from < to && this.state !== CLOSED && this.sink === undefined) this.destroy();
  }

  bodyChunk(data: Buffer): void {
    const sink = this.sink;
    if (sink === undefined) return;
    const large = data.length > ALWAYS_COPIED;
    if (large) this.largeBodies = true;
    const roomy = sink.onBody(large && this.reading === sharedBuffer ? Buffer.from(data) : data);
    // The next read gets another buffer while this one is held.
    if (large && this.reading === this.ownBuffer && sink.holdsBody) this.ownBuffer = undefined;
    if (!roomy && this.state === BUSY) {
      this.wheel.disarm(this.deadline);
      this.paused = true;
      this.socket.pause();
    }
  }

  bodyEnd(trailers: HeaderList | undefined): void {
    const sink = this.sink;
    if (sink === undefined) return;
    this.sink = undefined;
    sink.onEnd(trailers);
    this.finished();
  }

  /** After an `onBody` that returned false. */
  resume(): void {
    if (this.state !== BUSY || !this.paused) return;
    this.watch();
    this.unpause();
  }

  private unpause(): void {
    this.paused = false;
    this.socket.resume();
  }

  /** The response is complete: the connection is free, or over. */
  private finished(): void {
    if (this.state !== BUSY) return;
    this.wheel.disarm(this.deadline);
    this.served++;
    if (!this.keepAlive || !this.requestSent || this.socket.destroyed) return this.destroy();
    this.state = IDLE;
    if (this.paused) this.unpause();
    this.released(this);
  }

  /** For the pool: closes the connection when it has been idle for so long. */
  expireIn(idle: number): void {
    this.wheel.arm(this.deadline, idle);
  }

  private noteKeepAlive(): void {
    const field = this.head.headers.getById(H['keep-alive']) ?? '';
    if (field === this.keepAliveField) return;
    this.keepAliveField = field;
    const seconds = /(?:^|[,\s])timeout=(\d{1,6})/i.exec(field)?.[1];
    this.keepAliveHint =
      seconds === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(seconds) * 1000 - KEEP_ALIVE_MARGIN);
  }

  // ---- tunnel -------------------------------------------------------------------------------------------------------

  private switchProtocols(rest: Buffer): number {
    const sink = this.sink;
    this.sink = undefined;
    this.state = TUNNEL;
    this.wheel.remove(this.deadline);
    this.partial = rest;
    sink?.onSwitch(this.head);
    return -1;
  }

  /** Joins the connection with a client's; from then on the two live and die together. */
  tunnelTo(client: Duplex): void {
    const first = this.partial;
    this.partial = undefined;
    if (first !== undefined && first.length > 0) client.write(first);
    this.tunnel = new Tunnel(client, this.socket, { wheel: this.wheel, idle: this.timeouts.idle });
  }

  // ---- the end ------------------------------------------------------------------------------------------------------

  private malformed(reason: string): number {
    this.fail('upstream-malformed', reason);
    return -1;
  }

  private onEof(): void {
    // In a TLS handshake an error follows, and says more.
    if (this.state === TUNNEL || this.state === CONNECTING) return;
    // After a reset that a write was told of, the end is no proof that a body is complete.
    if (this.state === BUSY && this.headDone && this.decoder.untilClose && !this.writes.broken) this.bodyEnd(undefined);
    else if (this.state === BUSY) this.fail('upstream-reset', 'closed early');
    else this.destroy();
  }

  private onClose(): void {
    if (this.state === CLOSED) return;
    if (this.state === CONNECTING) {
      const { code, detail, tls } = connectFailure(this.error);
      this.fail(code, detail, tls);
    } else if (this.state === BUSY) this.fail('upstream-reset', errorCode(this.error));
    else this.destroy();
  }

  private expired(): void {
    if (this.state === CONNECTING) this.fail('upstream-connect-timeout', 'connect');
    else if (this.state === BUSY)
      this.fail(this.headDone || !this.requestSent ? 'upstream-idle-timeout' : 'upstream-head-timeout', 'silent');
    else this.destroy();
  }

  private fail(code: ProblemCode, detail: string, tls?: TlsFailure): void {
    const sink = this.sink;
    const unsent = this.state === CONNECTING;
    const stale = this.served > 0 && !this.sawBytes && code === 'upstream-reset';
    this.sink = undefined;
    this.destroy();
    sink?.onFailure({ code, detail, stale, unsent, tls });
  }

  /** Closes at once, and says so to whoever waits for a response. */
  cut(reason: string): void {
    this.fail('upstream-total-timeout', reason);
  }

  /** Closes at once. A request under way gets no further call. */
  destroy(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.sink = undefined;
    this.wheel.remove(this.deadline);
    this.socket.destroy();
    this.closed(this);
  }
}

function errorCode(error: Error | undefined): string {
  return error === undefined ? 'closed early' : ((error as NodeJS.ErrnoException).code ?? error.message);
}

function ignore(): void {
  // Progress of our writes is seen by the deadline.
}
