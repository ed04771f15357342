import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline, TimerWheel } from './timer-wheel.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A timeout may be so late. */
const LATENESS = 100;

function recorder(): { fired: number[]; at: () => Deadline } {
  const fired: number[] = [];
  return { fired, at: () => new Deadline(() => fired.push(performance.now())) };
}

describe('a timer wheel', () => {
  it.each([1, 49, 50, 51, 60, 1000, 15_000, 25_600, 25_650, 60_000, 300_000, 3_600_000])(
    'fires after %i ms, once, never early and hardly late',
    (delay) => {
      const wheel = new TimerWheel();
      const { fired, at } = recorder();
      wheel.arm(at(), delay);
      vi.advanceTimersByTime(delay * 3 + 1000);
      expect(fired).toHaveLength(1);
      expect(fired[0]).toBeGreaterThanOrEqual(delay);
      expect(fired[0]).toBeLessThanOrEqual(delay + LATENESS);
    },
  );

  it('never fires early for having been armed just before a tick', () => {
    const wheel = new TimerWheel();
    const { fired, at } = recorder();
    wheel.arm(at(), 10_000);
    vi.advanceTimersByTime(1049);
    wheel.arm(at(), 60);
    vi.advanceTimersByTime(59);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(LATENESS + 1);
    expect(fired).toHaveLength(1);
  });

  it('never fires what is disarmed, removed, or armed with no delay', () => {
    const wheel = new TimerWheel();
    const { fired, at } = recorder();
    const [disarmed, removed, none, never] = [at(), at(), at(), at()] as const;
    for (const deadline of [disarmed, removed, none]) wheel.arm(deadline, 1000);
    wheel.disarm(disarmed);
    wheel.remove(removed);
    wheel.arm(none, 0);
    wheel.arm(never, -1);
    vi.advanceTimersByTime(10_000);
    expect(fired).toEqual([]);
  });

  it('fires a deadline that was moved only when it was moved to', () => {
    const wheel = new TimerWheel();
    const { fired, at } = recorder();
    const deadline = at();
    wheel.arm(deadline, 1000);
    for (let i = 0; i < 100; i++) {
      vi.advanceTimersByTime(900);
      wheel.arm(deadline, 1000);
    }
    expect(fired).toEqual([]);
    wheel.arm(deadline, 100);
    vi.advanceTimersByTime(100 + LATENESS);
    expect(fired).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(fired).toHaveLength(1);
  });

  it('can be armed again by what it fires', () => {
    const wheel = new TimerWheel();
    let count = 0;
    const deadline: Deadline = new Deadline(() => {
      if (++count < 5) wheel.arm(deadline, 1000);
    });
    wheel.arm(deadline, 1000);
    vi.advanceTimersByTime(60_000);
    expect(count).toBe(5);
  });

  it('lets an expiry remove and move others of the same slot', () => {
    const wheel = new TimerWheel();
    const fired: string[] = [];
    const deadlines: Record<string, Deadline> = {};
    const act = (name: string): void => {
      fired.push(name);
      for (const [other, deadline] of Object.entries(deadlines)) {
        if (other === name || fired.includes(other)) continue;
        if (other === 'moved') wheel.arm(deadline, 5000);
        else wheel.remove(deadline);
      }
    };
    for (const name of ['a', 'b', 'moved', 'c']) deadlines[name] = new Deadline(() => act(name));
    for (const deadline of Object.values(deadlines)) wheel.arm(deadline, 1000);
    vi.advanceTimersByTime(2000);
    expect(fired).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(fired).toHaveLength(fired[0] === 'moved' ? 1 : 2);
  });

  it('blames nobody for the time in which the process stood still', () => {
    const wheel = new TimerWheel();
    const { fired, at } = recorder();
    wheel.arm(at(), 5000);
    vi.advanceTimersByTime(1000);
    // The loop is blocked: time passes, no tick comes.
    const real = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => real + 60_000);
    vi.advanceTimersByTime(50);
    expect(fired).toEqual([]);
    vi.mocked(performance.now).mockRestore();
  });

  it('stops its timer when nothing is linked, and starts it again', () => {
    const wheel = new TimerWheel();
    const { fired, at } = recorder();
    for (let i = 0; i < 3; i++) {
      wheel.arm(at(), 1000);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(5000);
      expect(vi.getTimerCount()).toBe(0);
      vi.advanceTimersByTime(100_000);
    }
    expect(fired).toHaveLength(3);
  });

  it('keeps ten thousand deadlines apart', () => {
    const wheel = new TimerWheel();
    const fired = new Map<number, number>();
    for (let i = 1; i <= 10_000; i++) {
      const delay = (i * 7919) % 120_000;
      wheel.arm(new Deadline(() => fired.set(i, performance.now() - delay)), delay);
    }
    vi.advanceTimersByTime(130_000);
    expect(fired.size).toBe(10_000);
    for (const late of fired.values()) expect(late >= 0 && late <= LATENESS).toBe(true);
  });

  it('does what a list of times would do, whatever is armed, moved and removed', () => {
    const step = fc.record({
      deadline: fc.nat(5),
      act: fc.constantFrom('arm', 'arm', 'arm', 'disarm', 'remove', 'wait'),
      time: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60_000 })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const wheel = new TimerWheel();
        const due = new Map<number, number>();
        const faults: string[] = [];
        const deadlines = Array.from({ length: 6 }, (_, i) => {
          return new Deadline(() => {
            const late = performance.now() - (due.get(i) ?? Number.NaN);
            if (!(late >= 0 && late <= LATENESS)) faults.push(`${i} fired ${late} ms after it was due`);
            due.delete(i);
          });
        });
        for (const { deadline, act, time } of steps) {
          const which = deadlines[deadline] as Deadline;
          if (act === 'arm') {
            wheel.arm(which, time);
            due.set(deadline, performance.now() + time);
          } else if (act === 'wait') {
            vi.advanceTimersByTime(time);
          } else {
            wheel[act](which);
            due.delete(deadline);
          }
          for (const [i, at] of due) if (performance.now() > at + LATENESS) faults.push(`${i} didn't fire`);
        }
        vi.advanceTimersByTime(70_000);
        expect([...faults, ...due.keys()]).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
