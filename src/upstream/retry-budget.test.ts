import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RetryBudget } from './retry-budget.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

/** How many retries are granted if each of so many requests asks for one. */
function granted(budget: RetryBudget, requests: number): number {
  let count = 0;
  for (let i = 0; i < requests; i++) {
    budget.note();
    if (budget.take()) count++;
  }
  return count;
}

it('grants all where few requests come', () => {
  expect(granted(new RetryBudget(0.2), 100)).toBe(100);
});

it('grants no more than its share, and the reserve, while everything fails', () => {
  expect(granted(new RetryBudget(0.2), 10_000)).toBe(2100);
  expect(granted(new RetryBudget(0), 10_000)).toBe(100);
});

it('grants again when the last ten seconds are over', () => {
  const budget = new RetryBudget(0.1);
  expect(granted(budget, 10_000)).toBe(1100);
  vi.advanceTimersByTime(5000);
  expect(budget.take()).toBe(false);
  vi.advanceTimersByTime(6000);
  expect(granted(budget, 10_000)).toBe(1100);
});
