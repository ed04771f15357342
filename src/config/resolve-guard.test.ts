import { describe, expect, it } from 'vitest';
import { guardActionOf, guardOf } from '../../test/fixtures/guard.ts';
import { DEFAULT_UPSTREAM_TIMEOUTS } from './defaults.ts';
import { resolveConfig } from './index.ts';
import type { Config } from './types.ts';

const named = { target: 'https://api.example.com', allow: 'GET /**' };

function problemsOf(config: unknown): string[] {
  const result = resolveConfig(config as Config, { checkFiles: false });
  const problems = 'problems' in result ? result.problems : result.warnings;
  return problems.map(({ code, path = [] }) => `${code} ${path.join('.')}`);
}

describe('a guard', () => {
  it('has its defaults', () => {
    const { guard, ...rest } = guardActionOf(named);
    expect(guard).toMatchObject({
      to: { kind: 'named', basePath: '', stripPrefix: '/api', headers: [], query: [], redirectHosts: [] },
      redirects: { mode: 'follow', max: 5 },
      allowPrivate: [],
      maxBody: 10_485_760,
      maxResponse: 104_857_600,
      rateLimit: undefined,
    });
    expect(rest).toEqual({
      kind: 'guard',
      timeouts: DEFAULT_UPSTREAM_TIMEOUTS,
      tls: { ca: undefined, serverName: undefined, dangerouslySkipVerify: false },
      resolver: undefined,
      via: true,
    });
  });

  it('takes what is said in place of them', () => {
    const options = {
      ...named,
      target: 'https://api.example.com/v1/',
      redirects: 'rewrite',
      maxBody: 0,
      maxResponse: '1KiB',
      rateLimit: { requests: 5, per: '1m' },
      tls: { serverName: 'other.example.com' },
      resolver: '127.0.0.1:5300',
    } as const;
    const { guard, ...rest } = guardActionOf(options, { timeouts: { head: '1s' }, via: false });
    expect(guard).toMatchObject({
      to: { basePath: '/v1' },
      redirects: { mode: 'rewrite' },
      maxBody: 0,
      maxResponse: 1024,
      rateLimit: { requests: 5, per: 60_000, byOrigin: undefined },
    });
    expect(rest).toMatchObject({
      timeouts: { ...DEFAULT_UPSTREAM_TIMEOUTS, head: 1000 },
      tls: { serverName: 'other.example.com' },
      resolver: ['127.0.0.1:5300'],
      via: false,
    });
  });

  it.each([
    ['/*', ''],
    ['/a', '/a'],
    ['/a/', '/a'],
    ['/a/b/*', '/a/b'],
    ['/a/:id/*', '/a'],
    ['/:id', ''],
    ['/café/*', '/caf%C3%A9'],
  ])('at %s takes %j off', (path, stripPrefix) => {
    expect(guardOf(named, { path }).to).toMatchObject({ stripPrefix });
  });

  it.each(['192.0.2.53', '127.0.0.1:5300', '::1', '[::1]', '[2001:db8::1]:5300'])(
    'asks the DNS server %s',
    (server) => {
      expect(guardActionOf({ ...named, resolver: [server] }).resolver).toEqual([server]);
    },
  );

  it.each(['', 'dns.example.com', '127.0.0.1:', '127.0.0.1:65536', '127.1', '[::1', '[127.0.0.1]', '::1:5300:x'])(
    'asks no DNS server %j',
    (server) => {
      const config = { routes: [{ path: '/a/*', guard: { ...named, resolver: server } }] };
      expect(problemsOf(config)).toEqual(['resolver-invalid routes.0.guard.resolver']);
    },
  );

  it('counts by the origins that may ask', () => {
    const rateLimit = { requests: 1, per: '1s', by: 'origin' } as const;
    const cors = { origins: ['https://app.example.com'] };
    const { byOrigin } = guardOf({ ...named, rateLimit }, { cors }).rateLimit ?? {};
    expect(['https://app.example.com', 'https://evil.example', 'null'].map((origin) => byOrigin?.(origin))).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('refuses a parameter that no URL can hold', () => {
    const config = { routes: [{ path: '/a/*', guard: { ...named, query: { key: '\ud800' } } }] };
    expect(problemsOf(config)).toEqual(['guard-query-invalid routes.0.guard.query.key']);
  });

  it('is told of a policy that is wrong, and not of origins that it might have listed', () => {
    const config = {
      cors: { app: { origins: ['nonsense'] } },
      routes: [
        { path: '/a/*', guard: { hosts: 'api.example.com' }, cors: 'app' },
        { path: '/b/*', guard: { hosts: 'api.example.com' }, cors: { origins: [] } },
        { path: '/c/*', guard: { ...named, rateLimit: { requests: 1, per: '1s', by: 'origin' } }, cors: 'app' },
      ],
    };
    expect(problemsOf(config)).toEqual([
      'cors-origin-scheme-missing cors.app.origins.0',
      'cors-origins-missing routes.1.cors.origins',
    ]);
  });

  it.each<[string, unknown]>([
    ['no policy', undefined],
    ['none by choice', false],
    ['one that lets everybody read', { origins: '*' }],
    ["the API's own CORS headers", { upstream: 'pass' }],
  ])('of the open form needs origins: %s', (_, cors) => {
    const route = { path: '/a/*', guard: { hosts: 'api.example.com' }, ...(cors === undefined ? {} : { cors }) };
    expect(problemsOf({ routes: [route] })).toEqual(['guard-origins-missing routes.0.guard']);
  });

  it.each([
    ['127.0.0.1:8080', 'warning'],
    ['localhost:8080', 'warning'],
    ['[::1]:8080', 'warning'],
    ['127.8.8.8:8080', 'warning'],
    ['0.0.0.0:8080', 'error'],
    ['[::]:8080', 'error'],
    ['192.168.0.2:8080', 'error'],
    ['gateway.example.com:8080', 'error'],
  ])('for any target at %s: %s', (listen, severity) => {
    const code = severity === 'error' ? 'guard-any-target-exposed' : 'guard-any-target';
    const config = { listen, routes: [{ path: '/a/*', guard: { dangerouslyAllowAnyTarget: true } }] };
    expect(problemsOf(config)).toEqual([`${code} routes.0.guard.dangerouslyAllowAnyTarget`]);
  });
});
