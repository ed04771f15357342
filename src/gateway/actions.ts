import { createFiles } from '../actions/files/index.ts';
import { createProxy } from '../actions/proxy/index.ts';
import { createRedirect } from '../actions/redirect/index.ts';
import { createRespond } from '../actions/respond/index.ts';
import type { ActionModel, UpstreamModel } from '../config/model.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { Action } from '../wire/exchange.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';

/** What actions need of the gateway. */
export interface ActionParts {
  readonly upstreamOf: (model: UpstreamModel) => Upstream;
  readonly wheel: TimerWheel;
  readonly explain: boolean;
}

/** The action that a route's model asks for. */
export function createAction(model: ActionModel, parts: ActionParts): Action {
  switch (model.kind) {
    case 'proxy':
      return createProxy(model, {
        upstream: parts.upstreamOf(model.upstream),
        wheel: parts.wheel,
        explain: parts.explain,
      });
    case 'files':
      return createFiles(model);
    case 'redirect':
      return createRedirect(model);
    case 'respond':
      return createRespond(model);
  }
}
