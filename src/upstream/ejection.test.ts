import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EjectModel } from '../config/balancing-model.ts';
import { Ejection } from './ejection.ts';

const MODEL: EjectModel = {
  failures: 3,
  failureRate: 0,
  minRequests: 10,
  statuses: [[503, 503]],
  for: 1000,
  maxFor: 3000,
};

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

describe('a server', () => {
  it('is left out when so many requests in a row fail', () => {
    const ejection = new Ejection(MODEL);
    for (let i = 0; i < 10; i++) {
      expect([ejection.failed(), ejection.failed()]).toEqual(['', '']);
      ejection.succeeded();
    }
    expect([ejection.failed(), ejection.failed(), ejection.failed()]).toEqual(['', '', '3 requests in a row failed']);
  });

  it('is left out when such a share fails, from so many on', () => {
    const ejection = new Ejection({ ...MODEL, failures: 0, failureRate: 0.3 });
    for (let i = 0; i < 7; i++) ejection.succeeded();
    expect([ejection.failed(), ejection.failed(), ejection.failed()]).toEqual([
      '',
      '',
      '3 of 10 requests failed within ten seconds',
    ]);
  });

  it('fails with the statuses that are failures, and no others', () => {
    const ejection = new Ejection(MODEL);
    expect([503, 502, 500, 404, 200].filter((status) => ejection.isFailure(status))).toEqual([503]);
  });

  it('is back on probation, and left out for longer each time', () => {
    const ejection = new Ejection(MODEL);
    for (const duration of [1000, 2000, 3000, 3000]) {
      expect(ejection.begin()).toBe(duration);
      expect(ejection.out).toBe(true);
      vi.advanceTimersByTime(duration);
      ejection.end();
      expect(ejection.out).toBe(false);
      expect(ejection.failed()).not.toBe('');
    }
  });

  it('begins anew once it has been well for as long as it was out', () => {
    const ejection = new Ejection(MODEL);
    ejection.begin();
    ejection.end();
    ejection.begin();
    vi.advanceTimersByTime(2000);
    ejection.end();
    ejection.succeeded();
    expect([ejection.failed(), ejection.failed()]).toEqual(['', '']);
    vi.advanceTimersByTime(2001);
    expect(ejection.begin()).toBe(1000);
  });
});
