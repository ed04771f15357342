import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RollingCounts } from './rolling-counts.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('counts what happened, and what of it is marked', () => {
  const counts = new RollingCounts();
  expect(counts.share).toBe(0);
  for (let i = 0; i < 4; i++) counts.count();
  counts.mark();
  expect([counts.counted, counts.marked, counts.share]).toEqual([4, 1, 0.25]);
});

it('forgets what is older than ten seconds, second by second', () => {
  const counts = new RollingCounts();
  for (let second = 0; second < 15; second++) {
    counts.count();
    if (second < 10) counts.mark();
    vi.advanceTimersByTime(1000);
  }
  // The seconds 6 to 14; the current one is the tenth.
  expect([counts.counted, counts.marked]).toEqual([9, 4]);
  vi.advanceTimersByTime(8000);
  expect([counts.counted, counts.marked]).toEqual([1, 0]);
});

it('forgets everything after a long silence, and when it is cleared', () => {
  const counts = new RollingCounts();
  counts.count();
  vi.advanceTimersByTime(1e9);
  expect(counts.counted).toBe(0);
  counts.count();
  counts.mark();
  counts.clear();
  expect([counts.counted, counts.marked]).toEqual([0, 0]);
});
