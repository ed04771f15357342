import { GuardLimiter, limiterKey, type GuardRateLimit } from '../../guard/index.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { Field } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';

/** Holds a guarded route to its `rateLimit`. What is counted is this process's. */
export class RateGate {
  private readonly limit: GuardRateLimit;
  private readonly limiter: GuardLimiter;
  private readonly policy: Field;

  constructor(limit: GuardRateLimit) {
    this.limit = limit;
    this.limiter = new GuardLimiter(limit);
    this.policy = new Field('RateLimit-Policy', `"guard";q=${limit.requests};w=${Math.ceil(limit.per / 1000)}`);
  }

  /**
   * Counts an exchange.
   * @param now milliseconds on a clock that never goes back
   * @returns the lines for its answer (draft-ietf-httpapi-ratelimit-headers), or `refused` if it was one too many and is
   * answered already.
   */
  take(exchange: Exchange, now: number): readonly Field[] | 'refused' {
    const key = limiterKey(this.limit, {
      client: exchange.clientAddress,
      origin: exchange.headers.getById(H.origin),
    });
    const { allowed, remaining, retryAfter } = this.limiter.take(key, now);
    if (allowed) return [this.policy, new Field('RateLimit', `"guard";r=${remaining}`)];
    replyProblem(exchange, 'rate-limited', {
      // A page can read Retry-After only where its policy exposes it.
      detail: `Try again in ${retryAfter} s.`,
      headers: [
        new Field('Retry-After', String(retryAfter)),
        this.policy,
        new Field('RateLimit', `"guard";r=0;t=${retryAfter}`),
      ],
    });
    return 'refused';
  }
}
