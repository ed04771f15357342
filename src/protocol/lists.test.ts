import { describe, expect, it } from 'vitest';
import { parseTokenList, splitList, trimOws } from './field-list.ts';
import { normalizeMethod } from './fetch-names.ts';
import { mimeEssence } from './media-type.ts';
import { isToken } from './token.ts';

const limits = { length: 100, empty: 2 };

describe('isToken', () => {
  it('takes the characters of RFC 9110', () => {
    for (const text of ['GET', 'x-a', "!#$%&'*+-.^_`|~09azAZ"]) expect(isToken(text), text).toBe(true);
    for (const text of ['', 'x a', 'x:', '(x)', 'é', 'x\0', '"x"', 'x,y', 'x/y'])
      expect(isToken(text), text).toBe(false);
  });
});

describe('lists', () => {
  it('lose their empty items and the whitespace around items', () => {
    expect(splitList(' a,\tb ,, c d,')).toEqual(['a', 'b', 'c d']);
    expect(splitList('')).toEqual([]);
    expect(trimOws(' \t a b\t')).toBe('a b');
    expect(trimOws('\u00a0a')).toBe('\u00a0a');
  });

  it('of tokens keep order and case', () => {
    expect(parseTokenList('X-A, b,c', limits)).toEqual(['X-A', 'b', 'c']);
    expect(parseTokenList('', limits)).toEqual([]);
    expect(parseTokenList(',a,', limits)).toEqual(['a']);
  });

  it('of tokens are refused as a whole', () => {
    for (const text of ['a,b c', 'a,"b"', ',,,a', 'a'.repeat(101), 'a\n']) {
      expect(parseTokenList(text, limits), text).toBeUndefined();
    }
  });
});

describe('mimeEssence', () => {
  it.each([
    ['text/plain', 'text/plain'],
    [' Text/Plain ;charset=utf-8', 'text/plain'],
    ['text/plain;;;junk"', 'text/plain'],
    ['text/plain, x/x', undefined],
    ['text', undefined],
    ['/plain', undefined],
    ['text/', undefined],
    ['te xt/plain', undefined],
    ['', undefined],
  ])('of %j is %s', (text, essence) => expect(mimeEssence(text)).toBe(essence));
});

describe('normalizeMethod', () => {
  it('mends six methods and no other', () => {
    expect(['get', 'Put', 'patch', 'Query', 'delete'].map((method) => normalizeMethod(method))).toEqual([
      'GET',
      'PUT',
      'patch',
      'Query',
      'DELETE',
    ]);
  });
});
