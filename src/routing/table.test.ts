import { describe, expect, it, vi } from 'vitest';
import { buildRouteTable, type HeaderLookup, type RoutePattern, type RouteTable } from './index.ts';

const none: HeaderLookup = { get: () => undefined };

function headers(values: Record<string, string>): HeaderLookup {
  return { get: (name) => values[name] };
}

type Parts = Partial<Omit<RoutePattern<string>, 'route' | 'label'>>;

function pattern(route: string, parts: Parts): RoutePattern<string> {
  return { route, label: route, hosts: [], path: '/*', methods: [], headers: {}, ...parts };
}

/** A table of routes that are named by their keys. */
function table(routes: Record<string, Parts>): RouteTable<string> {
  const built = buildRouteTable(Object.entries(routes).map(([route, parts]) => pattern(route, parts)));
  if ('problems' in built) throw new Error(JSON.stringify(built.problems));
  return built.table;
}

function find(routes: RouteTable<string>, request: string, values: Record<string, string> = {}): string | undefined {
  const [method = '', url = ''] = request.split(' ');
  const slash = url.indexOf('/');
  return routes.match(url.slice(0, slash), url.slice(slash), method, headers(values))?.route;
}

describe('paths', () => {
  const routes = table({
    home: { path: '/' },
    users: { path: '/users' },
    user: { path: '/users/:id' },
    me: { path: '/users/me' },
    posts: { path: '/users/:id/posts' },
    deep: { path: '/users/*' },
    slash: { path: '/slash/' },
    accents: { path: '/café/ü b' },
    api: { path: '/api/*' },
  });

  it.each([
    ['/', 'home'],
    ['/users', 'users'],
    ['/users/5', 'user'],
    ['/users/me', 'me'],
    ['/users/me/posts', 'posts'],
    ['/users/5/posts', 'posts'],
    ['/users/5/photos', 'deep'],
    ['/users/me/photos', 'deep'],
    ['/users/', 'deep'],
    ['/slash/', 'slash'],
    ['/slash', undefined],
    ['/api', 'api'],
    ['/api/', 'api'],
    ['/api/a/b/c', 'api'],
    ['/apis', undefined],
    ['/API', undefined],
    ['/caf%C3%A9/%C3%BC%20b', 'accents'],
    ['', undefined],
    ['*', undefined],
    ['/__proto__', undefined],
    ['/constructor', undefined],
  ])('%s → %s', (path, expected) => {
    expect(routes.match('a.example', path, 'GET', none)?.route).toBe(expected);
  });

  it('tries the parameter when the literal segment leads nowhere, and the wildcard when neither does', () => {
    const tree = table({
      literal: { path: '/a/b/c' },
      param: { path: '/a/:x/d' },
      wild: { path: '/a/*' },
      all: { path: '/*' },
    });
    expect(find(tree, 'GET h/a/b/c')).toBe('literal');
    expect(find(tree, 'GET h/a/b/d')).toBe('param');
    expect(find(tree, 'GET h/a/b/e')).toBe('wild');
    expect(find(tree, 'GET h/b')).toBe('all');
  });

  it('captures parameters as they were sent, and the wildcard only where it is wanted', () => {
    const tree = table({
      both: { path: '/t/:tenant/files/*', captureRest: true },
      plain: { path: '/u/:id/*' },
      proto: { path: '/p/:__proto__' },
    });
    expect(tree.match('', '/t/a%20b/files/x/y.txt', 'GET', none)?.params).toEqual({ tenant: 'a%20b', '*': 'x/y.txt' });
    expect(tree.match('', '/t/a/files', 'GET', none)?.params).toEqual({ tenant: 'a', '*': '' });
    expect(tree.match('', '/u/1/x', 'GET', none)?.params).toEqual({ id: '1' });
    expect(Object.keys(tree.match('', '/p/x', 'GET', none)?.params ?? {})).toEqual(['__proto__']);
  });

  it('hands back the same object for a route without parameters', () => {
    expect(routes.match('', '/api/1', 'GET', none)).toBe(routes.match('', '/api/2', 'POST', none));
  });
});

describe('hosts', () => {
  const routes = table({
    any: {},
    exact: { hosts: ['api.example.com'] },
    below: { hosts: ['*.example.com'] },
    deeper: { hosts: ['*.eu.example.com'] },
    v6: { hosts: ['[::1]', '127.0.0.1'] },
    idn: { hosts: ['bücher.example'] },
  });

  it.each([
    ['api.example.com', 'exact'],
    ['API.Example.COM', 'exact'],
    ['api.example.com:8080', 'exact'],
    ['api.example.com.', 'exact'],
    ['api.example.com.:443', 'exact'],
    ['www.example.com', 'below'],
    ['a.b.example.com', 'below'],
    ['x.eu.example.com', 'deeper'],
    ['eu.example.com', 'below'],
    ['example.com', 'any'],
    ['.example.com', 'any'],
    ['notexample.com', 'any'],
    ['api.example.com.evil.test', 'any'],
    ['[::1]', 'v6'],
    ['[::1]:8080', 'v6'],
    ['[0:0:0:0:0:0:0:1]:80', 'v6'],
    ['127.0.0.1:8080', 'v6'],
    ['xn--bcher-kva.example', 'idn'],
    ['', 'any'],
    ['[', 'any'],
    [':80', 'any'],
  ])('%s → %s', (host, expected) => {
    expect(routes.match(host, '/', 'GET', none)?.route).toBe(expected);
  });

  it('falls back to a less specific host where the more specific one has no such path', () => {
    const tree = table({ v1: { hosts: ['api.example.com'], path: '/v1/*' }, rest: {} });
    expect(find(tree, 'GET api.example.com/v1/x')).toBe('v1');
    expect(find(tree, 'GET api.example.com/v2/x')).toBe('rest');
  });
});

describe('methods and headers', () => {
  it('prefers a listed method to any method, and lets GET serve HEAD', () => {
    const tree = table({
      get: { path: '/a', methods: ['GET'] },
      any: { path: '/a' },
      head: { path: '/b', methods: ['HEAD'] },
      b: { path: '/b', methods: ['GET'] },
    });
    expect(find(tree, 'GET h/a')).toBe('get');
    expect(find(tree, 'HEAD h/a')).toBe('get');
    expect(find(tree, 'POST h/a')).toBe('any');
    expect(find(tree, 'get h/a')).toBe('any');
    expect(find(tree, 'HEAD h/b')).toBe('head');
  });

  it('goes on to a less specific path when only the method differs', () => {
    const tree = table({ create: { path: '/users', methods: ['POST'] }, rest: { path: '/*' } });
    expect(find(tree, 'POST h/users')).toBe('create');
    expect(find(tree, 'GET h/users')).toBe('rest');
  });

  it('prefers the route with more header conditions among those that hold', () => {
    const tree = table({
      plain: {},
      debug: { headers: { 'x-debug': true } },
      v2: { headers: { 'x-version': '2', 'x-debug': true } },
    });
    expect(find(tree, 'GET h/')).toBe('plain');
    expect(find(tree, 'GET h/', { 'x-debug': '' })).toBe('debug');
    expect(find(tree, 'GET h/', { 'x-debug': '1', 'x-version': '2' })).toBe('v2');
    expect(find(tree, 'GET h/', { 'x-debug': '1', 'x-version': '20' })).toBe('debug');
  });

  it('names the methods of a path over all hosts that fit', () => {
    const tree = table({
      read: { path: '/a', methods: ['GET'] },
      write: { path: '/a', methods: ['PUT', 'DELETE'], hosts: ['*.example.com'] },
      below: { path: '/*', methods: ['POST'] },
      other: { path: '/b' },
    });
    expect(tree.allowedMethods('x.example.com', '/a')).toEqual(['DELETE', 'GET', 'HEAD', 'POST', 'PUT']);
    expect(tree.allowedMethods('h', '/a')).toEqual(['GET', 'HEAD', 'POST']);
    expect(tree.allowedMethods('h', '/c')).toEqual(['POST']);
    expect(table({ any: { path: '/x' } }).allowedMethods('h', '/x')).toEqual([]);
  });
});

describe('preflights', () => {
  const tree = table({
    read: { path: '/a', methods: ['GET'] },
    write: { path: '/a', methods: ['PUT'] },
    v1: { path: '/b', headers: { 'x-version': '1' } },
    v2: { path: '/b', headers: { 'x-version': '2' } },
    plain: { path: '/b' },
    accept: { path: '/c', headers: { accept: 'application/vnd.example' } },
    options: { path: '/d', methods: ['OPTIONS'] },
  });
  const preflight = (path: string, method: string, asked?: string): string | undefined =>
    tree.matchPreflight(
      'h',
      path,
      method,
      headers(asked === undefined ? {} : { 'access-control-request-headers': asked }),
    )?.route;

  it('reaches the route of the request that it announces', () => {
    expect(preflight('/a', 'PUT')).toBe('write');
    expect(preflight('/a', 'DELETE')).toBeUndefined();
    expect(preflight('/d', 'PUT')).toBeUndefined();
  });

  it('takes an announced header for any value, and the first route of those that differ only in it', () => {
    expect(preflight('/b', 'GET', 'content-type, X-Version')).toBe('v1');
    expect(preflight('/b', 'GET', 'content-type')).toBe('plain');
    expect(preflight('/b', 'GET')).toBe('plain');
  });

  it('ignores conditions where no route is left otherwise: a safelisted header is not announced', () => {
    expect(preflight('/c', 'PUT')).toBe('accept');
  });
});

describe('the cost of matching', () => {
  /** Lookups in maps and sets while one request is matched. */
  function work(routes: RouteTable<string>, path: string): number {
    let lookups = 0;
    const get = vi.spyOn(Map.prototype, 'get').mockImplementation(function (this: Map<unknown, unknown>, key: unknown) {
      lookups += 1;
      for (const [name, value] of this.entries()) if (name === key) return value;
      return undefined;
    });
    try {
      routes.match('h.example.com', path, 'GET', none);
    } finally {
      get.mockRestore();
    }
    return lookups;
  }

  it('does not depend on the number of routes', () => {
    const many = (count: number): RouteTable<string> =>
      table(
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [
            `r${index}`,
            {
              path: index % 2 === 0 ? `/svc-${index}/:id/*` : `/svc-${index}/x`,
              hosts: index % 3 === 0 ? [] : ['h.example.com'],
            },
          ]),
        ),
      );
    const [few, lots] = [many(10), many(10_000)];
    for (const path of ['/svc-8/1/2', '/svc-9/x', '/nowhere', '/svc-8']) {
      expect(work(lots, path)).toBe(work(few, path));
      expect(work(lots, path)).toBeLessThan(10);
    }
  });
});

describe('ties', () => {
  function ties(...patterns: Parts[]): string[] {
    const built = buildRouteTable(
      patterns.map((parts, index) => pattern(`r${index}`, { at: ['routes', index], ...parts })),
    );
    return 'problems' in built
      ? built.problems.map(({ code, data }) => `${code} ${data['other']} ${data['route']}`)
      : [];
  }

  it.each<[string, Parts[]]>([
    ['the same path', [{}, {}]],
    ['parameters of other names', [{ path: '/:a/x' }, { path: '/:b/x' }]],
    ['a method in common', [{ methods: ['GET', 'PUT'] }, { methods: ['PUT'] }]],
    ['a host in common', [{ hosts: ['A.example'] }, { hosts: ['b.example', 'a.example.'] }]],
    ['conditions that one request can meet', [{ headers: { a: '1' } }, { headers: { b: true } }]],
    ['an exact value and any value', [{ headers: { a: '1' } }, { headers: { a: true } }]],
    ['two spellings of one path', [{ path: '/café' }, { path: '/caf%c3%a9' }]],
  ])('%s', (_, patterns) => {
    expect(ties(...patterns)).toEqual(['route-tie r0 r1']);
  });

  it.each<[string, Parts[]]>([
    ['a wildcard and a parameter', [{ path: '/:a' }, { path: '/*' }]],
    ['other methods', [{ methods: ['GET'] }, { methods: ['PUT'] }]],
    ['a listed method and any', [{ methods: ['GET'] }, {}]],
    ['an exact host and one below', [{ hosts: ['a.example'] }, { hosts: ['*.example'] }]],
    ['a host and any host', [{ hosts: ['a.example'] }, {}]],
    ['other values of one header', [{ headers: { a: '1' } }, { headers: { a: '2' } }]],
    ['more conditions', [{ headers: { a: '1' } }, { headers: { a: '1', b: '1' } }]],
    ['a slash at the end', [{ path: '/a' }, { path: '/a/' }]],
  ])('not: %s', (_, patterns) => {
    expect(ties(...patterns)).toEqual([]);
  });

  it('are reported once for each route, along with every other problem', () => {
    const hosts = ['a.example', 'b.example'];
    expect(ties({ hosts }, { hosts }, { hosts }, { path: 'x' })).toEqual([
      'route-path-invalid undefined undefined',
      'route-tie r0 r1',
      'route-tie r0 r2',
    ]);
  });
});

it('a host of thousands of labels is not looked up label by label', () => {
  const routes = table({ below: { hosts: ['*.example.com'] }, any: {} });
  const get = vi.spyOn(Map.prototype, 'get');
  const found = routes.match(`${'a.'.repeat(4000)}example.com`, '/', 'GET', none);
  const lookups = get.mock.calls.length;
  get.mockRestore();
  expect(found?.route).toBe('any');
  expect(lookups).toBeLessThan(10);
});
