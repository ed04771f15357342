import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { ALWAYS_COPIED, UNKNOWN_LENGTH, type BodySink } from '../body.ts';
import { ForwardedLines, type Exchange } from '../exchange.ts';
import { HeaderList } from '../header-list.ts';
import { peerOf, type Peer } from '../peer.ts';
import { replyProblem } from '../problem.ts';
import { Deadline, type TimerWheel } from '../timer-wheel.ts';
import { BodyDecoder, type DecodedBody } from './body-decoder.ts';
import { CR, LF } from './chars.ts';
import { INCOMPLETE } from './message-head.ts';
import type { SocketReader } from './accept.ts';
import { Outbox } from './outbox.ts';
import { giveBuffer, sharedBuffer, takeBuffer } from './read-buffers.ts';
import { RequestHead, type HeadLimits } from './request-head.ts';
import { salvage } from './salvage.ts';
import { ServerExchange } from './server-exchange.ts';
import { WriteWatch } from './write-watch.ts';

/** Milliseconds; 0: none. */
export interface ServerTimeouts {
  readonly head: number;
  readonly body: number;
  readonly keepAlive: number;
  readonly write: number;
}

/** What all connections of a listener share. */
export interface ServerContext {
  readonly limits: HeadLimits & {
    /** Bytes of a whole head. */
    readonly headers: number;
  };
  readonly timeouts: ServerTimeouts;
  readonly wheel: TimerWheel;
  /** True once the server shuts down: responses then close their connection. */
  readonly draining: boolean;
  /** A request whose head is complete. */
  handle(exchange: Exchange): void;
  /** A request whose head is refused: it has to be answered with this problem. */
  refuse(exchange: Exchange, problem: ProblemCode, reason: string): void;
  closed(connection: ServerConnection): void;
}

/** As much of a body that nobody wants is read away to keep a connection. */
const MAX_DRAIN = 1024 * 1024;
/**
 * RFC 9112 §9.6: a server that closes while the client still sends goes on reading for a while, or the reset would take
 * the response with it. Until the client has been silent for so long; and at most how long, however much it sends.
 */
const LINGER = 5000;
const MAX_LINGER = 30_000;
/** So much is read ahead while it can't be looked at, so that a client's leaving is noticed behind it. */
const READ_AHEAD = 16 * 1024;

/** Nothing of a request has come yet. */
const IDLE = 0;
const IN_HEAD = 1;
const IN_EXCHANGE = 2;
/** We have said all and wait for the client to stop. */
const LINGERING = 3;
/** The socket is somebody else's (a tunnel), or gone. */
const DETACHED = 4;

const discard: BodySink = { chunk: () => true, holds: false, end: () => {}, abort: () => {} };

/** One client's HTTP/1.x connection: reads requests one at a time, in order, each answered before the next is looked at. */
export class ServerConnection implements DecodedBody, SocketReader {
  private readonly socket: Socket;
  private readonly context: ServerContext;
  private readonly head = new RequestHead();
  private readonly decoder = new BodyDecoder();
  private readonly deadline = new Deadline(() => this.expired());
  private readonly writes: WriteWatch;
  private readonly peer: Peer;
  private readonly forwardedLines = new ForwardedLines();
  private state = IDLE;
  private exchange: ServerExchange | undefined = undefined;
  private sink: BodySink | undefined = undefined;
  private requestDone = true;
  private responseDone = true;
  private bodyPaused = false;
  /** The socket is. */
  private paused = false;
  /** Bytes read away from a body that nobody wants. */
  private drained = 0;
  /** When to stop lingering, in the wheel's time. */
  private lingerEnd = Number.POSITIVE_INFINITY;
  private closeAfterResponse = false;
  /** Begun, incomplete head. */
  private partial: Buffer | undefined = undefined;
  /** Bytes that can't be looked at yet; the socket is paused while they are many. */
  private held: Buffer | undefined = undefined;
  private consuming = false;
  private waitsForDrain = false;
  /** The buffer that is being looked at and may be read into again. */
  private reading: Buffer | undefined = undefined;
  /** The buffer to read a body into, unless somebody holds what is in it. */
  private ownBuffer: Buffer | undefined = undefined;
  readonly outbox: Outbox;

  /** @param peer what the socket alone doesn't know. Default: what it knows */
  constructor(socket: Socket, context: ServerContext, peer: Peer = peerOf(socket)) {
    this.socket = socket;
    this.context = context;
    this.peer = peer;
    const limit = { wheel: context.wheel, time: context.timeouts.write };
    this.outbox = new Outbox(
      socket,
      () => this.writes.written(),
      (error) => socket.destroy(error),
    );
    this.writes = new WriteWatch(socket, this.outbox, limit, () => this.stalled());
    context.wheel.arm(this.deadline, context.timeouts.head);
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('drain', this.onDrain);
    socket.on('error', ignore);
    socket.on('close', this.onClose);
  }

  // ---- reading ----------------------------------------------------------------------------------------------------

  /** For sockets that are read as streams. */
  private readonly onData = (chunk: Buffer): void => {
    this.received(chunk, chunk.length);
  };

  nextBuffer(): Buffer {
    if (this.exchange !== undefined && !this.requestDone) return (this.ownBuffer ??= takeBuffer());
    if (this.ownBuffer !== undefined) giveBuffer(this.ownBuffer);
    this.ownBuffer = undefined;
    return sharedBuffer;
  }

  received(bytes: Buffer, end: number): boolean {
    if (this.state === LINGERING) this.lingerOn();
    // It's a stream as any for whom it was handed to.
    else if (this.state === DETACHED) return this.socket.push(Buffer.from(bytes.subarray(0, end)));
    else if (this.held !== undefined) this.hold(Buffer.concat([this.held, bytes.subarray(0, end)]));
    else this.consume(bytes, end);
    return true;
  }

  private consume(bytes: Buffer, end: number): void {
    this.consuming = true;
    let pos = 0;
    while (pos < end && this.state < LINGERING) {
      if (this.exchange === undefined) {
        // A client that pipelines without reading its answers waits, not we.
        if (!this.hasRoom()) return this.hold(Buffer.from(bytes.subarray(pos, end)));
        pos = this.consumeHead(bytes, pos, end);
      } else if (this.requestDone) {
        if (this.exchange.upgradeTo !== '' && this.exchange.status === 0) return this.refuseEarlyTunnelBytes();
        return this.hold(Buffer.from(bytes.subarray(pos, end)));
      } else if (this.sink === undefined) {
        return this.hold(Buffer.from(bytes.subarray(pos, end)));
      } else {
        pos = this.consumeBody(bytes, pos, end);
      }
    }
    this.consuming = false;
    this.readOn();
  }

  private hold(bytes: Buffer): void {
    this.consuming = false;
    this.held = bytes;
    if (bytes.length > READ_AHEAD) this.pause();
    else this.readOn();
  }

  /**
   * Lets the socket flow unless the body's sink is full. An earlier exchange may have left it paused: a body's last piece
   * fills its sink, and the exchange ends before anybody resumes it.
   */
  private readOn(): void {
    if (this.paused && !this.bodyPaused && this.state < LINGERING) this.resume();
  }

  private pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  private resume(): void {
    this.paused = false;
    this.socket.resume();
  }

  /** Looks at what was held back, as far as that's possible now. */
  private release(): void {
    if (this.consuming || this.state >= LINGERING) return;
    const held = this.held;
    if (held !== undefined) {
      this.held = undefined;
      this.consume(held, held.length);
    }
    if (this.held === undefined) this.readOn();
  }

  private consumeHead(chunk: Buffer, pos: number, chunkEnd: number): number {
    const max = this.context.limits.headers;
    const { partial } = this;
    if (partial !== undefined) return this.continueHead(partial, chunk, pos, chunkEnd);
    // RFC 9112 §2.2: an empty line before a request is skipped.
    const from = chunk[pos] === CR && pos + 1 < chunkEnd && chunk[pos + 1] === LF ? pos + 2 : pos;
    const end = Math.min(chunkEnd, from + max + 1);
    const headEnd =
      from < end && !isLoneCr(chunk, from, end) ? this.head.scan(chunk, from, end, this.context.limits) : INCOMPLETE;
    if (headEnd > 0 && headEnd - from <= max) {
      this.begin();
      return headEnd;
    }
    if (headEnd === INCOMPLETE && end - from <= max) {
      return this.awaitHead(Buffer.from(chunk.subarray(pos, chunkEnd)), chunkEnd);
    }
    return this.refuseScanned(headEnd, chunk.subarray(pos, chunkEnd), chunkEnd);
  }

  /** A head that comes in pieces. @returns the index in `chunk` behind what was consumed */
  private continueHead(partial: Buffer, chunk: Buffer, pos: number, chunkEnd: number): number {
    const max = this.context.limits.headers;
    const fresh = chunk.subarray(pos, Math.min(chunkEnd, pos + max + 3 - partial.length));
    const bytes = Buffer.concat([partial, fresh]);
    const from = bytes[0] === CR && bytes[1] === LF ? 2 : 0;
    // A head that drips in is scanned again only when a line ended, so that dripping doesn't cost quadratic time.
    const worthwhile =
      bytes.length > from && !isLoneCr(bytes, from, bytes.length) && (fresh.includes(LF) || bytes.length - from > max);
    const headEnd = worthwhile ? this.head.scan(bytes, from, bytes.length, this.context.limits) : INCOMPLETE;
    if (headEnd > 0 && headEnd - from <= max) {
      this.partial = undefined;
      this.begin();
      return pos + headEnd - partial.length;
    }
    if (headEnd === INCOMPLETE && bytes.length - from <= max) return this.awaitHead(bytes, pos + fresh.length);
    return this.refuseScanned(headEnd, Buffer.concat([partial, chunk.subarray(pos, chunkEnd)]), chunkEnd);
  }

  private awaitHead(bytes: Buffer, consumed: number): number {
    this.partial = bytes;
    if (this.state === IDLE) {
      this.state = IN_HEAD;
      this.context.wheel.arm(this.deadline, this.context.timeouts.head);
    }
    return consumed;
  }

  /** @param bytes all that came: an Origin may stand behind what was too long */
  private refuseScanned(headEnd: number, bytes: Buffer, consumed: number): number {
    if (headEnd >= INCOMPLETE) {
      this.head.refuse(`a head longer than ${this.context.limits.headers} bytes`, 'head-too-large');
    }
    this.refuseHead(bytes);
    return consumed;
  }

  private begin(): void {
    const { head, context, decoder } = this;
    const exchange = this.newExchange();
    exchange.keepAlive =
      head.version === 11 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose;
    exchange.host = head.host;
    if (head.chunked) {
      decoder.startChunked();
      exchange.bodyLength = UNKNOWN_LENGTH;
    } else if (head.contentLength > 0) {
      decoder.startLength(head.contentLength);
      exchange.bodyLength = head.contentLength;
    }
    this.requestDone = exchange.bodyLength === 0;
    exchange.expectsContinue = head.expectsContinue && !this.requestDone;
    // RFC 9110 §7.8; h2c and the like are refused by not being known here. A tunnel can't begin behind a body.
    if (head.upgrade === 'websocket' && this.requestDone && head.method === 'GET') exchange.upgradeTo = head.upgrade;
    this.state = IN_EXCHANGE;
    if (this.requestDone) context.wheel.disarm(this.deadline);
    else context.wheel.arm(this.deadline, context.timeouts.body);
    context.handle(exchange);
  }

  private newExchange(): ServerExchange {
    const { head } = this;
    const exchange = new ServerExchange(this, head.headers);
    exchange.startedAt = performance.now();
    exchange.method = head.method;
    exchange.version = head.version;
    exchange.aim(head.target);
    exchange.peerAddress = this.peer.address;
    exchange.encrypted = this.peer.encrypted;
    exchange.certificate = this.peer.certificate;
    exchange.forwardedLines = this.forwardedLines;
    this.exchange = exchange;
    this.responseDone = false;
    this.drained = 0;
    return exchange;
  }

  private refuseHead(bytes: Buffer): void {
    const { problem, reason } = this.head;
    const exchange = this.newExchange();
    exchange.keepAlive = false;
    exchange.headers = new HeaderList();
    const { method, target, host, origin } = salvage(bytes.toString('latin1'));
    exchange.host = host;
    if (origin !== undefined) exchange.headers.append('Origin', origin);
    if (exchange.target === '') {
      exchange.method = method;
      exchange.aim(target);
    }
    this.partial = undefined;
    this.requestDone = true;
    this.state = IN_EXCHANGE;
    this.context.refuse(exchange, problem, reason);
  }

  private consumeBody(bytes: Buffer, pos: number, end: number): number {
    this.reading = bytes;
    const next = this.decoder.decode(bytes, pos, end, this);
    if (next >= 0) {
      if (!this.requestDone && !this.bodyPaused) this.context.wheel.arm(this.deadline, this.context.timeouts.body);
      return next;
    }
    this.breakBody('malformed-request', this.decoder.reason);
    return end;
  }

  bodyChunk(data: Buffer): void {
    const { exchange, sink } = this;
    if (exchange === undefined || sink === undefined) return;
    exchange.bytesIn += data.length;
    // Its answer is out, and may have promised to keep the connection.
    if (sink === discard) return this.drain(data.length);
    if (exchange.bytesIn > exchange.maxBody) {
      this.decoder.reset();
      return this.breakBody('body-too-large', `a body larger than ${exchange.maxBody} bytes`);
    }
    const large = data.length > ALWAYS_COPIED;
    const roomy = sink.chunk(large && this.reading === sharedBuffer ? Buffer.from(data) : data);
    // The next read gets another buffer while this one is held.
    if (large && this.reading === this.ownBuffer && sink.holds) this.ownBuffer = undefined;
    if (!roomy) {
      this.bodyPaused = true;
      this.context.wheel.disarm(this.deadline);
      this.pause();
    }
  }

  bodyEnd(trailers: HeaderList | undefined): void {
    if (this.requestDone) return;
    const sink = this.sink;
    this.sink = undefined;
    this.requestDone = true;
    // A full sink has nobody to wait for any more; and a socket that isn't read doesn't tell when its client leaves.
    this.bodyPaused = false;
    this.context.wheel.disarm(this.deadline);
    sink?.end(trailers);
    if (this.responseDone) this.next();
  }

  /** The body broke its framing, its limit or its time: nothing more of this connection can be trusted. */
  private breakBody(problem: ProblemCode, reason: string): void {
    const { exchange, sink } = this;
    this.sink = undefined;
    this.requestDone = true;
    if (exchange === undefined || exchange.finished) return this.linger();
    exchange.keepAlive = false;
    if (exchange.status === 0) replyProblem(exchange, problem, { detail: `The request has ${reason}.` });
    else exchange.cut(problem);
    sink?.abort(new Error(reason));
  }

  readBody(sink: BodySink): void {
    if (this.requestDone || this.sink !== undefined) return;
    this.sink = sink;
    this.release();
  }

  resumeBody(): void {
    if (!this.bodyPaused) return;
    this.bodyPaused = false;
    if (!this.requestDone) this.context.wheel.arm(this.deadline, this.context.timeouts.body);
    this.release();
  }

  discardBody(): void {
    if (this.requestDone) return;
    this.sink = discard;
    this.bodyPaused = false;
    this.release();
  }

  private drain(bytes: number): void {
    this.drained += bytes;
    if (this.drained <= MAX_DRAIN) return;
    // The response comes first, and reading on is what keeps a client able to read it that sends all before it reads.
    if (this.responseDone) this.linger();
    else this.closeAfterResponse = true;
  }

  private refuseEarlyTunnelBytes(): void {
    this.consuming = false;
    const exchange = this.exchange;
    if (exchange === undefined) return;
    exchange.keepAlive = false;
    // Bytes behind an upgrade request that isn't answered yet: request smuggling through a tunnel begins so.
    const { watcher } = exchange;
    exchange.watcher = undefined;
    replyProblem(exchange, 'malformed-request', {
      detail: 'The request has bytes behind an upgrade that is not answered yet.',
    });
    watcher?.clientGone();
  }

  private readonly onEnd = (): void => {
    if (this.state === DETACHED) return;
    const exchange = this.exchange;
    if (exchange !== undefined && !exchange.finished) {
      // A client that half-closes while it waits has left: browsers and curl do so when the user aborts.
      this.abortRequest('client-closed');
      this.destroy();
    } else {
      this.socket.end();
    }
  };

  private readonly onClose = (): void => {
    this.context.wheel.remove(this.deadline);
    this.writes.remove();
    this.state = DETACHED;
    this.held = undefined;
    this.abortRequest('client-closed');
    this.context.closed(this);
  };

  private abortRequest(reason: string): void {
    const sink = this.sink;
    this.sink = undefined;
    if (!this.requestDone) sink?.abort(new Error(reason));
    this.requestDone = true;
    this.exchange?.clientLeft(reason);
  }

  // ---- writing ----------------------------------------------------------------------------------------------------

  /** Whether a writer may go on; after false its exchange's `clientDrained` follows. */
  hasRoom(): boolean {
    if (this.outbox.hasRoom()) return true;
    this.waitsForDrain = true;
    return false;
  }

  private readonly onDrain = (): void => {
    this.writes.drained();
    if (!this.waitsForDrain) return;
    this.waitsForDrain = false;
    this.exchange?.watcher?.clientDrained();
    if (this.exchange === undefined) this.release();
  };

  private stalled(): void {
    const exchange = this.exchange;
    if (exchange !== undefined && !exchange.finished) exchange.clientLeft('write-timeout');
    this.destroy();
  }

  // ---- the exchange's course ----------------------------------------------------------------------------------------

  /** Asked when a response head is written. */
  mayKeepAlive(): boolean {
    if (this.context.draining) return false;
    if (this.requestDone) return true;
    if (this.closeAfterResponse) return false;
    // A client that waits for 100 may or may not send its body after this answer; there's no telling requests apart.
    if (this.exchange?.awaitsContinue === true) return false;
    return this.sink !== discard || (this.exchange?.bodyLength ?? 0) <= MAX_DRAIN;
  }

  responseComplete(keepAlive: boolean): void {
    this.responseDone = true;
    if (this.state !== IN_EXCHANGE) return;
    if (!keepAlive || this.closeAfterResponse || this.context.draining) return this.linger();
    if (this.requestDone) return this.next();
    this.discardBody();
  }

  private next(): void {
    this.exchange = undefined;
    if (this.state !== IN_EXCHANGE) return;
    if (this.context.draining) return this.linger();
    this.state = IDLE;
    this.bodyPaused = false;
    this.context.wheel.arm(this.deadline, this.context.timeouts.keepAlive);
    this.release();
  }

  private linger(): void {
    this.outbox.flush();
    this.state = LINGERING;
    this.held = undefined;
    this.sink = undefined;
    this.requestDone = true;
    const { wheel } = this.context;
    wheel.disarm(this.deadline);
    // Until the last of it has left, the write timeout watches.
    this.socket.once('finish', () => {
      if (this.state !== LINGERING) return;
      this.lingerEnd = wheel.now + MAX_LINGER;
      wheel.arm(this.deadline, LINGER);
    });
    this.socket.end();
    if (this.paused) this.resume();
  }

  /** The client still sends. */
  private lingerOn(): void {
    const { wheel } = this.context;
    if (this.lingerEnd === Number.POSITIVE_INFINITY) return;
    if (wheel.now > this.lingerEnd) this.destroy();
    else wheel.arm(this.deadline, LINGER);
  }

  /** Gives the raw socket away after writing `head`; undefined if it's gone. */
  handOver(head: string): Socket | undefined {
    const { socket } = this;
    if (socket.destroyed) return undefined;
    this.outbox.send(head);
    this.state = DETACHED;
    this.context.wheel.remove(this.deadline);
    this.writes.remove();
    socket.off('data', this.onData);
    socket.off('end', this.onEnd);
    socket.off('drain', this.onDrain);
    return socket;
  }

  private expired(): void {
    switch (this.state) {
      case IN_HEAD:
        this.head.refuse('a head that took too long to arrive', 'header-timeout');
        return this.refuseHead(this.partial ?? Buffer.alloc(0));
      case IN_EXCHANGE:
        return this.requestDone ? undefined : this.breakBody('body-timeout', 'a body that stopped arriving');
      case IDLE:
        // A slow reader hasn't had all of its answer yet: it's the write timeout that judges it.
        if (this.outbox.unsent === 0) return this.destroy();
        return this.context.wheel.arm(this.deadline, this.context.timeouts.keepAlive);
      default:
        return this.destroy();
    }
  }

  /** The server shuts down: closes the connection now if it's idle, else after its response. */
  closeWhenIdle(): void {
    if (this.state === IDLE) this.linger();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Closes so that the client can't take what it has for the whole: where the close itself would mean "complete". */
  reset(): void {
    // A TLS socket can't be reset; there the missing close_notify says it (RFC 8446 §6.1).
    if ('encrypted' in this.socket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}

/** What may be the first half of an empty line isn't judged before the other half has come. */
function isLoneCr(bytes: Buffer, from: number, end: number): boolean {
  return end - from === 1 && bytes[from] === CR;
}

function ignore(): void {
  // 'close' follows every 'error' and says all we need.
}
