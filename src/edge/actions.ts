import type { ActionModel, Model, RedirectModel, RespondModel } from '../config/model.ts';
import { locator, type PathParams } from '../routing/index.ts';
import type { Answer, Problem } from './answer.ts';
import { createGuard } from './guard.ts';

/** A request on its way to an action. */
export interface EdgeExchange {
  readonly request: Request;
  /** The request's. */
  readonly url: URL;
  /** Of the route's path. */
  readonly params: PathParams | undefined;
  /** Who asks, as far as the platform says. */
  readonly clientAddress: () => string | null | undefined;
  /** Told of a problem that breaks off an answer that has begun. */
  readonly cut: (problem: Problem) => void;
}

/** What answers on a route. Throws a `Problem` for what goes wrong. */
export type EdgeAction = (exchange: EdgeExchange) => Answer | Promise<Answer>;

/** What actions need of the handler. */
export interface EdgeParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

/** The actions of a model's routes, in their order. */
export function createActions(model: Model, parts: EdgeParts): EdgeAction[] {
  return model.routes.map(({ action }) => createAction(action, model, parts));
}

function createAction(action: ActionModel, model: Model, parts: EdgeParts): EdgeAction {
  switch (action.kind) {
    case 'guard':
      return createGuard(action, model, parts);
    case 'respond':
      return createRespond(action);
    case 'redirect':
      return createRedirect(action);
    case 'proxy':
    case 'files':
      throw new TypeError(`${action.kind} is no action of an edge handler`);
  }
}

function createRespond({ status, headers, body }: RespondModel): EdgeAction {
  return function respond({ request }) {
    const own = new Headers();
    for (const [name, value] of headers) own.append(name, value);
    return { status, headers: own, body: request.method === 'HEAD' || body === '' ? null : body };
  };
}

function createRedirect({ to, status }: RedirectModel): EdgeAction {
  const locationOf = locator(to);
  return function redirect({ url, params }) {
    return { status, headers: new Headers({ Location: locationOf({ params, query: url.search }) }), body: null };
  };
}
