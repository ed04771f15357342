import { GuardLimiter, limiterKey, rateLimitLines, type GuardRateLimit } from '../../guard/index.ts';
import type { Exchange } from '../../wire/exchange.ts';
import { Field } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';

/** Holds a guarded route to its `rateLimit`. What is counted is this process's. */
export class RateGate {
  private readonly limit: GuardRateLimit;
  private readonly limiter: GuardLimiter;

  constructor(limit: GuardRateLimit) {
    this.limit = limit;
    this.limiter = new GuardLimiter(limit);
  }

  /**
   * Counts an exchange.
   * @param now milliseconds on a clock that never goes back
   * @returns the lines for its answer, or `refused` if it was one too many and is answered already.
   */
  take(exchange: Exchange, now: number): readonly Field[] | 'refused' {
    const key = limiterKey(this.limit, {
      client: exchange.clientAddress,
      origin: exchange.headers.getById(H.origin),
    });
    const verdict = this.limiter.take(key, now);
    const lines = rateLimitLines(this.limit, verdict).map(([name, value]) => new Field(name, value));
    if (verdict.allowed) return lines;
    // A page can read Retry-After only where its policy exposes it.
    replyProblem(exchange, 'rate-limited', { detail: `Try again in ${verdict.retryAfter} s.`, headers: lines });
    return 'refused';
  }
}
