import { describe, expect, it } from 'vitest';
import { parseRequestPath, prefixSegments } from './request-path.ts';

describe('a path for files', () => {
  it.each([
    ['/', [], true],
    ['/index.html', ['index.html'], false],
    ['/a/b/', ['a', 'b'], true],
    ['/caf%C3%A9/%E2%82%AC.txt', ['café', '€.txt'], false],
    ['/a%20b.txt', ['a b.txt'], false],
    ['/100%25.txt', ['100%.txt'], false],
    ['/%252e%252e/x', ['%2e%2e', 'x'], false],
    ['/a..b', ['a..b'], false],
    ['/.well-known/acme', ['.well-known', 'acme'], false],
  ])('decodes %s once', (path, segments, trailingSlash) => {
    expect(parseRequestPath(path)).toEqual({ segments, trailingSlash });
  });

  it.each([
    ['/../x', 'ambiguous'],
    ['/a/..', 'ambiguous'],
    ['/a/./b', 'ambiguous'],
    ['/%2e%2e/x', 'ambiguous'],
    ['/.%2E/x', 'ambiguous'],
    ['/a%2fb', 'ambiguous'],
    ['/a%5cb', 'ambiguous'],
    ['/a\\b', 'ambiguous'],
    ['/C:/windows', 'ambiguous'],
    ['/c%3a', 'ambiguous'],
    ['/a%00.txt', 'malformed'],
    ['/a%0d%0ab', 'malformed'],
    ['/a%7f', 'malformed'],
    ['/a%', 'malformed'],
    ['/a%zz', 'malformed'],
    ['/%c0%ae%c0%ae/x', 'malformed'],
    ['/%ff', 'malformed'],
    ['/%ed%a0%80', 'malformed'],
    ['', 'malformed'],
    ['*', 'malformed'],
    ['/.env', 'forbidden'],
    ['/%2eenv', 'forbidden'],
    ['/a/.git/config', 'forbidden'],
    ['/a/.well-known/x', 'forbidden'],
    ['/.well-known/.secret', 'forbidden'],
    ['/...', 'forbidden'],
    ['//evil.example', 'missing'],
    ['/a//b', 'missing'],
  ])('refuses %s as %s', (path, verdict) => {
    expect(parseRequestPath(path)).toBe(verdict);
  });

  it('takes a prefix off by whole, decoded segments', () => {
    const prefix = prefixSegments('/my%20app');
    expect(parseRequestPath('/my%20app/x.js', prefix)).toEqual({ segments: ['x.js'], trailingSlash: false });
    expect(parseRequestPath('/my%20app', prefix)).toEqual({ segments: [], trailingSlash: false });
    expect(parseRequestPath('/my%20apple/x.js', prefix)).toBe('missing');
  });
});
