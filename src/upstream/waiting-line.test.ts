import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { WaitingLine, type Waiter } from './waiting-line.ts';

let told: string[];
let free: number;
let line: WaitingLine;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
  told = [];
  free = 0;
  line = new WaitingLine({ size: 3, timeout: 1000 }, new TimerWheel());
});
afterEach(() => vi.useRealTimers());

/** @param wants whether it takes what is free */
function waiter(name: string, wants = (): boolean => true): Waiter {
  const self: Waiter = {
    serve: () => {
      if (!wants()) return;
      free--;
      line.leave(self);
      told.push(`${name} served`);
    },
    giveUp: () => told.push(`${name} gave up`),
  };
  return self;
}

function serve(count: number): void {
  free = count;
  line.serve(() => free > 0);
}

it('serves first who came first, as long as something is free', () => {
  for (const name of ['a', 'b', 'c']) expect(line.join(waiter(name))).toBe(true);
  serve(2);
  expect(told).toEqual(['a served', 'b served']);
  expect(line.length).toBe(1);
});

it('takes no more than it has room for', () => {
  for (const name of ['a', 'b', 'c']) line.join(waiter(name));
  expect(line.join(waiter('d'))).toBe(false);
  serve(1);
  expect(line.join(waiter('d'))).toBe(true);
});

it('goes on to the next where there is nothing for the first', () => {
  line.join(waiter('a', () => false));
  line.join(waiter('b'));
  serve(5);
  expect(told).toEqual(['b served']);
  expect(line.length).toBe(1);
});

it('lets those go who have waited too long, and no others', () => {
  line.join(waiter('a'));
  vi.advanceTimersByTime(600);
  line.join(waiter('b'));
  vi.advanceTimersByTime(600);
  expect(told).toEqual(['a gave up']);
  serve(1);
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['a gave up', 'b served']);
});

it('forgets who leaves', () => {
  const [a, b] = [waiter('a'), waiter('b')];
  line.join(a);
  line.join(b);
  line.leave(a);
  line.leave(a);
  serve(5);
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['b served']);
});

it('tells all when nothing will come of it', () => {
  for (const name of ['a', 'b']) line.join(waiter(name));
  line.dissolve();
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['a gave up', 'b gave up']);
  expect(line.length).toBe(0);
});

it('serves one that comes back into it again', () => {
  let times = 0;
  const again: Waiter = {
    serve: () => {
      line.leave(again);
      times++;
      if (--free > 0) line.join(again);
    },
    giveUp: () => {},
  };
  line.join(again);
  serve(3);
  expect(times).toBe(3);
});
