import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GuardRateLimit } from './model.ts';
import { GuardLimiter, limiterKey } from './rate-limit.ts';

const limit = (requests: number, per: number): GuardRateLimit => ({ requests, per, byOrigin: undefined });

describe('a limit', () => {
  it('counts down, and says when to come again', () => {
    const limiter = new GuardLimiter(limit(2, 60_000));
    expect(limiter.take('a', 1_000)).toEqual({ allowed: true, remaining: 1, retryAfter: 0 });
    expect(limiter.take('a', 31_000)).toEqual({ allowed: true, remaining: 0, retryAfter: 0 });
    const refused = limiter.take('a', 41_000);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    // The first one is forgotten a minute later, or a 32nd of that after.
    expect(refused.retryAfter).toBeGreaterThanOrEqual(20);
    expect(refused.retryAfter).toBeLessThanOrEqual(22);
    expect(limiter.take('a', 41_000 + refused.retryAfter * 1_000)).toMatchObject({ allowed: true, remaining: 0 });
  });

  it("is each key's own", () => {
    const limiter = new GuardLimiter(limit(1, 1_000));
    expect(limiter.take('a', 0).allowed).toBe(true);
    expect(limiter.take('b', 0).allowed).toBe(true);
    expect(limiter.take('a', 0).allowed).toBe(false);
  });

  it('remembers so many keys, and forgets those that asked longest ago', () => {
    const limiter = new GuardLimiter(limit(1, 60_000), 3);
    for (const key of ['a', 'b', 'c', 'a', 'd']) limiter.take(key, 0);
    expect(limiter.size).toBe(3);
    expect(limiter.take('a', 0).allowed).toBe(false);
    expect(limiter.take('b', 0).allowed).toBe(true);
    for (let key = 0; key < 100; key++) limiter.take(String(key), 0);
    expect(limiter.size).toBe(3);
  });

  const times = fc.array(fc.nat({ max: 400 }), { maxLength: 200, size: 'max' });
  const run = (requests: number, per: number, steps: readonly number[]): { at: number; allowed: boolean }[] => {
    const limiter = new GuardLimiter(limit(requests, per));
    let at = 0;
    return steps.map((step) => {
      at += step;
      return { at, allowed: limiter.take('a', at).allowed };
    });
  };

  it('holds in every window, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        times,
        (requests, per, steps) => {
          const taken = run(requests, per, steps).flatMap(({ at, allowed }) => (allowed ? [at] : []));
          return taken.every((from) => taken.filter((at) => at >= from && at < from + per).length <= requests);
        },
      ),
    );
  });

  it('refuses none that there is room for, a 32nd of a window after it became free', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5_000 }),
        times,
        (requests, per, steps) => {
          const all = run(requests, per, steps);
          return all.every(({ at, allowed }, index) => {
            const since = at - per - per / 32 - 1;
            const before = all.slice(0, index).filter((one) => one.allowed && one.at >= since);
            return allowed || before.length >= requests;
          });
        },
      ),
    );
  });

  it('says a time after which the next one passes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 60_000 }),
        times,
        (requests, per, steps) => {
          const limiter = new GuardLimiter(limit(requests, per));
          let at = 0;
          for (const step of steps) {
            at += step;
            const { allowed, retryAfter } = limiter.take('a', at);
            if (allowed) continue;
            if (retryAfter < 1 || !Number.isInteger(retryAfter)) return false;
            return limiter.take('a', at + retryAfter * 1_000).allowed && retryAfter * 1_000 <= per + per / 16 + 1_000;
          }
          return true;
        },
      ),
    );
  });
});

describe('whose request it is', () => {
  const byClient = limit(1, 1);
  const byOrigin = { ...byClient, byOrigin: (origin: string) => origin === 'https://app.example.com' };

  it.each([
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::ffff', '2001:0db8:1:2:0:0:0:1'],
  ])('by client: %s is the same as %s', (client, other) => {
    const key = limiterKey(byClient, { client, origin: 'https://app.example.com' });
    expect(key).toBe(limiterKey(byClient, { client: other, origin: undefined }));
  });

  it('by client: two networks are two', () => {
    const key = (client: string): string => limiterKey(byClient, { client, origin: undefined });
    expect(new Set(['2001:db8:1:2::1', '2001:db8:1:3::1', '203.0.113.9', '203.0.113.8'].map(key)).size).toBe(4);
  });

  it('by origin: a listed one, else by client', () => {
    const client = '203.0.113.9';
    expect(limiterKey(byOrigin, { client, origin: 'https://app.example.com' })).toBe('https://app.example.com');
    expect(limiterKey(byOrigin, { client, origin: 'https://made-up.example' })).toBe(client);
    expect(limiterKey(byOrigin, { client, origin: undefined })).toBe(client);
  });
});
