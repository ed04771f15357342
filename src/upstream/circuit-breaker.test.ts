import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BreakerModel } from '../config/balancing-model.ts';
import { CircuitBreaker } from './circuit-breaker.ts';

const MODEL: BreakerModel = { failureRate: 0.5, minRequests: 10, statuses: [], for: 5000, maxFor: 15_000, trials: 2 };

let states: string[];
let breaker: CircuitBreaker;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  states = [];
  breaker = new CircuitBreaker(MODEL, (state, reason) => states.push(`${state}: ${reason}`));
});
afterEach(() => vi.useRealTimers());

function play(count: number, how: 'succeeded' | 'failed'): void {
  for (let i = 0; i < count; i++) breaker[how](breaker.admit());
}

function open(): void {
  play(10, 'failed');
  expect(states.at(-1)).toMatch(/^open/);
}

describe('a circuit breaker', () => {
  it('lets everything through while less than its share fails', () => {
    for (let i = 0; i < 100; i++) {
      play(51, 'succeeded');
      play(49, 'failed');
    }
    expect(states).toEqual([]);
    expect(breaker.admit()).toBeGreaterThan(0);
  });

  it('says nothing of few requests', () => {
    play(9, 'failed');
    expect(states).toEqual([]);
  });

  it('opens when the share is reached, and says when to come back', () => {
    play(5, 'succeeded');
    play(5, 'failed');
    expect(states).toEqual(['open: 5 of 10 requests failed within ten seconds']);
    expect(breaker.admit()).toBe(0);
    expect(breaker.retryAfter).toBe(5);
    vi.advanceTimersByTime(3100);
    expect(breaker.admit()).toBe(0);
    expect(breaker.retryAfter).toBe(2);
  });

  it('then lets as many through as it tries with, and closes when all succeed', () => {
    open();
    vi.advanceTimersByTime(5000);
    const passes = [breaker.admit(), breaker.admit()];
    expect(breaker.admit()).toBe(0);
    expect(breaker.retryAfter).toBe(1);
    breaker.succeeded(passes[0]!);
    expect(breaker.admit()).toBe(0);
    breaker.succeeded(passes[1]!);
    expect(states.map((state) => state.split(':')[0])).toEqual(['open', 'half-open', 'closed']);
    // What failed before doesn't count any more.
    play(9, 'failed');
    expect(states).toHaveLength(3);
  });

  it('opens again when one of them fails, for twice as long, up to the longest', () => {
    open();
    for (const seconds of [10, 15, 15]) {
      vi.advanceTimersByTime(1000 * breaker.retryAfter);
      breaker.failed(breaker.admit());
      expect(states.at(-1)).toBe('open: a trial request failed');
      expect(breaker.retryAfter).toBe(seconds);
    }
  });

  it('begins anew once it has been closed for as long as it was open', () => {
    open();
    vi.advanceTimersByTime(5000);
    play(2, 'succeeded');
    vi.advanceTimersByTime(4000);
    open();
    expect(breaker.retryAfter).toBe(10);
    vi.advanceTimersByTime(10_000);
    play(2, 'succeeded');
    vi.advanceTimersByTime(11_000);
    open();
    expect(breaker.retryAfter).toBe(5);
  });

  it('gives the place of a trial whose client left to the next', () => {
    open();
    vi.advanceTimersByTime(5000);
    const passes = [breaker.admit(), breaker.admit()];
    breaker.withdrawn(passes[0]!);
    const third = breaker.admit();
    expect(third).toBeGreaterThan(0);
    breaker.succeeded(passes[1]!);
    breaker.succeeded(third);
    expect(states.at(-1)).toMatch(/^closed/);
  });

  it('takes what began before it opened for no trial', () => {
    const early = [breaker.admit(), breaker.admit(), breaker.admit()];
    open();
    vi.advanceTimersByTime(5000);
    const trial = breaker.admit();
    for (const pass of early) breaker.succeeded(pass);
    expect(states.at(-1)).toMatch(/^half-open/);
    breaker.failed(early[0]!);
    expect(states.at(-1)).toMatch(/^half-open/);
    breaker.failed(trial);
    expect(states.at(-1)).toMatch(/^open/);
  });
});
