import { createFiles } from '../actions/files/index.ts';
import { createGuard } from '../actions/guard/index.ts';
import { createProxy } from '../actions/proxy/index.ts';
import { createRedirect } from '../actions/redirect/index.ts';
import { createRespond } from '../actions/respond/index.ts';
import type { ActionModel, ProxyModel, UpstreamModel } from '../config/model.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Action } from '../wire/exchange.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import type { GuardServers } from './guard-servers.ts';

/** What actions need of the gateway. */
export interface ActionParts {
  readonly upstreamOf: (model: UpstreamModel) => Upstream;
  readonly guardServers: GuardServers;
  readonly wheel: TimerWheel;
  readonly explain: boolean;
}

/** The actions that routes' models ask for. */
export class Actions {
  private readonly parts: ActionParts;
  private readonly proxies = new Map<UpstreamModel, Map<string, Action>>();

  constructor(parts: ActionParts) {
    this.parts = parts;
  }

  of(model: ActionModel): Action {
    switch (model.kind) {
      case 'proxy':
        return this.proxy(model);
      case 'guard': {
        const { guardServers, wheel, explain } = this.parts;
        return createGuard(model, { pools: guardServers.of(model), wheel, explain });
      }
      case 'files':
        return createFiles(model);
      case 'redirect':
        return createRedirect(model);
      case 'respond':
        return createRespond(model);
    }
  }

  /** One for all routes that differ in nothing else: thousands of them then share what is in the caches. */
  private proxy(model: ProxyModel): Action {
    const { upstreamOf, wheel, explain } = this.parts;
    const { upstream, ...rest } = model;
    let made = this.proxies.get(upstream);
    if (made === undefined) this.proxies.set(upstream, (made = new Map()));
    const key = JSON.stringify(rest);
    const action = made.get(key) ?? createProxy(model, { upstream: upstreamOf(upstream), wheel, explain });
    made.set(key, action);
    return action;
  }
}
