import { describe, expect, it } from 'vitest';
import { formatHttpDate, parseHttpDate } from './http-date.ts';

const TIME = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('an HTTP-date', () => {
  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is read from %s',
    (text) => {
      expect(parseHttpDate(text)).toBe(TIME);
    },
  );

  it('is written as IMF-fixdate', () => {
    expect(formatHttpDate(TIME)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it('takes a two-digit year far ahead for the last century', () => {
    const soon = (new Date().getUTCFullYear() + 10) % 100;
    const past = (new Date().getUTCFullYear() + 60) % 100;
    const yearOf = (digits: number) =>
      new Date(parseHttpDate(`Sunday, 06-Nov-${String(digits).padStart(2, '0')} 08:49:37 GMT`) ?? 0).getUTCFullYear();
    expect(yearOf(soon)).toBe(new Date().getUTCFullYear() + 10);
    expect(yearOf(past)).toBe(new Date().getUTCFullYear() - 40);
  });

  it.each(['', '0', '1994-11-06', 'Sun, 06 Nov 1994 08:49:37', 'Sun, 06 Nov 1994 25:49:37 GMT', 'tomorrow'])(
    "isn't %j",
    (text) => {
      expect(parseHttpDate(text)).toBeUndefined();
    },
  );
});
