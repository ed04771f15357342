import { performance } from 'node:perf_hooks';
import type { UpstreamTimeouts } from '../config/model.ts';
import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { IDEMPOTENT } from '../protocol/methods.ts';
import type { BodySink } from '../wire/body.ts';
import { CORS_RESPONSE } from '../wire/cors-response.ts';
import type { ClientWatcher, Exchange } from '../wire/exchange.ts';
import type { HeaderList } from '../wire/header-list.ts';
import { removeHopByHop } from '../wire/hop-by-hop.ts';
import type { ClientConnection, ClientFailure, RequestFraming, ResponseSink } from '../wire/http1/client-connection.ts';
import type { ResponseHead } from '../wire/http1/response-head.ts';
import { H } from '../wire/known-names.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { Reuse } from './server-pool.ts';

/** A server that ignores Expect mustn't cost the client more than this (RFC 9110 §10.1.1 leaves the time open). */
const CONTINUE_AFTER = 1000;

/** What all exchanges of a route that asks servers share. */
export interface ForwardingTerms {
  readonly timeouts: UpstreamTimeouts;
  readonly wheel: TimerWheel;
  /** Bytes of a body that are kept, until the response begins, to send it again on another connection. */
  readonly replayLimit: number;
}

/**
 * One exchange on its way to a server and back: bodies both ways, what is kept to send a request once more, the deadlines,
 * and what happens when either side leaves. Which server is asked, and what passes, is the subclass's.
 *
 * A base class, and no object beside the action's own: a proxied request costs no second one.
 */
export abstract class Forwarding<Terms extends ForwardingTerms> implements ResponseSink, BodySink, ClientWatcher {
  protected readonly exchange: Exchange;
  protected readonly terms: Terms;
  /** Method and body length of the request as it's sent. */
  protected framing: RequestFraming;
  protected connection: ClientConnection | undefined = undefined;
  /** What came of the body, while it may still be sent again; undefined once it can't. */
  protected replay: Buffer[] | undefined = undefined;
  /** All of the client's body is here, or there is none. */
  protected bodyDone: boolean;
  /** Nothing is awaited from the server any more. */
  protected done = false;
  /** The request was sent once more to the server that it's sent to now. */
  protected retried = false;
  /** Bytes that came of the body while it was kept. */
  protected replaySize = 0;
  private trailers: HeaderList | undefined = undefined;
  private totalDeadline: Deadline | undefined = undefined;
  private continueDeadline: Deadline | undefined = undefined;

  constructor(exchange: Exchange, terms: Terms) {
    this.exchange = exchange;
    this.terms = terms;
    this.framing = exchange;
    this.bodyDone = exchange.bodyLength === 0;
  }

  /** The answer's head is there and will be passed on: changes its headers to what the client gets. */
  protected abstract passOn(head: ResponseHead): void;
  /** No server took the connection: whether there's another to ask. */
  protected abstract get anotherServer(): boolean;
  /** Sends the request once more: to another server if none saw it, else on a fresh connection. See `resend`. */
  protected abstract tryAgain(unsent: boolean): void;
  /** Tells the client what failed; nothing of a response has been sent. */
  protected abstract replyFailure(code: ProblemCode): void;

  /** Comes first. */
  protected begin(): void {
    this.exchange.watcher = this;
    const { timeouts, wheel } = this.terms;
    if (timeouts.total > 0) {
      this.totalDeadline = new Deadline(() => this.abandon('upstream-total-timeout', 'total'));
      wheel.arm(this.totalDeadline, timeouts.total);
    }
  }

  /** Sends the head. */
  protected sendOn(connection: ClientConnection, text: string): void {
    this.connection = connection;
    connection.send(text, this.framing, this, this.terms.timeouts);
  }

  // ---- the request's body (BodySink) ----------------------------------------------------------------------------------

  /**
   * Begins to pass the client's body on, which isn't empty. What could be sent again after a connection turned out to be
   * dead is kept: an idempotent request's, and any body of which a connection that isn't up yet can't have delivered a byte.
   */
  protected passBody(keep = IDEMPOTENT.has(this.framing.method) || this.connection?.connecting === true): void {
    const { exchange } = this;
    if (keep) this.replay = [];
    if (exchange.expectsContinue) {
      this.continueDeadline = new Deadline(() => exchange.sendContinue());
      this.terms.wheel.arm(this.continueDeadline, CONTINUE_AFTER);
    }
    exchange.readBody(this);
  }

  chunk(data: Buffer): boolean {
    const { connection, replay } = this;
    if (this.done) return true;
    if (replay !== undefined) {
      this.replaySize += data.length;
      // Between two connections the body waits, and all that was read of it is needed: one read more, at most.
      if (this.replaySize > this.terms.replayLimit && connection !== undefined) this.replay = undefined;
      else replay.push(Buffer.from(data));
    }
    return connection !== undefined && connection.writeBody(data);
  }

  get holds(): boolean {
    return this.connection?.holds === true;
  }

  end(trailers: HeaderList | undefined): void {
    const { ownNames } = this.exchange;
    this.bodyDone = true;
    // Some servers take trailers for headers.
    if (ownNames !== undefined) trailers?.removeAlike(ownNames);
    this.trailers = trailers;
    if (!this.done) this.connection?.endBody(trailers);
  }

  /** The client broke its request off; the server must not take what came for the whole. */
  abort(): void {
    this.clientGone();
  }

  onDrain(): void {
    this.exchange.resumeBody();
  }

  /** After a head that was sent again: what is kept of the body follows it, and then what the client still sends. */
  protected resend(): void {
    const { connection } = this;
    if (this.framing.bodyLength === 0 || connection === undefined) return;
    let roomy = true;
    for (const chunk of this.replay ?? []) roomy = connection.writeBody(chunk);
    if (this.bodyDone) connection.endBody(this.trailers);
    // What the last connection couldn't take any more, the client may send on now.
    if (roomy) this.exchange.resumeBody();
  }

  /** The request goes on without its body, as some redirects want it. What the client still sends of it is nobody's. */
  protected dropBody(method: string): void {
    this.framing = { method, bodyLength: 0 };
    this.replay = undefined;
    if (this.continueDeadline !== undefined) this.terms.wheel.remove(this.continueDeadline);
  }

  // ---- the response (ResponseSink) --------------------------------------------------------------------------------------

  onInterim(head: ResponseHead): void {
    if (head.status === 100) return this.exchange.sendContinue();
    removeHopByHop(head.headers);
    // No CORS check ever looks here; but the door doesn't either, and no line gets past it.
    head.headers.removeNames(CORS_RESPONSE);
    this.exchange.inform(head.status, head.headers);
  }

  onWhole(head: ResponseHead, body: string): void {
    this.answered(head);
    this.finish();
    this.exchange.reply(head.status, head.headers, body);
  }

  onHead(head: ResponseHead, length: number): void {
    this.answered(head);
    this.exchange.open(head.status, head.headers, length);
  }

  onBody(chunk: Buffer): boolean {
    return this.exchange.write(chunk);
  }

  get holdsBody(): boolean {
    return this.exchange.holds;
  }

  onEnd(trailers: HeaderList | undefined): void {
    this.finish();
    this.exchange.end(trailers);
  }

  onSwitch(head: ResponseHead): void {
    const { exchange, connection } = this;
    const protocol = head.headers.getById(H.upgrade)?.toLowerCase();
    if (exchange.upgradeTo === '' || protocol !== exchange.upgradeTo) {
      return this.abandon('upstream-malformed', 'a 101 that nobody asked for');
    }
    this.answered(head);
    this.finish();
    head.headers.append('Connection', 'Upgrade');
    head.headers.append('Upgrade', exchange.upgradeTo);
    const client = exchange.upgrade(head.headers);
    if (client === undefined) connection?.destroy();
    else connection?.tunnelTo(client);
  }

  private answered(head: ResponseHead): void {
    const { exchange } = this;
    this.replay = undefined;
    exchange.upstreamTime = performance.now() - exchange.startedAt;
    this.passOn(head);
    if (this.continueDeadline !== undefined) this.terms.wheel.remove(this.continueDeadline);
  }

  // ---- failing ------------------------------------------------------------------------------------------------------------

  onFailure(failure: ClientFailure): void {
    if (this.done) return;
    if (this.mayTryAgain(failure)) {
      if (!failure.unsent) this.retried = true;
      this.tryAgain(failure.unsent);
    } else if (!this.goesOn(failure)) this.abandon(failure.code, failure.detail);
  }

  /** Whether the request goes on in some other way than by `tryAgain`. */
  protected goesOn(_failure: ClientFailure): boolean {
    return false;
  }

  /** All that came of the request is still here, and nothing of a response has been sent. */
  protected get isWhole(): boolean {
    return this.exchange.status === 0 && (this.framing.bodyLength === 0 || this.replay !== undefined);
  }

  /**
   * A connection that closes as we reuse it is nobody's fault: a request without a body, or an idempotent one whose
   * body we still have, goes out again on a fresh one (RFC 9112 §9.3.1). A server that refused the connection hasn't
   * seen the request at all: the next one is asked.
   */
  private mayTryAgain(failure: ClientFailure): boolean {
    const { method, bodyLength } = this.framing;
    if (!this.isWhole) return false;
    if (failure.unsent) return this.anotherServer;
    return failure.stale && !this.retried && (bodyLength === 0 || IDEMPOTENT.has(method));
  }

  /** On a connection that may turn out to be dead goes only what could then be sent again without a second thought. */
  protected get reuse(): Reuse {
    const { bodyLength, method } = this.framing;
    return bodyLength >= 0 && bodyLength <= this.terms.replayLimit && IDEMPOTENT.has(method) ? 'any' : 'recent';
  }

  /** Gives the exchange up. @param detail for the log */
  protected abandon(code: ProblemCode, detail: string): void {
    const { exchange, connection } = this;
    if (this.done) return;
    this.finish();
    connection?.destroy();
    exchange.upstreamFailure = detail;
    if (exchange.status !== 0) return exchange.cut(code);
    this.replyFailure(code);
  }

  clientDrained(): void {
    this.connection?.resume();
  }

  clientGone(): void {
    this.finish();
    this.connection?.destroy();
  }

  /** Nothing more comes from the server; what the client still sends is nobody's. */
  protected finish(): void {
    if (this.done) return;
    this.done = true;
    const { exchange, terms } = this;
    exchange.watcher = undefined;
    if (this.totalDeadline !== undefined) terms.wheel.remove(this.totalDeadline);
    if (this.continueDeadline !== undefined) terms.wheel.remove(this.continueDeadline);
    if (!this.bodyDone) exchange.discardBody();
  }
}
