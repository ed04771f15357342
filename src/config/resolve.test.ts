import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { resolveConfig, type Config, type Model, type ProxyModel } from './index.ts';

function model(config: Config): Model {
  const result = resolveConfig(config, { checkFiles: false, baseDir: '/srv/app' });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.model;
}

function codes(config: unknown): string[] {
  const result = resolveConfig(config as Config, { checkFiles: false });
  const found = 'problems' in result ? result.problems : result.warnings;
  return found.map(({ code, path }) => `${code} ${(path ?? []).join('.')}`);
}

function proxy(routes: Config['routes'], upstreams?: Config['upstreams']): ProxyModel {
  const { action } = model(upstreams === undefined ? { routes } : { routes, upstreams }).routes[0] ?? {};
  if (action?.kind !== 'proxy') throw new Error('not a proxy');
  return action;
}

describe('the model', () => {
  it('is complete: every default is filled in', () => {
    const { table: _, ...rest } = model({ routes: [{ respond: 204 }] });
    expect(rest).toEqual({
      listeners: [{ host: '127.0.0.1', port: 8080 }],
      trustedProxies: [],
      upstreams: new Map(),
      policies: new Map(),
      routes: [
        {
          index: 0,
          label: '/*',
          action: { kind: 'respond', status: 204, headers: [], body: '' },
          cors: undefined,
          features: {},
        },
      ],
      defaultFeatures: {},
      defaultPolicy: undefined,
      limits: {
        requestLine: 8192,
        headers: 32_768,
        headerCount: 100,
        body: 0,
        connections: 'auto',
        connectionsPerAddress: 0,
      },
      timeouts: { head: 15_000, body: 60_000, keepAlive: 75_000, write: 60_000 },
      log: { format: 'text', access: 'on', sample: 1, query: false, headers: [], redact: [] },
      workers: 1,
      shutdown: { delay: 0, deadline: 10_000 },
      reload: { deadline: 0 },
      admin: undefined,
      traces: undefined,
      serverTiming: false,
      explain: false,
    });
  });

  it('counts the workers', () => {
    const workers = (text: unknown): number => model({ workers: text as 1, routes: [{ respond: 204 }] }).workers;
    expect([workers(3), workers('4'), workers('auto')]).toEqual([3, 4, availableParallelism()]);
  });

  it('is frozen', () => {
    const made = model({
      listen: [8080],
      trustedProxies: ['10.0.0.0/8'],
      routes: [{ proxy: 'http://127.0.0.1:1', cors: { origins: '*' }, timeouts: { head: '1s' } }],
    });
    const { routes, listeners, limits, timeouts, log, trustedProxies } = made;
    const { upstream, timeouts: own } = (routes[0]?.action ?? {}) as ProxyModel;
    const parts = [made, routes, routes[0], routes[0]?.action, upstream, upstream.servers, upstream.servers[0], own];
    for (const part of [...parts, listeners, listeners[0], limits, timeouts, log, trustedProxies, routes[0]?.cors]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('keeps routes in the order of the file and finds them by the request', () => {
    const made = model({
      routes: [
        { path: '/*', respond: 200 },
        { path: '/a', method: ['POST'], respond: 201 },
      ],
    });
    expect(made.routes.map(({ label }) => label)).toEqual(['/*', '/a']);
    const found = made.table.match('any', '/a', 'POST', { get: () => undefined });
    expect(found?.route).toBe(made.routes[1]);
  });
});

describe('listen', () => {
  it.each<[Config['listen'], { host: string; port: number }[]]>([
    [3000, [{ host: '127.0.0.1', port: 3000 }]],
    ['3000', [{ host: '127.0.0.1', port: 3000 }]],
    [':3000', [{ host: '127.0.0.1', port: 3000 }]],
    ['0.0.0.0:80', [{ host: '0.0.0.0', port: 80 }]],
    ['[::]:80', [{ host: '::', port: 80 }]],
    ['LocalHost:0', [{ host: 'localhost', port: 0 }]],
    [
      [':1', ':2', '[::1]:1'],
      [
        { host: '127.0.0.1', port: 1 },
        { host: '127.0.0.1', port: 2 },
        { host: '::1', port: 1 },
      ],
    ],
  ])('%j', (listen, expected) => {
    const config = { routes: [{ respond: 204 }] };
    expect(model(listen === undefined ? config : { ...config, listen }).listeners).toEqual(expected);
  });
});

describe('upstreams', () => {
  it('may be written as one URL, as a list, or in full', () => {
    const servers = (upstream: NonNullable<Config['upstreams']>[string]): unknown =>
      proxy([{ proxy: 'api' }], { api: upstream }).upstream.servers;
    const plain = { kind: 'address', basePath: '', socketPath: '', weight: 1 };
    const first = { ...plain, protocol: 'http', host: '127.0.0.1', port: 8081 };
    expect(servers('http://127.0.0.1:8081')).toEqual([first]);
    expect(servers(['http://127.0.0.1:8081/'])).toEqual([first]);
    expect(servers({ servers: ['http://127.0.0.1:8081', 'https://[::1]/base/'] })).toEqual([
      first,
      { ...plain, protocol: 'https', host: '::1', port: 443, basePath: '/base' },
    ]);
  });

  it('that routes write as the same URL are one: they share their connections', () => {
    const { routes } = model({
      routes: [
        { path: '/a', proxy: 'http://127.0.0.1:1' },
        { path: '/b', proxy: 'http://127.0.0.1:1' },
      ],
    });
    const [a, b] = routes.map(({ action }) => (action as ProxyModel).upstream);
    expect(a).toBe(b);
  });

  it("let a route's timeouts override theirs, one by one", () => {
    const made = proxy([{ proxy: 'api', timeouts: { head: 0, total: '1h' } }], {
      api: { servers: 'http://127.0.0.1:1', timeouts: { connect: '1s', head: '2s' } },
    });
    expect(made.upstream.timeouts).toEqual({ connect: 1000, head: 2000, idle: 300_000, total: 0 });
    expect(made.timeouts).toEqual({ connect: 1000, head: 0, idle: 300_000, total: 3_600_000 });
  });

  it('may point at another port of this machine, but not at the gateway itself', () => {
    const config = (proxy: string, listen: string): unknown => ({ listen, routes: [{ proxy }] });
    expect(codes(config('http://localhost:8080', '0.0.0.0:8080'))).toEqual(['upstream-loop routes.0.proxy']);
    expect(codes(config('http://10.0.0.5:8080', '10.0.0.5:8080'))).toEqual(['upstream-loop routes.0.proxy']);
    expect(codes(config('http://10.0.0.6:8080', '10.0.0.5:8080'))).toEqual([]);
    expect(codes(config('http://localhost:8081', ':8080'))).toEqual([]);
  });
});

describe('policies', () => {
  const origins = ['https://app.example.com'];

  it('are named by routes, written in them, or refused with false; default holds for the others', () => {
    const { routes, defaultPolicy } = model({
      cors: { default: { origins }, partners: { origins } },
      routes: [
        { path: '/1', respond: 204 },
        { path: '/2', respond: 204, cors: 'partners' },
        { path: '/3', respond: 204, cors: false },
        { name: 'inline', path: '/4', respond: 204, cors: { origins } },
      ],
    });
    expect(routes.map(({ cors }) => cors?.name)).toEqual(['default', 'partners', undefined, 'inline']);
    expect(routes[0]?.cors).toBe(defaultPolicy);
  });

  it('explain refusals if the whole config does and they say nothing else', () => {
    const { policies } = model({
      explain: true,
      cors: { a: { origins }, b: { origins, explain: false }, default: { upstream: 'pass' } },
      routes: [
        { path: '/1', respond: 204, cors: 'a' },
        { path: '/2', respond: 204, cors: 'b' },
      ],
    });
    expect([...policies.values()].map(({ policy }) => policy.explain)).toEqual([true, false, false]);
  });

  it('may report what another one would say, which then counts as used', () => {
    const { policies } = model({
      cors: {
        default: { origins, report: 'next' },
        next: { origins: '*' },
        other: { origins, report: { origins: '*' } },
      },
      routes: [
        { path: '/1', respond: 204 },
        { path: '/2', respond: 204, cors: 'other' },
      ],
    });
    expect(policies.get('default')?.report?.name).toBe('next');
    expect(policies.get('other')?.report?.name).toBe('other.report');
    expect(policies.get('next')?.report).toBeUndefined();
  });

  it('that nobody uses are pointed out, but only once nothing is wrong', () => {
    const cors = { default: { origins }, a: { origins } };
    expect(codes({ cors, routes: [{ respond: 204 }] })).toEqual(['policy-unused cors.a']);
    expect(codes({ cors, routes: [{ respond: 204, cors: 'b' }] })).toEqual(['policy-unknown routes.0.cors']);
  });
});

describe('actions', () => {
  it('resolve folders from the base directory', () => {
    const { action } = model({ routes: [{ files: './dist', fallback: '/index.html' }] }).routes[0] ?? {};
    expect(action).toEqual({
      kind: 'files',
      root: '/srv/app/dist',
      fallback: '/index.html',
      index: ['index.html'],
      stripPrefix: '',
    });
  });

  it('keep what they are given', () => {
    const made = proxy([
      {
        path: '/api/v1/*',
        proxy: 'http://127.0.0.1:1',
        stripPrefix: '/api',
        hostHeader: 'upstream',
        forwarded: true,
        via: true,
      },
    ]);
    expect(made).toMatchObject({ stripPrefix: '/api', rewrite: '', host: 'upstream', forwarded: true, via: true });
    const { routes } = model({
      routes: [
        { path: '/a', redirect: '/b' },
        { path: '/c/*', redirect: { to: 'https://example.com/*{query}', status: 302 } },
        { path: '/d', respond: { headers: { 'Set-Cookie': ['a=1', 'b=2'] }, body: 'hi' } },
      ],
    });
    expect(routes.map(({ action }) => action)).toEqual([
      { kind: 'redirect', to: '/b', status: 308 },
      { kind: 'redirect', to: 'https://example.com/*{query}', status: 302 },
      {
        kind: 'respond',
        status: 200,
        headers: [
          ['Content-Type', 'text/plain; charset=utf-8'],
          ['Set-Cookie', 'a=1'],
          ['Set-Cookie', 'b=2'],
        ],
        body: 'hi',
      },
    ]);
  });

  it.each([
    ['{"ok":true}', ['application/json']],
    ['  [1]', ['application/json']],
    ['{not json', ['text/plain; charset=utf-8']],
    ['42', ['text/plain; charset=utf-8']],
    ['ok', ['text/plain; charset=utf-8']],
    ['', []],
  ])('send the body %j as %s', (body, types) => {
    const [route] = model({ routes: [{ respond: { body } }] }).routes;
    expect(route?.action).toMatchObject({ headers: types.map((type) => ['Content-Type', type]) });
  });

  it('keep the type of a body that is given', () => {
    const headers = { 'content-type': 'text/html' };
    const [route] = model({ routes: [{ respond: { headers, body: '{}' } }] }).routes;
    expect(route?.action).toMatchObject({ headers: [['content-type', 'text/html']] });
  });

  it('capture the wildcard only where a template wants it', () => {
    const { table } = model({
      routes: [
        { path: '/a/*', redirect: '/b/*' },
        { path: '/c/*', redirect: '/d' },
      ],
    });
    const params = (path: string): unknown => table.match('', path, 'GET', { get: () => undefined })?.params;
    expect(params('/a/x/y')).toEqual({ '*': 'x/y' });
    expect(params('/c/x/y')).toBeUndefined();
  });
});

describe('problems', () => {
  it('of different parts are found at once, each with its key path', () => {
    expect(
      codes({
        listen: 'x',
        limits: { body: 'x' },
        upstreams: { a: 'x' },
        cors: { p: {} },
        routes: [{ proxy: 'b', cors: 'q' }, { redirect: 5 }, 7],
      }),
    ).toEqual([
      'server-url-invalid upstreams.a',
      'cors-origins-missing cors.p.origins',
      'config-size limits.body',
      'policy-unknown routes.0.cors',
      'upstream-unknown routes.0.proxy',
      'config-type routes.1.redirect',
      'config-type routes.2',
      'listen-invalid listen',
    ]);
  });

  it.each([null, undefined, 5, 'text', [], () => {}])('%s is no config', (value) => {
    expect(codes(value)).toEqual(['config-type ']);
  });
});
