import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../test/fixtures/random.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { cookieValues, withoutCookie } from './cookies.ts';
import { parameterValues, withoutParameter } from './query.ts';
import { AMBIGUOUS, finderOf, removerOf } from './token-place.ts';

const count = countOf(1000);

describe('cookies', () => {
  it.each<[string, readonly string[], string]>([
    ['t=1', ['1'], ''],
    ['a=0; t=1; b=2', ['1'], 'a=0; b=2'],
    ['t=1; b=2', ['1'], 'b=2'],
    ['t="1"', ['1'], ''],
    ['t=a=b', ['a=b'], ''],
    ['t=', [''], ''],
    ['t', [], 't'],
    ['=t', [], '=t'],
    ['xt=1; tx=2; T=3', [], 'xt=1; tx=2; T=3'],
    [' t = 1 ;t=2', ['1', '2'], ''],
    ['a=0;;b=2', [], 'a=0;;b=2'],
  ])('in %j: %j, and without it %j', (field, values, rest) => {
    expect(cookieValues([field], 't')).toEqual(values);
    expect(withoutCookie(field, 't')).toBe(rest);
  });

  it('are gone once they are taken out, and the others are not', () => {
    const name = fc.constantFrom('t', 'a', 'tt', '');
    const pair = fc.tuple(name, fc.constantFrom('', '1', '"x"', 'a=b')).map((each) => each.join('='));
    const field = fc.array(pair).map((pairs) => pairs.join('; '));
    fc.assert(
      fc.property(field, (text) => {
        const rest = withoutCookie(text, 't');
        expect(cookieValues([rest], 't')).toEqual([]);
        for (const other of ['a', 'tt']) expect(cookieValues([rest], other)).toEqual(cookieValues([text], other));
      }),
      { numRuns: count },
    );
  });
});

describe('parameters', () => {
  /** As forms are read; what isn't well encoded differs, and is nobody's name. */
  it('are read as URLSearchParams reads them, and are gone once they are taken out', () => {
    const piece = fc.constantFrom(
      't',
      '%74',
      'T',
      'a',
      '+',
      '%2B',
      '%20',
      '&',
      '=',
      '%',
      '%zz',
      'ü',
      '?',
      ';',
      '%C3%BC',
    );
    const query = fc.array(piece).map((pieces) => `?${pieces.join('')}`);
    fc.assert(
      fc.property(query, (text) => {
        const wellEncoded = !/%(?![\dA-F]{2})/i.test(text);
        if (wellEncoded) expect(parameterValues(text, 't')).toEqual(new URLSearchParams(text).getAll('t'));
        const rest = withoutParameter(text, 't');
        expect(parameterValues(rest, 't')).toEqual([]);
        if (!wellEncoded) return;
        const others = [...new URLSearchParams(text)].filter(([name]) => name !== 't');
        expect([...new URLSearchParams(rest)]).toEqual(others);
      }),
      { numRuns: count * 3 },
    );
  });

  it.each([
    ['', ''],
    ['?', '?'],
    ['?t', ''],
    ['?t=1', ''],
    ['?a=1&t=2&b=%2x', '?a=1&b=%2x'],
    ['?%74=1&a', '?a'],
    ['?tt=1', '?tt=1'],
    ['?t%=1', '?t%=1'],
  ])('%j without t is %j', (query, rest) => {
    expect(withoutParameter(query, 't')).toBe(rest);
  });
});

describe('a token', () => {
  const places = [
    { kind: 'authorization', name: '' },
    { kind: 'cookie', name: 't' },
    { kind: 'query', name: 't' },
  ] as const;

  it.each<[Record<string, string>, string, unknown]>([
    [{ Authorization: 'Bearer abc' }, '/', 'abc'],
    [{ Authorization: 'bearer   abc ' }, '/', 'abc '],
    [{ Authorization: 'Bearer' }, '/', undefined],
    [{ Authorization: 'Bearerabc' }, '/', undefined],
    [{ Authorization: 'Token abc' }, '/?t=x', 'x'],
    [{ Authorization: 'Bearer abc', Cookie: 't=x' }, '/?t=y', 'abc'],
    [{ Cookie: 't=x; t=y' }, '/?t=z', AMBIGUOUS],
    [{ Cookie: 't=' }, '/?t=z', 'z'],
    [{}, '/?t=', undefined],
    [{}, '/?t', undefined],
  ])('in %j of %s', (headers, target, shown) => {
    const exchange = new TestExchange({ headers: trimmed(headers), target });
    expect(finderOf(places)(exchange)).toBe(typeof shown === 'string' ? shown.trim() : shown);
  });

  it('is taken off wherever it may be, and nothing else', () => {
    const headers = { Authorization: 'Bearer abc', Cookie: 'a=1; t=abc', 'X-Other': 'abc' };
    const exchange = new TestExchange({ headers, target: '/p?t=abc&b=1' });
    removerOf(places)(exchange);
    expect(exchange.headers.pairs()).toEqual([
      ['X-Other', 'abc'],
      ['Cookie', 'a=1'],
    ]);
    expect([exchange.query, exchange.target, exchange.path]).toEqual(['?b=1', '/p?b=1', '/p']);
    const basic = new TestExchange({ headers: { Authorization: 'Basic YTpi', Cookie: 'a=1' }, target: '/p?b=1' });
    removerOf(places)(basic);
    expect(basic.headers.pairs()).toEqual([
      ['Authorization', 'Basic YTpi'],
      ['Cookie', 'a=1'],
    ]);
  });
});

/** As they come from the wire. */
function trimmed(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()]));
}
