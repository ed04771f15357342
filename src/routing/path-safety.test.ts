import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalPath, inspectPath, pathReadings } from './path-safety.ts';

describe('a path that no honest client sends is refused', () => {
  it.each([
    ['/.', 'dot-segment'],
    ['/..', 'dot-segment'],
    ['/a/../b', 'dot-segment'],
    ['/a/./b', 'dot-segment'],
    ['/a/..', 'dot-segment'],
    ['/%2e%2E/b', 'dot-segment'],
    ['/a/.%2e/b', 'dot-segment'],
    ['/a%2f..%2fb', 'dot-segment'],
    ['/a%2F%2e%2e%5cb', 'dot-segment'],
    ['/a\\..\\b', 'dot-segment'],
    ['/a/..;/b', 'dot-segment'],
    ['/a/..;x=1', 'dot-segment'],
    ['/a/%2e%2e%3b/b', 'dot-segment'],
    ['/a/.;/b', 'dot-segment'],
    ['/a//../b', 'dot-segment'],
    ['/%c0%ae%c0%ae/b', 'overlong'],
    ['/a%C0%AFb', 'overlong'],
    ['/a%e0%80%afb', 'overlong'],
    ['/a%f0%80%80%af', 'overlong'],
    ['/a%00', 'control'],
    ['/a%0d%0aX: 1', 'control'],
    ['/a%7F', 'control'],
    ['/a%1f', 'control'],
    ['/a\nb', 'control'],
    ['/100%', 'bad-escape'],
    ['/%zz', 'bad-escape'],
    ['/%u0041', 'bad-escape'],
    ['/%4', 'bad-escape'],
    ['', 'no-slash'],
    ['a/b', 'no-slash'],
    ['*', 'no-slash'],
  ])('%s is %s', (path, expected) => {
    expect(inspectPath(path)).toBe(expected);
  });
});

describe('everything else is legal', () => {
  it.each(['/', '/a/b', '/a/', '/a.b/c..d', "/~!$&'()*+,=:@", '/a/b.', '/A-z_0'])('%s is plain', (path) => {
    expect(inspectPath(path)).toBe('plain');
    expect(pathReadings(path)).toEqual([]);
    expect(canonicalPath(path)).toBe(path);
  });

  it.each([
    '/.well-known/x',
    '/...',
    '/a/..b',
    '/a/.b',
    '//a',
    '/a//',
    '/a%20b',
    '/a;v=1',
    '/a\\b',
    '/%2e%2ea',
    '/{a}',
    '/%C0propos',
  ])('%s is legal', (path) => {
    expect(inspectPath(path)).toBe('suspicious');
  });
});

describe('the canonical form', () => {
  it.each([
    ['/%61dmin', '/admin'],
    ['//admin', '/admin'],
    ['/a%2fb%5Cc\\d', '/a/b/c/d'],
    ['/caf%c3%a9', '/caf%C3%A9'],
    ['/café', '/caf%C3%A9'],
    ['/a b{c}|d', '/a%20b%7Bc%7D%7Cd'],
    ['/%25%36%31', '/%2561'],
    ['/%40me%3Fx', '/@me%3Fx'],
    ['/a///b%2f%2fc', '/a/b/c'],
    ['/\u{1F600}', '/%F0%9F%98%80'],
    ['/\u212A\u017F', '/%E2%84%AA%C5%BF'],
  ])('of %s is %s', (path, expected) => {
    expect(canonicalPath(path)).toBe(expected);
  });

  const path = fc
    .array(
      fc.oneof(
        fc.constantFrom('/', '//', '%2f', '%5C', '\\', '%61', 'a', 'b', ';', '%3B', 'é', '%c3%a9', ' ', '%25'),
        fc.string({ maxLength: 3 }),
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => `/${parts.join('')}`);

  it('is a fixed point', () => {
    fc.assert(
      fc.property(path, (text) => {
        fc.pre(inspectPath(text) === 'suspicious' || inspectPath(text) === 'plain');
        const canonical = canonicalPath(text);
        expect(canonicalPath(canonical)).toBe(canonical);
      }),
      { numRuns: 2000 },
    );
  });

  it('is among the readings, and never holds a dot segment', () => {
    fc.assert(
      fc.property(path, (text) => {
        fc.pre(inspectPath(text) === 'suspicious' || inspectPath(text) === 'plain');
        const canonical = canonicalPath(text);
        expect([text, ...pathReadings(text)]).toContain(canonical);
        expect(inspectPath(canonical)).not.toBe('dot-segment');
      }),
      { numRuns: 2000 },
    );
  });

  it('inspects anything without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void inspectPath(text)),
      { numRuns: 500 },
    );
  });
});
