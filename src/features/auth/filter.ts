import type { AuthModel, RouteAuthModel } from '../../config/model.ts';
import { AlikeNames } from '../../wire/alike-names.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { Field } from '../../wire/header-list.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';
import type { Authenticator, Outcome, Passed, Refused } from './authenticator.ts';
import type { Authenticators } from './authenticators.ts';
import { decideRoute } from './decide.ts';

/** Seconds after which it's worth trying again when nobody could tell. */
const RETRY_AFTER = 1;

/**
 * The feature `auth`: finds out who asks, refuses whom the route's rule doesn't let in, and tells the upstream. Headers in
 * which it tells it are taken off every request first, whoever may use the route.
 */
export function createAuth(model: RouteAuthModel, authenticators: Authenticators): Filter {
  const ownNames = model.ownHeaders.length === 0 ? undefined : new AlikeNames(model.ownHeaders);
  const { use } = model;
  if (use === undefined) return createStripper(ownNames);
  const guard = new Guard(model, authenticators.of(use));
  const request = (exchange: Exchange): boolean | Promise<boolean> => {
    strip(exchange, ownNames);
    const outcome = guard.authenticator.check(exchange);
    if (!(outcome instanceof Promise)) return guard.settle(exchange, outcome);
    // Its client may have left meanwhile.
    return outcome.then((known) => exchange.finished || guard.settle(exchange, known));
  };
  if (!tellsClient(use)) return { name: 'auth', request };
  return {
    name: 'auth',
    request,
    response(exchange, _status, headers) {
      for (const field of guard.backOf(exchange)) headers.appendField(field);
    },
  };
}

/** Whether clients get something of what the service that was asked says. */
function tellsClient(model: AuthModel): boolean {
  if (model.kind === 'any' || model.kind === 'all') return model.of.some(tellsClient);
  return model.kind === 'forward' && model.copyBack.length > 0;
}

function createStripper(ownNames: AlikeNames | undefined): Filter {
  return {
    name: 'auth',
    request(exchange) {
      strip(exchange, ownNames);
      return false;
    },
  };
}

function strip(exchange: Exchange, ownNames: AlikeNames | undefined): void {
  if (ownNames === undefined) return;
  exchange.headers.removeAlike(ownNames);
  exchange.ownNames = ownNames;
}

/** Does to exchanges what a route has decided. */
class Guard {
  readonly authenticator: Authenticator;
  private readonly model: RouteAuthModel;
  /** Lines for responses that are still to come. */
  private readonly back = new WeakMap<Exchange, readonly Field[]>();

  constructor(model: RouteAuthModel, authenticator: Authenticator) {
    this.model = model;
    this.authenticator = authenticator;
  }

  /** @returns true if the exchange is answered */
  settle(exchange: Exchange, outcome: Outcome): boolean {
    if (outcome === 'answered') return true;
    const { challenges, remove } = this.authenticator;
    const verdict = decideRoute(this.model, exchange.method, { outcome, challenges });
    if (verdict !== 'anonymous' && verdict.kind === 'refused') {
      refuse(exchange, verdict);
      return true;
    }
    remove?.(exchange);
    if (verdict !== 'anonymous') this.letIn(exchange, verdict);
    return false;
  }

  backOf(exchange: Exchange): readonly Field[] {
    return this.back.get(exchange) ?? [];
  }

  private letIn(exchange: Exchange, { identity, fields, back }: Passed): void {
    exchange.identity = identity;
    if (fields.fields.length > 0) exchange.headers.appendBlock(fields);
    if (back !== undefined) this.back.set(exchange, back);
  }
}

function refuse(exchange: Exchange, { code, detail, challenges, failure }: Refused): void {
  if (failure !== undefined) exchange.upstreamFailure = failure;
  const headers = challenges.map((challenge) => new Field('WWW-Authenticate', challenge));
  if (code === 'auth-unavailable') headers.push(new Field('Retry-After', String(RETRY_AFTER)));
  if (headers.length > 0) exchange.expose(...headers.map(({ name }) => name.toLowerCase()));
  replyProblem(exchange, code, { detail, headers });
}
