import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { Forwarding } from '../../upstream/forwarding.ts';
import type { Reuse } from '../../upstream/server-pool.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { describeFailure } from './describe-failure.ts';
import { mapLocation } from './map-location.ts';
import type { ProxyAction } from './proxy.ts';
import { forwardedFields, requestText } from './request-text.ts';

/** One exchange on its way to a server and back. */
export class ProxyExchange extends Forwarding<ProxyAction> {
  /** Where it is, or was last; undefined where none was found yet. */
  protected server: UpstreamServer | undefined;
  private readonly path: string;
  private readonly fields: string;

  constructor(exchange: Exchange, action: ProxyAction, server: UpstreamServer | undefined) {
    super(exchange, action);
    this.server = server;
    this.path = action.forwardPath(exchange);
    this.fields = forwardedFields(exchange, action.model);
  }

  start(): void {
    this.begin();
    this.send(this.reuse);
    if (!this.bodyDone) this.passBody();
  }

  protected send(reuse: Reuse): void {
    const { exchange, server } = this;
    if (server === undefined) return;
    exchange.upstream = server.pool.label;
    const text = requestText(exchange, this.path, this.fields, server, this.terms.model);
    this.sendOn(server.pool.take(reuse), text);
  }

  protected override get anotherServer(): boolean {
    return false;
  }

  protected override tryAgain(): void {
    this.send('fresh');
    this.resend();
  }

  protected override passOn({ headers }: ResponseHead): void {
    const { exchange, server } = this;
    removeHopByHop(headers);
    if (server !== undefined && headers.hasId(H.location)) {
      mapLocation(headers, { exchange, model: this.terms.model, server });
    }
  }

  protected override replyFailure(code: ProblemCode): void {
    const { terms } = this;
    replyProblem(this.exchange, code, {
      detail: describeFailure(code, this.server, terms),
      ...(terms.explain ? { reloadAfter: 2 } : {}),
    });
  }
}
