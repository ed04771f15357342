import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { GrantedPreflights } from './granted-preflights.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('tells a granted preflight that comes again without its request', () => {
  const granted = new GrantedPreflights();
  expect(granted.grant('a')).toBe(false);
  vi.advanceTimersByTime(1000);
  expect(granted.grant('b')).toBe(false);
  expect(granted.grant('a')).toBe(true);
});

it('says nothing where the request came', () => {
  const granted = new GrantedPreflights();
  granted.grant('a');
  granted.used('a');
  vi.advanceTimersByTime(5000);
  expect(granted.grant('a')).toBe(false);
});

it('says nothing of two calls at once', () => {
  const granted = new GrantedPreflights();
  granted.grant('a');
  vi.advanceTimersByTime(999);
  expect(granted.grant('a')).toBe(false);
});

it('remembers only so many, and nothing long', () => {
  const granted = new GrantedPreflights();
  granted.grant('first');
  granted.grant('x'.repeat(501));
  for (let index = 0; index < 256; index++) granted.grant(`${index}`);
  vi.advanceTimersByTime(5000);
  expect(granted.grant('first')).toBe(false);
  expect(granted.grant('x'.repeat(501))).toBe(false);
  expect(granted.grant('255')).toBe(true);
});
