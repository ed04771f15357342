import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReadingPace } from './reading-pace.ts';

let blocks = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the pace of reading', () => {
  it('is slow for a while after a read that waited for a disk', () => {
    const pace = new ReadingPace(() => blocks);
    expect(pace.isQuick()).toBe(true);
    blocks += 8;
    pace.took(12);
    expect(pace.isQuick()).toBe(false);
    vi.advanceTimersByTime(5000);
    expect(pace.isQuick()).toBe(true);
  });

  it('stays quick when the disk was asked but fast, or when it was the core that was taken away', () => {
    const pace = new ReadingPace(() => blocks);
    blocks += 8;
    pace.took(0.1);
    expect(pace.isQuick()).toBe(true);
    pace.took(12);
    pace.took(12);
    expect(pace.isQuick()).toBe(false);
    const preempted = new ReadingPace(() => blocks);
    preempted.took(12);
    expect(preempted.isQuick()).toBe(true);
  });
});
