import type { ProxyModel } from '../../config/model.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { Action, Exchange } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { TimerWheel } from '../../wire/timer-wheel.ts';
import { pathForwarder } from './forward-path.ts';
import { ProxyExchange } from './proxy-exchange.ts';
import { VIA } from './request-text.ts';

/** What all exchanges of a proxy route share. */
export interface ProxyAction {
  readonly model: ProxyModel;
  readonly upstream: Upstream;
  readonly wheel: TimerWheel;
  /** Name servers in error pages, and let them reload by themselves: for development. */
  readonly explain: boolean;
  readonly forwardPath: (exchange: Exchange) => string;
}

/** The action `proxy`: hands the exchange on to an upstream. */
export function createProxy(model: ProxyModel, parts: Pick<ProxyAction, 'upstream' | 'wheel' | 'explain'>): Action {
  const action: ProxyAction = { model, ...parts, forwardPath: pathForwarder(model) };
  return function proxy(exchange) {
    // RFC 9110 §7.6.3: Via is how a loop is noticed.
    if (exchange.headers.getById(H.via)?.includes(VIA) === true) {
      return replyProblem(exchange, 'loop-detected', {
        detail: 'An upstream of this gateway is the gateway itself.',
      });
    }
    new ProxyExchange(exchange, action).start();
  };
}
