import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePunycode, isIdnLabel } from './punycode.ts';

describe('decodePunycode', () => {
  // The samples of RFC 3492, 7.1, in lower case as hosts are.
  it.each([
    ['egbpdaj6bu4bxfgehfvwxn', 'ليهمابتكلموشعربي؟'],
    ['ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['proprostnemluvesky-uyb24dma41a', 'pročprostěnemluvíčesky'],
    ['-> $1.00 <--', '-> $1.00 <-'],
    ['bcher-kva', 'bücher'],
    ['p1ai', 'рф'],
    ['ls8h', '💩'],
    ['', ''],
  ])('of %s is %s', (input, text) => expect(decodePunycode(input)).toBe(text));

  it.each(['0', '99999999', 'a_', 'bcher-kv*'])('of %s is nothing', (input) => {
    expect(decodePunycode(input)).toBeUndefined();
  });

  it('reads back what the URL parser writes', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'z', '7', 'é', 'ß', 'я', '語', '文', 'ñ', '𐌰'),
      minLength: 1,
    });
    fc.assert(
      fc.property(letters, (text) => {
        const url = `https://${text.slice(0, 20)}.test`;
        if (!URL.canParse(url)) return;
        const [label = ''] = new URL(url).host.split('.');
        if (!label.startsWith('xn--')) return;
        expect(decodePunycode(label.slice(4))).toBe(text.slice(0, 20).normalize('NFC'));
        expect(isIdnLabel(label)).toBe(true);
      }),
    );
  });
});

describe('isIdnLabel', () => {
  it('refuses what no browser writes', () => {
    for (const label of ['xn--', 'xn--a', 'xn--a-', 'xn--abc-', 'xn--0', 'xn--Bcher-kva']) {
      expect(isIdnLabel(label), label).toBe(false);
    }
    for (const label of ['xn--bcher-kva', 'xn--fa-hia', 'xn--ls8h', 'xn--mgbh0fb']) {
      expect(isIdnLabel(label), label).toBe(true);
    }
  });
});
