import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import type { Balancer } from '../../upstream/balancer.ts';
import { Turn, type Rider } from '../../upstream/turn.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { Field, type HeaderList } from '../../wire/header-list.ts';
import type { ClientFailure } from '../../wire/http1/client-connection.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { replyProblem } from '../../wire/problem.ts';
import { describeFailure } from './describe-failure.ts';
import { ProxyExchange } from './proxy-exchange.ts';
import type { ProxyAction } from './proxy.ts';

/** One exchange on its way to one of several servers, or to one that is watched over: its turn says where, and when. */
export class BalancedExchange extends ProxyExchange implements Rider {
  private readonly turn: Turn;

  constructor(exchange: Exchange, action: ProxyAction, balancer: Balancer) {
    // What it says of its server is read before its headers are changed for their way on.
    const seeker = balancer.seekerOf(exchange);
    super(exchange, action, undefined);
    this.turn = new Turn(balancer, { exchange, seeker, rider: this, wheel: action.wheel });
  }

  override start(): void {
    this.begin();
    this.turn.begin();
    if (this.bodyDone || this.done) return;
    this.passBody(this.isHarmless || this.connection?.connecting !== false);
  }

  // ---- to a server (Rider) ------------------------------------------------------------------------------------------------

  go(server: UpstreamServer): void {
    this.server = server;
    this.retried = false;
    this.send(this.reuse);
    this.resend();
  }

  refuse(code: ProblemCode, retryAfter: number): void {
    if (this.done) return;
    const { terms } = this;
    this.finish();
    replyProblem(this.exchange, code, {
      detail: describeFailure(code, this.server, terms),
      headers: [new Field('Retry-After', String(retryAfter))],
      ...(terms.explain ? { reloadAfter: 2 } : {}),
    });
  }

  // ---- the request's body -------------------------------------------------------------------------------------------------

  /** Without a server so much is read as may be kept: who isn't read from isn't seen to leave. */
  override chunk(data: Buffer): boolean {
    if (super.chunk(data)) return true;
    return this.connection === undefined && this.replaySize < this.terms.replayLimit;
  }

  // ---- the response ---------------------------------------------------------------------------------------------------------

  override onWhole(head: ResponseHead, body: string): void {
    if (this.isRepeated(head.status)) return;
    super.onWhole(head, body);
    this.turn.completed();
  }

  override onHead(head: ResponseHead, length: number): void {
    const { connection } = this;
    // What is left of its body would have to be read away.
    if (this.isRepeated(head.status)) return connection?.destroy();
    super.onHead(head, length);
  }

  override onEnd(trailers: HeaderList | undefined): void {
    this.turn.completed();
    super.onEnd(trailers);
  }

  override onSwitch(head: ResponseHead): void {
    super.onSwitch(head);
    if (this.exchange.status === head.status) this.turn.completed();
  }

  protected override passOn(head: ResponseHead): void {
    super.passOn(head);
    this.turn.answered(head.status, head.headers);
  }

  /** Whether an answer with this status is nobody's, since another one is asked for. */
  private isRepeated(status: number): boolean {
    const { connection, turn } = this;
    if (!turn.isRepeated(status)) return false;
    this.connection = undefined;
    if (turn.repeatsAfter({ whole: this.isWhole, harmless: this.isHarmless }, status)) return true;
    this.connection = connection;
    return false;
  }

  // ---- failing ----------------------------------------------------------------------------------------------------------------

  protected override goesOn(failure: ClientFailure): boolean {
    // Whoever cut it has no more time for it.
    if (failure.code === 'upstream-total-timeout') return false;
    // There's no server now: what still comes of the body waits for the next.
    this.connection = undefined;
    return this.turn.failed({ whole: this.isWhole, harmless: this.isHarmless }, failure);
  }

  /** Whether the request may be done twice. */
  private get isHarmless(): boolean {
    return this.terms.model.upstream.balancing.retries.methods.includes(this.framing.method);
  }

  protected override abandon(code: ProblemCode, detail: string): void {
    // Descriptors that we have run out of say nothing of the upstream.
    if (!this.done && code !== 'too-many-connections') this.turn.abandoned();
    super.abandon(code, detail);
  }

  protected override finish(): void {
    this.turn.leave();
    super.finish();
  }
}
