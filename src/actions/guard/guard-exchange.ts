import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { describeFailure, isRefusal, nextHop, type GuardRefusal, type Hop } from '../../guard/index.ts';
import { Forwarding } from '../../upstream/forwarding.ts';
import type { Reuse } from '../../upstream/server-pool.ts';
import type { Vetted, VettedServer } from '../../upstream/vetted-pools.ts';
import type { Exchange } from '../../wire/exchange.ts';
import type { Field } from '../../wire/header-list.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import type { ClientFailure } from '../../wire/http1/client-connection.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import type { TlsFailure } from '../../diagnostics/tls-failure.ts';
import { H } from '../../wire/known-names.ts';
import { failExchange, replyProblem } from '../../wire/problem.ts';
import { codeOfFailure, describeNoServer } from './describe-failure.ts';
import type { GuardAction } from './guard.ts';
import { requestText } from './request-text.ts';
import { filterResponse } from './response-fields.ts';

/** A problem to answer with. */
type NoAnswer = Pick<GuardRefusal, 'detail'> & { readonly code: ProblemCode };

/** RFC 9110 §15.4.8: 307 and 308 ask for the same request once more. */
const BODY_IS_GONE: NoAnswer = {
  code: 'guard-redirect-refused',
  detail: 'The API redirects a request whose body is too large to be kept and sent again.',
};

/** One exchange with a third party: to its target, along its redirects, and back. */
export class GuardExchange extends Forwarding<GuardAction> {
  private hop: Hop;
  /** Undefined while the target's addresses are looked up. */
  private server: VettedServer | undefined = undefined;
  private readonly limits: readonly Field[];
  private bodyAsked = false;
  /** Bytes of the response's body so far. */
  private received = 0;
  private tls: TlsFailure | undefined = undefined;

  /** @param limits what the rate limit says, for each answer */
  constructor(exchange: Exchange, action: GuardAction, { hop, limits }: { hop: Hop; limits: readonly Field[] }) {
    super(exchange, action);
    this.hop = hop;
    this.limits = limits;
    removeHopByHop(exchange.headers);
  }

  start(): void {
    this.begin();
    this.ask();
  }

  // ---- asking -------------------------------------------------------------------------------------------------------------

  private ask(): void {
    const { target } = this.hop;
    // The log names whom the config or the page named: addresses inside are nobody's business.
    this.exchange.upstream = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
    this.terms.pools.find(target, (vetted) => this.contained(() => this.found(vetted)));
  }

  private found(vetted: Vetted): void {
    if (this.done) return;
    if (vetted.outcome !== 'found') return this.refuseTarget(vetted);
    this.server = vetted.server;
    this.send(this.reuse);
  }

  private send(reuse: Reuse): void {
    const { exchange, hop, framing, server } = this;
    if (server === undefined) return;
    if (this.bodyAsked && framing.bodyLength !== 0 && this.replay === undefined) return this.refuse(BODY_IS_GONE);
    this.sendOn(server.pool.take(reuse), requestText(exchange, this.terms, hop, framing));
    if (this.bodyAsked) return this.resend();
    this.bodyAsked = true;
    // Kept whatever the method: a redirect may ask for it once more.
    if (!this.bodyDone) this.passBody(true);
  }

  protected override get anotherServer(): boolean {
    return this.server?.hasNext === true;
  }

  protected override tryAgain(unsent: boolean): void {
    if (unsent) this.server?.next();
    this.send(unsent ? this.reuse : 'fresh');
  }

  /** Trailers aren't on the list of what passes. */
  override end(): void {
    super.end(undefined);
  }

  // ---- the answer ---------------------------------------------------------------------------------------------------------

  /** No page sees these, and Early Hints would have browsers connect to wherever a third party says. */
  override onInterim({ status }: ResponseHead): void {
    if (status === 100) this.exchange.sendContinue();
  }

  override onWhole(head: ResponseHead, body: string): void {
    this.contained(() => {
      if (!this.isLedElsewhere(head) && !this.isTooLarge(head, body.length)) super.onWhole(head, body);
    });
  }

  override onHead(head: ResponseHead, length: number): void {
    const { connection } = this;
    this.contained(() => {
      // Of a longer answer nothing more is read; a short one comes whole, and its connection goes back to the pool.
      if (this.isLedElsewhere(head)) connection?.destroy();
      else if (!this.isTooLarge(head, length)) super.onHead(head, length);
    });
  }

  override onSwitch(head: ResponseHead): void {
    this.contained(() => super.onSwitch(head));
  }

  override onBody(chunk: Buffer): boolean {
    const { maxResponse } = this.terms.model;
    this.received += chunk.length;
    if (maxResponse > 0 && this.received > maxResponse) {
      this.abandon('response-too-large', `more than ${maxResponse} bytes`);
      return true;
    }
    return super.onBody(chunk);
  }

  override onEnd(): void {
    super.onEnd(undefined);
  }

  protected override passOn({ headers }: ResponseHead): void {
    const { model, pairs } = this.terms;
    filterResponse(headers, { model, pairs, hop: this.hop, more: this.limits });
  }

  private isTooLarge({ status }: ResponseHead, length: number): boolean {
    const { maxResponse } = this.terms.model;
    // A HEAD's and a 304's length is of a body that doesn't come (RFC 9110 §8.6).
    if (maxResponse === 0 || length <= maxResponse || this.framing.method === 'HEAD' || status === 304) return false;
    this.abandon('response-too-large', `${length} bytes`);
    return true;
  }

  // ---- redirects ----------------------------------------------------------------------------------------------------------

  /** Whether the answer is a redirect that is followed here, or leads to where the guard doesn't. */
  private isLedElsewhere({ status, headers }: ResponseHead): boolean {
    if (status < 300 || status > 308) return false;
    const next = nextHop(this.terms.model, this.hop, { status, location: headers.getById(H.location) });
    if (next === undefined) return false;
    if (isRefusal(next)) {
      if (next.where !== undefined) this.exchange.upstreamFailure = `redirect to ${next.where}`;
      this.refuse(next);
    } else this.follow(next);
    return true;
  }

  private follow(hop: Hop): void {
    this.hop = hop;
    this.server = undefined;
    this.connection = undefined;
    this.retried = false;
    if (!hop.body) this.dropBody(hop.method);
    // The connection that brought the redirect is free in a moment.
    queueMicrotask(() => this.ask());
  }

  // ---- failing ------------------------------------------------------------------------------------------------------------

  override onFailure(failure: ClientFailure): void {
    this.tls = failure.tls;
    // The message of a certificate's error may hold the address.
    super.onFailure({ ...failure, detail: codeOfFailure(failure.detail) });
  }

  /**
   * Does what depends on what a third party wrote, out of a socket's callback, where a throw would end the process: a bug
   * costs this exchange.
   */
  private contained(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.finish();
      this.connection?.destroy();
      failExchange(this.exchange, error);
    }
  }

  private refuseTarget(vetted: Exclude<Vetted, { outcome: 'found' }>): void {
    const { exchange, hop, terms } = this;
    exchange.upstreamFailure = vetted.outcome === 'name-failed' ? `name ${vetted.failure}` : `${vetted.kind} address`;
    this.refuse(describeNoServer(vetted, { hop, action: terms }));
  }

  private refuse({ code, detail }: NoAnswer): void {
    this.finish();
    this.reply(code, detail);
  }

  protected override replyFailure(code: ProblemCode): void {
    this.reply(code, describeFailure(code, this.tls, { hop: this.hop, action: this.terms }));
  }

  private reply(code: ProblemCode, detail: string): void {
    replyProblem(this.exchange, code, { detail, headers: this.limits });
  }
}
