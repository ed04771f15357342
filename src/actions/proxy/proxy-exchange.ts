import { performance } from 'node:perf_hooks';
import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Reuse } from '../../upstream/server-pool.ts';
import type { UpstreamServer } from '../../upstream/upstream.ts';
import type { BodySink } from '../../wire/body.ts';
import { CORS_RESPONSE } from '../../wire/cors-response.ts';
import type { ClientWatcher, Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import type { ClientConnection, ClientFailure, ResponseSink } from '../../wire/http1/client-connection.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { replyProblem } from '../../wire/problem.ts';
import { Deadline } from '../../wire/timer-wheel.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import { H } from '../../wire/known-names.ts';
import { describeFailure } from './describe-failure.ts';
import type { ProxyAction } from './proxy.ts';
import { mapLocation } from './map-location.ts';
import { forwardedFields, requestText } from './request-text.ts';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** As much of a body as is kept, until the response begins, to send it again on a fresh connection. */
const REPLAY_LIMIT = 64 * 1024;
/** A server that ignores Expect mustn't cost the client more than this (RFC 9110 §10.1.1 leaves the time open). */
const CONTINUE_AFTER = 1000;

/** One exchange on its way to an upstream and back. */
export class ProxyExchange implements ResponseSink, BodySink, ClientWatcher {
  private readonly exchange: Exchange;
  private readonly action: ProxyAction;
  private server: UpstreamServer;
  private readonly path: string;
  private readonly fields: string;
  private connection: ClientConnection | undefined = undefined;
  /** Servers still to be tried when one refuses the connection. */
  private serversLeft: number;
  private retried = false;
  private bodyDone: boolean;
  private trailers: HeaderList | undefined = undefined;
  /** What was sent of the body, while it may still be sent again; undefined once it can't. */
  private replay: Buffer[] | undefined = undefined;
  private replaySize = 0;
  private totalDeadline: Deadline | undefined = undefined;
  private continueDeadline: Deadline | undefined = undefined;
  private done = false;

  constructor(exchange: Exchange, action: ProxyAction) {
    this.exchange = exchange;
    this.action = action;
    this.server = action.upstream.pick();
    this.serversLeft = action.upstream.servers.length - 1;
    this.path = action.forwardPath(exchange);
    this.fields = forwardedFields(exchange, action.model);
    this.bodyDone = exchange.bodyLength === 0;
  }

  start(): void {
    const { exchange, action } = this;
    exchange.watcher = this;
    const { total } = action.model.timeouts;
    if (total > 0) {
      this.totalDeadline = new Deadline(() => this.abandon('upstream-total-timeout', 'total'));
      action.wheel.arm(this.totalDeadline, total);
    }
    this.send(this.reuse());
    if (!this.bodyDone) {
      if (IDEMPOTENT.has(exchange.method) || this.connection?.connecting === true) this.replay = [];
      if (exchange.expectsContinue) this.expectContinue();
      exchange.readBody(this);
    }
  }

  private send(reuse: Reuse): void {
    const { exchange, action, server } = this;
    exchange.upstream = server.pool.label;
    const text = requestText(exchange, this.path, this.fields, server, action.model);
    const connection = server.pool.take(reuse);
    this.connection = connection;
    connection.send(text, exchange, this, action.model.timeouts);
  }

  private expectContinue(): void {
    this.continueDeadline = new Deadline(() => this.exchange.sendContinue());
    this.action.wheel.arm(this.continueDeadline, CONTINUE_AFTER);
  }

  // ---- the request's body (BodySink) ----------------------------------------------------------------------------------

  chunk(data: Buffer): boolean {
    const { connection, replay } = this;
    if (this.done || connection === undefined) return true;
    if (replay !== undefined) {
      this.replaySize += data.length;
      if (this.replaySize > REPLAY_LIMIT) this.replay = undefined;
      else replay.push(Buffer.from(data));
    }
    return connection.writeBody(data);
  }

  get holds(): boolean {
    return this.connection?.holds === true;
  }

  end(trailers: HeaderList | undefined): void {
    this.bodyDone = true;
    this.trailers = trailers;
    if (!this.done) this.connection?.endBody(trailers);
  }

  /** The client broke its request off; the upstream must not take what came for the whole. */
  abort(): void {
    this.finish();
    this.connection?.destroy();
  }

  onDrain(): void {
    this.exchange.resumeBody();
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

  onFailure(failure: ClientFailure): void {
    if (this.done) return;
    if (this.mayTryAgain(failure)) return this.tryAgain(failure);
    this.abandon(failure.code, failure.detail);
  }

  // ---- failing ------------------------------------------------------------------------------------------------------------

  /**
   * A connection that closes as we reuse it is nobody's fault: a request without a body, or an idempotent one whose
   * body we still have, goes out again on a fresh one (RFC 9112 §9.3.1). A server that refused the connection hasn't
   * seen the request at all: the next one is asked.
   */
  private mayTryAgain(failure: ClientFailure): boolean {
    const { exchange } = this;
    if (exchange.status !== 0 || (exchange.bodyLength !== 0 && this.replay === undefined)) return false;
    if (failure.unsent) return this.serversLeft > 0;
    return failure.stale && !this.retried && (exchange.bodyLength === 0 || IDEMPOTENT.has(exchange.method));
  }

  /** On a connection that may turn out to be dead goes only what could then be sent again without a second thought. */
  private reuse(): Reuse {
    const { bodyLength, method } = this.exchange;
    return bodyLength >= 0 && bodyLength <= REPLAY_LIMIT && IDEMPOTENT.has(method) ? 'any' : 'recent';
  }

  private tryAgain(failure: ClientFailure): void {
    if (failure.unsent) {
      this.serversLeft--;
      this.server = this.action.upstream.pick();
    } else {
      this.retried = true;
    }
    this.send(failure.unsent ? this.reuse() : 'fresh');
    const { connection } = this;
    if (this.exchange.bodyLength === 0 || connection === undefined) return;
    let roomy = true;
    for (const chunk of this.replay ?? []) roomy = connection.writeBody(chunk);
    if (this.bodyDone) connection.endBody(this.trailers);
    // What the dead connection couldn't take any more, the client may send on now.
    if (roomy) this.exchange.resumeBody();
  }

  private abandon(code: ProblemCode, detail: string): void {
    const { exchange, connection, action } = this;
    if (this.done) return;
    this.finish();
    connection?.destroy();
    exchange.upstreamFailure = detail;
    if (exchange.status !== 0) return exchange.cut(code);
    replyProblem(exchange, code, {
      detail: describeFailure(code, this.server, action),
      ...(action.explain ? { reloadAfter: 2 } : {}),
    });
  }

  clientDrained(): void {
    this.connection?.resume();
  }

  clientGone(): void {
    this.finish();
    this.connection?.destroy();
  }

  private answered(head: ResponseHead): void {
    const { exchange } = this;
    this.replay = undefined;
    exchange.upstreamTime = performance.now() - exchange.startedAt;
    removeHopByHop(head.headers);
    if (head.headers.hasId(H.location)) {
      mapLocation(head.headers, { exchange, model: this.action.model, server: this.server });
    }
    if (this.continueDeadline !== undefined) this.action.wheel.remove(this.continueDeadline);
  }

  /** Nothing more comes from upstream; what the client still sends is nobody's. */
  private finish(): void {
    if (this.done) return;
    this.done = true;
    const { exchange, action } = this;
    exchange.watcher = undefined;
    if (this.totalDeadline !== undefined) action.wheel.remove(this.totalDeadline);
    if (this.continueDeadline !== undefined) action.wheel.remove(this.continueDeadline);
    if (!this.bodyDone) exchange.discardBody();
  }
}
