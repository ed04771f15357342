import { performance } from 'node:perf_hooks';
import type { GuardActionModel } from '../../config/model.ts';
import {
  addedPairs,
  admit,
  firstHop,
  isRefusal,
  refuse,
  type Admitted,
  type GuardModel,
  type GuardRefusal,
} from '../../guard/index.ts';
import type { ForwardingTerms } from '../../upstream/forwarding.ts';
import type { VettedPools } from '../../upstream/vetted-pools.ts';
import type { Action, Exchange } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { isSameOrigin } from '../../wire/same-origin.ts';
import { cameThroughUs } from '../../wire/via.ts';
import { GuardExchange } from './guard-exchange.ts';
import { RateGate } from './rate-gate.ts';
import { addedLines } from './request-text.ts';

/** What a guard needs of the gateway. */
export interface GuardParts {
  readonly pools: VettedPools;
  readonly wheel: ForwardingTerms['wheel'];
  /** Name targets in error pages: for development. */
  readonly explain: boolean;
}

/** What all exchanges of a guarded route share. */
export interface GuardAction extends ForwardingTerms, GuardParts {
  readonly model: GuardModel;
  readonly via: boolean;
  /** The lines that the config adds. Secret. */
  readonly added: ReturnType<typeof addedLines>;
  /** The query parameters that the config adds, as a target may spell them in what it answers. Secret. */
  readonly pairs: ReturnType<typeof addedPairs>;
}

/** Bytes of a body that are kept for a redirect, or for another connection. */
const REPLAY_LIMIT = 64 * 1024;

/** The action `guard`: asks an API of somebody else's, if the config allows the request. */
export function createGuard({ guard: model, timeouts, via }: GuardActionModel, parts: GuardParts): Action {
  const named = model.to.kind === 'named' ? model.to : undefined;
  const action: GuardAction = {
    model,
    ...parts,
    timeouts,
    replayLimit: REPLAY_LIMIT,
    via,
    added: addedLines(named?.headers ?? []),
    pairs: addedPairs(named?.query ?? []),
  };
  const gate = model.rateLimit === undefined ? undefined : new RateGate(model.rateLimit);
  return function guard(exchange) {
    if (cameThroughUs(exchange.headers)) {
      return replyProblem(exchange, 'loop-detected', { detail: 'The target of this guard is the gateway itself.' });
    }
    const admitted = admitExchange(model, exchange);
    if (isRefusal(admitted)) return replyProblem(exchange, admitted.code, { detail: admitted.detail });
    const limits = gate?.take(exchange, performance.now()) ?? [];
    if (limits === 'refused' || !limitBody(exchange, model)) return;
    new GuardExchange(exchange, action, { hop: firstHop(exchange.method, admitted), limits }).start();
  };
}

function admitExchange(model: GuardModel, exchange: Exchange): Admitted | GuardRefusal {
  const { method, path, query, headers } = exchange;
  const origin = headers.getById(H.origin);
  const sameOrigin = origin !== undefined && isSameOrigin(origin, exchange);
  if (opensToAnyPage(exchange, model) && origin !== undefined && !sameOrigin) {
    return refuse('guard-origin-refused', 'A WebSocket from another origin needs a CORS policy that lists it.');
  }
  return admit(model, { method, path, query, header: (name) => headers.get(name), sameOrigin });
}

/**
 * Whether it's a WebSocket of which nobody has looked at the origin: browsers let every page open one and read it, and ask
 * nobody (RFC 6455 §10.2). The page would use our secret.
 */
function opensToAnyPage({ upgradeTo, cors }: Exchange, { to }: GuardModel): boolean {
  return upgradeTo !== '' && to.kind === 'named' && to.allowsOrigin === undefined && cors?.kind !== 'websocket';
}

/** @returns false if the request was answered: its body is too large. */
function limitBody(exchange: Exchange, { maxBody }: GuardModel): boolean {
  if (maxBody === 0 || exchange.maxBody <= maxBody) return true;
  exchange.maxBody = maxBody;
  if (exchange.bodyLength <= maxBody) return true;
  replyProblem(exchange, 'body-too-large', { detail: `At most ${maxBody} bytes are accepted.` });
  return false;
}
