import { expect, it } from 'vitest';
import { restartDelay } from './restart-delay.ts';

it('one crash is mended at once, a loop of them is slowed down, to half a minute at most', () => {
  expect([0, 1, 2, 3, 4, 5].map(restartDelay)).toEqual([0, 0, 200, 400, 800, 1600]);
  expect([10, 100, 5000].map(restartDelay)).toEqual([30_000, 30_000, 30_000]);
});
