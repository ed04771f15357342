import { BodyDecoder, type DecodedBody } from '../../../src/wire/http1/body-decoder.ts';
import { INCOMPLETE } from '../../../src/wire/http1/message-head.ts';
import { RequestHead } from '../../../src/wire/http1/request-head.ts';
import { ResponseHead } from '../../../src/wire/http1/response-head.ts';
import type { HeaderList } from '../../../src/wire/header-list.ts';
import type { Message, Reading } from './reading.ts';

const LIMITS = { requestLine: 1 << 20, headerCount: 10_000 };

const NOTHING = Buffer.alloc(0);

/** Our engine without sockets: heads scanned, bodies decoded, piece by piece. What all messages have in common. */
abstract class Engine implements DecodedBody {
  protected readonly decoder = new BodyDecoder();
  protected messages: Message[] = [];
  protected refused = '';
  protected current: Message | undefined = undefined;
  protected stopped = false;
  private partial: Buffer = NOTHING;

  /** Reads a stream that comes in these pieces, then ends. */
  read(pieces: readonly Buffer[]): Reading {
    this.messages = [];
    this.refused = '';
    this.current = undefined;
    this.stopped = false;
    this.partial = NOTHING;
    this.decoder.reset();
    for (const piece of pieces) {
      let pos = 0;
      while (pos < piece.length && !this.stopped) {
        pos = this.current === undefined ? this.readHead(piece, pos) : this.readBody(piece, pos);
      }
    }
    if (!this.stopped && this.decoder.untilClose) this.bodyEnd(undefined);
    return { messages: this.messages, refused: this.refused };
  }

  bodyChunk(data: Buffer): void {
    if (this.current !== undefined) this.current.body += data.toString('latin1');
  }

  bodyEnd(trailers: HeaderList | undefined): void {
    const message = this.current;
    if (message === undefined) throw new Error('the end of a body that had ended');
    message.complete = true;
    message.trailers = trailers?.pairs().flat() ?? [];
    this.current = undefined;
    if (!message.keepAlive) this.stopped = true;
  }

  private readHead(piece: Buffer, pos: number): number {
    const before = this.partial.length;
    const bytes = Buffer.concat([this.partial, piece.subarray(pos)]);
    const end = this.scan(bytes);
    if (end > 0) {
      this.partial = NOTHING;
      return pos + end - before;
    }
    if (end === INCOMPLETE) this.partial = bytes;
    return piece.length;
  }

  private readBody(piece: Buffer, pos: number): number {
    const next = this.decoder.decode(piece, pos, piece.length, this);
    if (next >= 0) return next;
    this.refuse(`malformed-request: ${this.decoder.reason}`);
    return piece.length;
  }

  protected refuse(reason: `${string}: ${string}`): void {
    this.refused = reason;
    this.stopped = true;
  }

  protected begin(message: Message): void {
    this.messages.push(message);
    this.current = message;
    if (this.decoder.done) this.bodyEnd(undefined);
  }

  protected abstract scan(bytes: Buffer): number;
}

/** As a server's connection reads requests. */
export class RequestEngine extends Engine {
  private readonly head = new RequestHead();

  protected override scan(bytes: Buffer): number {
    const { head, decoder } = this;
    const from = bytes[0] === 13 && bytes[1] === 10 ? 2 : 0;
    if (bytes.length <= from || (bytes.length - from === 1 && bytes[from] === 13)) return INCOMPLETE;
    const end = head.scan(bytes, from, bytes.length, LIMITS);
    if (end < 0) this.refuse(`${head.problem}: ${head.reason}`);
    if (end <= 0) return end;
    decoder.reset();
    if (head.chunked) decoder.startChunked();
    else if (head.contentLength > 0) decoder.startLength(head.contentLength);
    this.begin({
      start: head.method,
      target: head.target,
      version: head.version,
      headers: head.headers.pairs().flat(),
      body: '',
      trailers: [],
      complete: false,
      keepAlive: head.version === 11 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose,
    });
    return end;
  }
}

/** As a client's connection reads responses. */
export class ResponseEngine extends Engine {
  private readonly head = new ResponseHead();
  private answersHead: (index: number) => boolean = () => false;

  /** @param answersHead see `Llhttp.read` */
  readAnswers(pieces: readonly Buffer[], answersHead: (index: number) => boolean): Reading {
    this.answersHead = answersHead;
    return this.read(pieces);
  }

  protected override scan(bytes: Buffer): number {
    const { head, decoder } = this;
    const end = head.scan(bytes, 0, bytes.length, LIMITS.headerCount);
    if (end < 0) this.refuse(`${head.problem}: ${head.reason}`);
    if (end <= 0) return end;
    const { status } = head;
    const finals = this.messages.filter(({ start }) => !start.startsWith('1')).length;
    const bodyless = status < 200 || status === 204 || status === 304 || this.answersHead(finals);
    let keepAlive = head.version === 11 ? !head.connectionClose : head.connectionKeepAlive && !head.connectionClose;
    decoder.reset();
    if (!bodyless) {
      if (head.chunked) decoder.startChunked();
      else if (head.contentLength >= 0) decoder.startLength(head.contentLength);
      else {
        decoder.startUntilClose();
        keepAlive = false;
      }
    }
    this.begin({
      start: String(status),
      target: '',
      version: head.version,
      headers: head.headers.pairs().flat(),
      body: '',
      trailers: [],
      complete: false,
      // A 101 ends HTTP on its connection.
      keepAlive: status === 101 ? false : status < 200 ? true : keepAlive,
    });
    return end;
  }
}
