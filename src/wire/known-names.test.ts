import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equalsIgnoringCase, H, idOfName, recogniseName } from './known-names.ts';

function recognise(text: string, start: number, end: number): number {
  const bytes = Buffer.from(text, 'latin1');
  return recogniseName(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end);
}

const names = Object.keys(H);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

describe('known names', () => {
  it('have ids of their own, from 1 on', () => {
    expect(Object.values(H)).toEqual(names.map((_, i) => i + 1));
    for (const name of names) expect(idOfName(name)).toBe(H[name as keyof typeof H]);
  });

  it('are lower case, of letters, digits and hyphens: what the comparison without case relies on', () => {
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+$/);
  });

  it('are recognised in any case, anywhere in a text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.nat(), fc.string({ unit: 'binary-ascii' }), (name, mask, before) => {
        const mixed = [...name].map((char, i) => ((mask >> (i % 31)) & 1 ? char.toUpperCase() : char)).join('');
        const text = `${before}${mixed}: x`;
        expect(recognise(text, before.length, before.length + name.length)).toBe(idOfName(name));
      }),
    );
  });

  it('are not recognised in anything else', () => {
    const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,24}$/);
    fc.assert(
      fc.property(token, (text) => {
        expect(recognise(text, 0, text.length)).toBe(idOfName(text.toLowerCase()));
      }),
    );
  });

  it('are not recognised one byte off', () => {
    for (const name of names) {
      for (let i = 0; i < name.length; i++) {
        for (const bit of [1, 2, 4, 8, 16, 64, 128]) {
          const off = name.slice(0, i) + String.fromCharCode(name.charCodeAt(i) ^ bit) + name.slice(i + 1);
          // What is no token isn't asked about: the scan has refused it.
          if (TOKEN.test(off)) expect(recognise(off, 0, off.length)).toBe(idOfName(off));
        }
        // A digit or a hyphen has no other case.
        const flipped = name.slice(0, i) + String.fromCharCode(name.charCodeAt(i) ^ 32) + name.slice(i + 1);
        if (TOKEN.test(flipped)) expect(recognise(flipped, 0, flipped.length)).toBe(idOfName(name));
      }
    }
  });

  it('are not recognised where a longer name begins or ends with one', () => {
    expect(recognise('x-host', 0, 6)).toBe(0);
    expect(recognise('hosts', 0, 5)).toBe(0);
    expect(recognise('', 0, 0)).toBe(0);
  });

  it('compare to the end of the name, not of the text', () => {
    expect(equalsIgnoringCase('Chunked, gzip', 0, 'chunked')).toBe(true);
    expect(equalsIgnoringCase('chunke', 0, 'chunked')).toBe(false);
    expect(equalsIgnoringCase('CHUN\x0bED', 0, 'chunked')).toBe(false);
  });
});
