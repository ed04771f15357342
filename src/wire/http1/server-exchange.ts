import type { Duplex } from 'node:stream';
import { UNKNOWN_LENGTH, type BodySink } from '../body.ts';
import { Exchange } from '../exchange.ts';
import type { HeaderList } from '../header-list.ts';
import { H } from '../known-names.ts';
import type { ServerConnection } from './server-connection.ts';
import { dateLine, statusLine } from './status-line.ts';

/** Up to here a body is put behind its head as text: one copy, one write, no iovec. */
const SMALL_BODY = 16 * 1024;

const NO_BODY = 0;
const BY_LENGTH = 1;
const CHUNKED = 2;
const BY_CLOSE = 3;

/** An exchange with an HTTP/1.x client: frames the response (RFC 9112 §6). */
export class ServerExchange extends Exchange {
  /** The connection stays open after this exchange. */
  keepAlive = true;
  private readonly connection: ServerConnection;
  private framing = NO_BODY;
  private left = 0;
  private continueSent = false;

  constructor(connection: ServerConnection, headers: HeaderList) {
    super(headers);
    this.connection = connection;
  }

  /** Sets the request's target, and with it path and query. */
  aim(target: string): void {
    this.target = target;
    const mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark);
  }

  override readBody(sink: BodySink): void {
    this.connection.readBody(sink);
  }

  override resumeBody(): void {
    // A sink that drains after the end has no say in the next exchange's body.
    if (!this.finished) this.connection.resumeBody();
  }

  override discardBody(): void {
    this.connection.discardBody();
  }

  override sendContinue(): void {
    if (!this.awaitsContinue || this.status !== 0) return;
    this.continueSent = true;
    this.connection.outbox.send('HTTP/1.1 100 Continue\r\n\r\n');
  }

  /** The client holds its body back and may never send it. */
  get awaitsContinue(): boolean {
    return this.expectsContinue && !this.continueSent;
  }

  override inform(status: number, headers: HeaderList): void {
    // RFC 9110 §15.2: never to an HTTP/1.0 client.
    if (this.version === 10 || this.status !== 0 || this.finished) return;
    this.connection.outbox.send(`${statusLine(status)}${headers.serialize()}\r\n`);
  }

  protected override sendWhole(status: number, headers: HeaderList, body: string | Buffer): void {
    const bodyless = forbidsBody(status);
    this.decideKeepAlive();
    let head = statusLine(status) + this.serialize(headers);
    if (!bodyless) head += `Content-Length: ${body.length}\r\n`;
    head += this.connectionLine();
    if (bodyless || this.method === 'HEAD') {
      this.connection.outbox.send(head);
    } else if (typeof body === 'string' || body.length <= SMALL_BODY) {
      this.bytesOut += body.length;
      this.connection.outbox.send(head + (typeof body === 'string' ? body : body.toString('latin1')));
    } else {
      this.bytesOut += body.length;
      this.connection.outbox.emit(head);
      this.connection.outbox.emitBuffer(body);
    }
    this.complete();
  }

  protected override sendHead(status: number, headers: HeaderList, length: number): void {
    let head = statusLine(status) + this.serialize(headers);
    this.framing = this.chooseFraming(status, length);
    this.left = length;
    this.decideKeepAlive();
    // A 304's or a HEAD's length is that of the body a GET would get (RFC 9110 §8.6); 204 and 1xx have none.
    if (length !== UNKNOWN_LENGTH && !(forbidsBody(status) && status !== 304)) head += `Content-Length: ${length}\r\n`;
    else if (this.framing === CHUNKED) head += 'Transfer-Encoding: chunked\r\n';
    this.connection.outbox.emit(head + this.connectionLine());
  }

  override write(chunk: Buffer): boolean {
    if (this.finished || chunk.length === 0) return true;
    switch (this.framing) {
      case NO_BODY:
        return true;
      case BY_LENGTH:
        if (chunk.length > this.left) {
          this.cut('more body than its length');
          return true;
        }
        this.left -= chunk.length;
        this.connection.outbox.emitBuffer(chunk);
        break;
      case CHUNKED:
        this.connection.outbox.emitChunk(chunk);
        break;
      default:
        this.connection.outbox.emitBuffer(chunk);
    }
    this.bytesOut += chunk.length;
    return this.connection.hasRoom();
  }

  override get holds(): boolean {
    return this.connection.outbox.holds;
  }

  override end(trailers?: HeaderList): void {
    if (this.finished) return;
    if (this.framing === BY_LENGTH && this.left > 0) return this.cut('less body than its length');
    if (this.framing === CHUNKED) this.connection.outbox.emitLastChunk(trailers?.serialize() ?? '');
    this.complete();
  }

  override cut(reason: string): void {
    if (this.finished) return;
    this.aborted = reason;
    this.connection.outbox.flush();
    if (this.framing === BY_CLOSE) this.connection.reset();
    else this.connection.destroy();
  }

  protected override sendUpgrade(headers: HeaderList): Duplex | undefined {
    return this.connection.handOver(`${statusLine(101)}${headers.serialize()}\r\n`);
  }

  /** For the connection: the client left, or broke its request, before the response was complete. */
  clientLeft(reason: string): void {
    if (this.finished) return;
    // A tunnel ends by being closed.
    if (this.status !== 101) this.aborted ||= reason;
    const { watcher } = this;
    this.watcher = undefined;
    this.finish();
    watcher?.clientGone();
  }

  private complete(): void {
    this.connection.outbox.flush();
    this.finish();
    this.connection.responseComplete(this.keepAlive);
  }

  private chooseFraming(status: number, length: number): number {
    if (this.method === 'HEAD' || forbidsBody(status)) return NO_BODY;
    if (length !== UNKNOWN_LENGTH) return BY_LENGTH;
    if (this.version === 11) return CHUNKED;
    this.keepAlive = false;
    return BY_CLOSE;
  }

  private decideKeepAlive(): void {
    if (this.keepAlive) this.keepAlive = !this.closing && this.connection.mayKeepAlive();
  }

  private serialize(headers: HeaderList): string {
    // RFC 9110 §6.6.1: an origin's or a gateway's own response carries a Date; an upstream's is passed on.
    return headers.hasId(H.date) ? headers.serialize() : headers.serialize() + dateLine();
  }

  /** The Connection field, if one is due, and the empty line. */
  private connectionLine(): string {
    if (!this.keepAlive) return 'Connection: close\r\n\r\n';
    return this.version === 10 ? 'Connection: keep-alive\r\n\r\n' : '\r\n';
  }
}

/** RFC 9110 §6.4.1. */
function forbidsBody(status: number): boolean {
  return status === 204 || status === 304 || status < 200;
}
