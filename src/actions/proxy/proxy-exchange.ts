import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { Forwarding } from '../../upstream/forwarding.ts';
import type { Reuse } from '../../upstream/server-pool.ts';
import type { UpstreamServer } from '../../upstream/upstream.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import type { ResponseHead } from '../../wire/http1/response-head.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { describeFailure } from './describe-failure.ts';
import { mapLocation } from './map-location.ts';
import type { ProxyAction } from './proxy.ts';
import { forwardedFields, requestText } from './request-text.ts';

/** One exchange on its way to an upstream and back. */
export class ProxyExchange extends Forwarding<ProxyAction> {
  private server: UpstreamServer;
  private readonly path: string;
  private readonly fields: string;
  /** Servers still to be tried when one refuses the connection. */
  private serversLeft: number;

  constructor(exchange: Exchange, action: ProxyAction) {
    super(exchange, action);
    this.server = action.upstream.pick();
    this.serversLeft = action.upstream.servers.length - 1;
    this.path = action.forwardPath(exchange);
    this.fields = forwardedFields(exchange, action.model);
  }

  start(): void {
    this.begin();
    this.send(this.reuse);
    if (!this.bodyDone) this.passBody();
  }

  private send(reuse: Reuse): void {
    const { exchange, server } = this;
    exchange.upstream = server.pool.label;
    const text = requestText(exchange, this.path, this.fields, server, this.terms.model);
    this.sendOn(server.pool.take(reuse), text);
  }

  protected override get anotherServer(): boolean {
    return this.serversLeft > 0;
  }

  protected override tryAgain(unsent: boolean): void {
    if (unsent) {
      this.serversLeft--;
      this.server = this.terms.upstream.pick();
    }
    this.send(unsent ? this.reuse : 'fresh');
    this.resend();
  }

  protected override passOn({ headers }: ResponseHead): void {
    const { exchange, server } = this;
    removeHopByHop(headers);
    if (headers.hasId(H.location)) mapLocation(headers, { exchange, model: this.terms.model, server });
  }

  protected override replyFailure(code: ProblemCode): void {
    const { terms } = this;
    replyProblem(this.exchange, code, {
      detail: describeFailure(code, this.server, terms),
      ...(terms.explain ? { reloadAfter: 2 } : {}),
    });
  }
}
