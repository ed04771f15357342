import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WarmUp } from './warm-up.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('grows from a tenth to the whole, and stays there', () => {
  const warmUp = new WarmUp(1000);
  expect(warmUp.share).toBe(1);
  warmUp.begin();
  const shares = [0, 50, 450, 400, 100, 5000].map((time) => {
    vi.advanceTimersByTime(time);
    return Math.round(warmUp.share * 100);
  });
  expect(shares).toEqual([10, 10, 50, 90, 100, 100]);
  warmUp.begin();
  expect(warmUp.share).toBe(0.1);
});

it('is the whole at once without a duration', () => {
  const warmUp = new WarmUp(0);
  warmUp.begin();
  expect(warmUp.share).toBe(1);
});
