import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildRouteTable,
  canonicalPath,
  inspectPath,
  matchPreflightSafely,
  matchSafely,
  parsePathPattern,
  type HeaderLookup,
  type RouteTable,
} from './index.ts';

const none: HeaderLookup = { get: () => undefined };
const paths = ['/*', '/admin', '/admin/*', '/users/:id', '/users/@me', '/a/b', '/files/*', '/caf%C3%A9/*', '/x/:y/z'];

function tableOf(texts: readonly string[]): RouteTable<string> {
  const built = buildRouteTable(
    texts.map((path) => ({ route: path, label: path, hosts: [], path, methods: [], headers: {} })),
  );
  if ('problems' in built) throw new Error(JSON.stringify(built.problems));
  return built.table;
}

const table = tableOf(paths);

function find(path: string): string | undefined {
  const match = matchSafely(table, 'h', path, 'GET', none);
  return typeof match === 'string' ? match : match?.route;
}

describe('a path that an upstream could read as one of another route is refused', () => {
  it.each([
    ['/%61dmin', 'ambiguous'],
    ['//admin', 'ambiguous'],
    ['/admin%2fx', 'ambiguous'],
    ['/x%2f..%2fadmin', 'ambiguous'],
    ['/admin;x=1', 'ambiguous'],
    ['/admin%3bx', 'ambiguous'],
    ['/;x/admin', 'ambiguous'],
    ['/%3bx%2fadmin', 'ambiguous'],
    ['/;%2f;/%61dmin;', 'ambiguous'],
    ['/\\admin', 'ambiguous'],
    ['/users/%40me', 'ambiguous'],
    ['/users/1%2f2', 'ambiguous'],
    ['/caf%c3%a9/x', 'ambiguous'],
    ['/%2Ffiles/x', 'ambiguous'],
    ['/files/../admin', 'ambiguous'],
    ['/a%00', 'malformed'],
    ['/%', 'malformed'],
    ['*', 'malformed'],
  ])('%s: %s', (path, expected) => {
    expect(find(path)).toBe(expected);
  });
});

describe('one that leads to the same route in every reading is routed', () => {
  it.each([
    ['/admin', '/admin'],
    ['/files/a%20b', '/files/*'],
    ['/files/a%2Fb', '/files/*'],
    ['/files//a', '/files/*'],
    ['/files/a;v=1', '/files/*'],
    ['/files/a\\b', '/files/*'],
    ['/files/.hidden', '/files/*'],
    ['/users/a%20b', '/users/:id'],
    ['/users/1;v=2', '/users/:id'],
    ['/caf%C3%A9/x', '/caf%C3%A9/*'],
    ['/other%2fthing', '/*'],
  ])('%s → %s', (path, expected) => {
    expect(find(path)).toBe(expected);
  });

  it('leaves nothing to refuse where there are no routes to confuse', () => {
    expect(matchSafely(tableOf(['/a/*']), 'h', '//b', 'GET', none)).toBeUndefined();
    expect(matchSafely(tableOf(['/a/*']), 'h', '//a', 'GET', none)).toBe('ambiguous');
  });
});

it('holds for preflights too', () => {
  expect(matchPreflightSafely(table, 'h', '/admin', 'PUT', none)).toMatchObject({ route: '/admin' });
  expect(matchPreflightSafely(table, 'h', '//admin', 'PUT', none)).toBe('ambiguous');
  expect(matchPreflightSafely(table, 'h', '/a/../b', 'PUT', none)).toBe('ambiguous');
  expect(matchPreflightSafely(table, 'h', '/files/a%20b', 'PUT', none)).toMatchObject({ route: '/files/*' });
});

it('takes the announced names of a preflight apart once, however many readings its path has', () => {
  const patterns = ['a', 'b'].map((value) => ({
    route: value,
    label: value,
    hosts: [],
    path: '/t/*',
    methods: [],
    headers: { 'x-tenant': value },
  }));
  const built = buildRouteTable(patterns);
  if ('problems' in built) throw new Error(JSON.stringify(built.problems));
  let read = 0;
  const headers: HeaderLookup = {
    get: (name) => (name === 'access-control-request-headers' && ++read > 0 ? 'x-a,x-tenant' : undefined),
  };
  expect(matchPreflightSafely(built.table, 'h', '/t/x//%41;b%2f%2541', 'PUT', headers)).toMatchObject({ route: 'a' });
  expect(read).toBe(1);
});

/** Whether a pattern matches a path, said as plainly as can be: segment by segment, without a tree. */
function fits(pattern: string, path: string): boolean {
  const parsed = parsePathPattern(pattern);
  if ('code' in parsed) throw new Error(pattern);
  const texts = path.slice(1).split('/');
  const enough = parsed.rest ? texts.length >= parsed.segments.length : texts.length === parsed.segments.length;
  const root = parsed.rest && parsed.segments.length === 0;
  return (
    root ||
    (enough &&
      parsed.segments.every((segment, index) =>
        segment.kind === 'param' ? texts[index] !== '' : texts[index] === segment.text,
      ))
  );
}

describe('for any path', () => {
  const separators = ['/', '//', '\\', '%2f', '%5C', '%2e', '.', '..', ';', '%3b', '%', '%00', '%20'];
  const words = ['admin', '%61dmin', 'adm%69n', 'users', '1', '@me', '%40me', 'a', 'b', 'files', 'x', 'z'];
  const piece = fc.constantFrom(...separators, ...words, 'caf%C3%A9', 'caf%c3%a9', 'é');
  const path = fc.array(piece, { maxLength: 10 }).map((pieces) => `/${pieces.join('')}`);
  const pathsLikeRoutes = fc.array(fc.constantFrom('admin', 'users', 'a', 'b', 'x', 'files', '1', '@me', '%61', ''), {
    maxLength: 4,
  });

  it('no path reaches a route whose pattern its canonical form does not match', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          path,
          pathsLikeRoutes.map((texts) => `/${texts.join('/')}`),
        ),
        (text) => {
          const found = find(text);
          if (found === undefined || found === 'ambiguous' || found === 'malformed') return;
          expect(fits(found, canonicalPath(text))).toBe(true);
          expect(fits(found, text)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('a refusal has a reason: the path is malformed, or another reading leads elsewhere', () => {
    fc.assert(
      fc.property(path, (text) => {
        if (inspectPath(text) === 'plain') expect(['ambiguous', 'malformed']).not.toContain(find(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('the tree finds a route exactly if some pattern matches', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...paths.slice(1)), { minLength: 1 }),
        fc.oneof(
          path,
          pathsLikeRoutes.map((texts) => `/${texts.join('/')}`),
        ),
        (patterns, text) => {
          const found = tableOf(patterns).match('h', text, 'GET', none)?.route;
          expect(found !== undefined).toBe(patterns.some((pattern) => fits(pattern, text)));
          if (found !== undefined) expect(fits(found, text)).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
