import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf } from '../../../test/fixtures/random.ts';
import { Field } from '../../wire/header-list.ts';
import { claimFields, claimOf, headerValue, scopesOf } from './claims.ts';

const count = countOf(1000);

describe('a claim', () => {
  const claims = {
    sub: 'alice',
    'a.b': 'by name',
    a: { b: 'by path', c: { d: 1 } },
    list: [{ x: 1 }],
    nothing: null,
  };

  it.each([
    ['sub', 'alice'],
    ['a.b', 'by name'],
    ['a.c.d', 1],
    ['a.c.e', undefined],
    ['sub.length', undefined],
    ['list.0', undefined],
    ['list.length', undefined],
    ['nothing.x', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['a.__proto__', undefined],
    ['', undefined],
    ['.', undefined],
  ])('%j is %j', (name, value) => {
    expect(claimOf(claims, name)).toBe(value);
  });

  it('of a name that objects have anyway is only what the token says', () => {
    const parsed = JSON.parse('{"__proto__": {"admin": true}, "constructor": "x"}') as Record<string, unknown>;
    expect(claimOf(parsed, 'admin')).toBeUndefined();
    expect(claimOf(parsed, 'constructor')).toBe('x');
    expect(claimOf(parsed, '__proto__.admin')).toBe(true);
  });
});

describe('scopes', () => {
  it.each([
    [{ scope: 'a b  c' }, ['a', 'b', 'c']],
    [{ scp: ['a', 1, 'b'] }, ['a', 'b']],
    [{ scope: '', scp: 'a' }, []],
    [{ scope: 5, scp: 'a' }, ['a']],
    [{}, []],
  ])('of %j are %j', (claims, scopes) => {
    expect([...scopesOf(claims, ['scope', 'scp'])]).toEqual(scopes);
  });
});

describe("a header's value", () => {
  it.each<[unknown, string | undefined]>([
    ['alice', 'alice'],
    ['Zoë', 'Zo%C3%AB'],
    ['100 %', '100 %25'],
    ['a\r\nX-Admin: 1', 'a%0D%0AX-Admin: 1'],
    [' a ', '%20a%20'],
    [' ', '%20'],
    ['', ''],
    ['a,b', 'a,b'],
    [['a', 'b,c', 'd e'], 'a,b%2Cc,d e'],
    [[], ''],
    [5, '5'],
    [false, 'false'],
    [{ a: ['x'] }, '{"a":["x"]}'],
    [null, undefined],
    [undefined, undefined],
    ['\ud800', '%EF%BF%BD'],
  ])('of %j is %j', (claim, value) => {
    expect(headerValue(claim)).toBe(value);
  });

  it('fits into a header whatever the claim is, and says what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const value = headerValue(text) ?? '';
        expect(new Field('x', value).value).toBe(value);
        expect(decodeURIComponent(value)).toBe(text);
      }),
      { numRuns: count },
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (texts) => {
        const value = headerValue(texts) ?? '';
        expect(new Field('x', value).value).toBe(value);
        expect(value.split(',').map(decodeURIComponent)).toEqual(texts);
      }),
      { numRuns: count },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (claim) => {
        const { fields } = claimFields({ claim }, [{ header: 'X-Claim', claim: 'claim' }]);
        expect(fields.length).toBe(claim === null ? 0 : 1);
      }),
      { numRuns: count },
    );
  });
});
