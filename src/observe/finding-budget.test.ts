import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FindingBudget } from './finding-budget.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('finds so often within a second, then not at all, and again in the next', () => {
  const budget = new FindingBudget();
  const asked = vi.fn(() => 'found');
  for (let count = 0; count < 200; count++) budget.take(asked);
  expect(asked).toHaveBeenCalledTimes(50);
  vi.advanceTimersByTime(1000);
  expect(budget.take(asked)).toBe('found');
});

it('costs nothing where nothing is found', () => {
  const budget = new FindingBudget();
  for (let count = 0; count < 200; count++) budget.take(() => undefined);
  expect(budget.take(() => 'found')).toBe('found');
});
