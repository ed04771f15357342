import type { GuardActionModel, Model } from '../config/model.ts';
import { isSameOrigin } from '../cors/adapters/same-origin.ts';
import {
  addedPairs,
  admit,
  firstHop,
  GuardLimiter,
  isRefusal,
  limiterKey,
  rateLimitLines,
  type GuardRateLimit,
} from '../guard/index.ts';
import type { EdgeAction, EdgeExchange, EdgeParts } from './actions.ts';
import { Problem, type Answer } from './answer.ts';
import { Asking, type AskingTerms } from './asking.ts';
import { RequestBody } from './request-body.ts';
import { ownVia } from './via.ts';

/** The action `guard`: asks an API of somebody else's, if the config allows the request. */
export function createGuard(action: GuardActionModel, model: Model, { fetch }: EdgeParts): EdgeAction {
  const { guard, timeouts, via } = action;
  const named = guard.to.kind === 'named' ? guard.to : undefined;
  const { connect, head } = timeouts;
  const terms: AskingTerms = {
    model: guard,
    added: named?.headers ?? [],
    query: named?.query ?? [],
    pairs: addedPairs(named?.query ?? []),
    timeouts: { ...timeouts, head: head === 0 ? 0 : connect + head, body: model.timeouts.body },
    via,
    explain: model.explain,
    fetch,
  };
  const limiter = guard.rateLimit === undefined ? undefined : new RateGate(guard.rateLimit);
  const maxBody = Math.min(...[guard.maxBody, model.limits.body].map((max) => (max === 0 ? Infinity : max)));
  return async function guardAction(exchange) {
    refuseLoop(exchange);
    const { request, url } = exchange;
    const origin = request.headers.get('origin') ?? undefined;
    const admitted = admit(guard, {
      method: request.method,
      path: url.pathname,
      query: url.search,
      header: (name) => request.headers.get(name) ?? undefined,
      sameOrigin: isSameOrigin(origin, url.host, url.protocol === 'https:'),
    });
    if (isRefusal(admitted)) throw new Problem(admitted.code, admitted.detail);
    if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') {
      throw new Problem('guard-not-allowed', "WebSockets don't pass through an edge handler.");
    }
    const lines = limiter?.take(exchange) ?? [];
    const body = new RequestBody(request, maxBody === Infinity ? 0 : maxBody);
    return withLines(lines, () =>
      new Asking(exchange, terms, { hop: firstHop(request.method, admitted), body }).answer(),
    );
  };
}

function refuseLoop({ request, url }: EdgeExchange): void {
  if (request.headers.get('via')?.includes(ownVia(url.host)) !== true) return;
  throw new Problem('loop-detected', 'The target of this guard is the handler itself.');
}

type Lines = ReturnType<typeof rateLimitLines>;

/** Holds a route to its `rateLimit`. What is counted is this isolate's. */
class RateGate {
  private readonly limit: GuardRateLimit;
  private readonly limiter: GuardLimiter;
  private last = 0;

  constructor(limit: GuardRateLimit) {
    this.limit = limit;
    this.limiter = new GuardLimiter(limit);
  }

  /** Counts a request. Throws a `Problem` if it's one too many. */
  take({ request, clientAddress }: EdgeExchange): Lines {
    const key = limiterKey(this.limit, {
      client: clientAddress() ?? '',
      origin: request.headers.get('origin') ?? undefined,
    });
    // The limiter's clock never goes back; this one may, and in Workers there is no other.
    this.last = Math.max(this.last, Date.now());
    const verdict = this.limiter.take(key, this.last);
    const headers = rateLimitLines(this.limit, verdict);
    if (!verdict.allowed) throw new Problem('rate-limited', `Try again in ${verdict.retryAfter} s.`, { headers });
    return headers;
  }
}

/** What the limit says, on the answer and on what is answered in its place. */
async function withLines(lines: Lines, answer: () => Promise<Answer>): Promise<Answer> {
  try {
    const made = await answer();
    for (const [name, value] of lines) made.headers.set(name, value);
    return made;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, detail, cause } = error;
    throw new Problem(code, detail, { headers: lines, cause });
  }
}
