import type { ProxyModel } from '../../config/model.ts';
import type { ForwardingTerms } from '../../upstream/forwarding.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Action, Exchange } from '../../wire/exchange.ts';
import { replyProblem } from '../../wire/problem.ts';
import { cameThroughUs } from '../../wire/via.ts';
import { BalancedExchange } from './balanced-exchange.ts';
import { pathForwarder } from './forward-path.ts';
import { ProxyExchange } from './proxy-exchange.ts';

/** What all exchanges of a proxy route share. */
export interface ProxyAction extends ForwardingTerms {
  readonly model: ProxyModel;
  readonly upstream: Upstream;
  /** Name servers in error pages, and let them reload by themselves: for development. */
  readonly explain: boolean;
  readonly forwardPath: (exchange: Exchange) => string;
}

/** The action `proxy`: hands the exchange on to an upstream. */
export function createProxy(model: ProxyModel, parts: Pick<ProxyAction, 'upstream' | 'wheel' | 'explain'>): Action {
  const { timeouts } = model;
  const replayLimit = model.upstream.balancing.retries.body;
  const action: ProxyAction = { model, ...parts, timeouts, replayLimit, forwardPath: pathForwarder(model) };
  return function proxy(exchange) {
    if (cameThroughUs(exchange.headers)) {
      return replyProblem(exchange, 'loop-detected', {
        detail: 'An upstream of this gateway is the gateway itself.',
      });
    }
    const { only, balancer } = action.upstream;
    if (balancer === undefined) new ProxyExchange(exchange, action, only).start();
    else new BalancedExchange(exchange, action, balancer).start();
  };
}
