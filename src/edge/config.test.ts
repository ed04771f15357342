import { describe, expect, it } from 'vitest';
import type { Config } from '../config/types.ts';
import { createEdgeHandler, EdgeConfigError, type EdgeOptions } from './index.ts';

const github = { target: 'https://api.github.com', allow: 'GET /users/*' } as const;

/** What is wrong with a config, as its codes and places. */
function problemsOf(config: unknown, options: EdgeOptions = {}): string[] {
  return errorOf(config, options).diagnostics.map(({ code, path = [] }) => `${code} ${path.join('.')}`);
}

function errorOf(config: unknown, options: EdgeOptions = {}): EdgeConfigError {
  try {
    createEdgeHandler(config as Config, options);
  } catch (error) {
    if (error instanceof EdgeConfigError) return error;
    throw error;
  }
  throw new Error('the config was taken');
}

describe('a configuration at the edge', () => {
  it('is refused for what an edge runtime cannot do, with what to use instead', () => {
    const config = {
      cors: { app: { origins: ['https://app.example.com'] } },
      routes: [
        { path: '/a/*', proxy: 'http://10.0.0.1:8080' },
        { path: '/b/*', files: './dist' },
        { path: '/c/*', guard: { ...github, resolver: '127.0.0.1:53' } },
        { path: '/d/*', guard: { ...github, tls: { ca: './ca.pem' } } },
        { path: '/e/*', guard: { dangerouslyAllowAnyTarget: true }, cors: 'app' },
        { path: '/f/*', guard: { ...github, rateLimit: { requests: 5, per: '1m' } } },
        { path: '/g/*', respond: 204, ipAllow: '10.0.0.0/8', crossSite: false },
      ],
      maintenance: true,
    };
    expect(problemsOf(config)).toEqual([
      'edge-option maintenance',
      'edge-action routes.0.proxy',
      'edge-action routes.1.files',
      'edge-option routes.2.guard.resolver',
      'edge-option routes.3.guard.tls',
      'edge-any-target routes.4.guard.dangerouslyAllowAnyTarget',
      'edge-client-address routes.5.guard.rateLimit',
      'edge-option routes.6.ipAllow',
    ]);
    const { message } = errorOf(config);
    expect(message).toContain("- routes[0].proxy [edge-action] `proxy` can't be answered in an edge runtime.");
    expect(message).toContain('guard: { target: https://… }');
    expect(message).toContain('`hosts`');
    expect(message).toContain('cf-connecting-ip');
  });

  it('is refused for what is wrong anywhere, all at once and with its place', () => {
    const config = {
      routes: [
        { path: '/a', respnod: 204 },
        { path: '/b/*', proxy: 'http://10.0.0.1', cors: 'nobody' },
      ],
      cors: { app: { origins: ['https://app.example.com/'] } },
    };
    const problems = problemsOf(config);
    expect(problems).toContain('config-unknown-key routes.0.respnod');
    expect(problems).toContain('policy-unknown routes.1.cors');
    expect(problems).toContain('edge-action routes.1.proxy');
    expect(problems.some((problem) => problem.endsWith('cors.app.origins.0'))).toBe(true);
    expect(errorOf(config).message).toContain('Did you mean `respond`?');
  });

  it.each([undefined, null, 42, [], {}, { routes: 1 }, { routes: [null, 1, 'x'] }, { routes: [{ guard: [] }] }])(
    'is an error in words, whatever it is: %j',
    (config) => {
      expect(errorOf(config).diagnostics.length).toBeGreaterThan(0);
    },
  );

  it('that goes round in circles is an error too', () => {
    const config: Record<string, unknown> = { routes: [{ path: '/a', respond: 204 }] };
    config['self'] = config;
    expect(problemsOf(config)).toContain('config-unknown-key self');
  });

  it('leaves to the platform what is about listening, connections, processes and logs', () => {
    const config: Config = {
      listen: '0.0.0.0:8080',
      trustedProxies: ['10.0.0.0/8'],
      limits: { connections: 10, headers: '8KiB' },
      timeouts: { keepAlive: '5s' },
      log: { format: 'json' },
      workers: 4,
      routes: [{ path: '/a', respond: 204 }],
    };
    expect(() => createEdgeHandler(config)).not.toThrow();
  });

  it('counts clients once it is told who they are, and pages of an origin without', () => {
    const limited = (by: 'client' | 'origin'): Config => ({
      cors: { app: { origins: ['https://app.example.com'] } },
      routes: [{ path: '/f/*', guard: { ...github, rateLimit: { requests: 5, per: '1m', by } }, cors: 'app' }],
    });
    expect(() => createEdgeHandler(limited('origin'))).not.toThrow();
    expect(() => createEdgeHandler(limited('client'), { clientAddress: () => '192.0.2.1' })).not.toThrow();
  });
});

describe('variables', () => {
  const config = (body: string): Config => ({ routes: [{ path: '/a', respond: { body } }] });
  const bodyOf = async (body: string, env?: EdgeOptions['env']): Promise<string> => {
    const handler = createEdgeHandler(config(body), env === undefined ? {} : { env });
    return (await handler(new Request('https://edge.test/a'))).text();
  };

  it('are filled in as in a config file', async () => {
    expect(await bodyOf('a ${A} ${B:-b} $${C}', { A: '1' })).toBe('a 1 b ${C}');
    expect(await bodyOf('${E:-empty}', { E: '' })).toBe('empty');
  });

  it('that are not there are errors which name them and where they stand', () => {
    expect(problemsOf(config('${TOKEN}'))).toEqual(['edge-variable-unset routes.0.respond.body']);
    const { message } = errorOf(config('${TOKEN}'));
    expect(message).toContain('There is no variable `TOKEN` in `env`.');
    expect(message).toContain('npx wrangler secret put TOKEN');
    expect(problemsOf(config('${1}'))).toEqual(['env-syntax routes.0.respond.body']);
  });

  it('are texts: other bindings of a Worker are left alone', () => {
    expect(problemsOf(config('${BUCKET}'), { env: { BUCKET: { get: () => null } } })).toEqual([
      'edge-variable-unset routes.0.respond.body',
    ]);
  });

  it('are not looked for in what every object has', () => {
    expect(problemsOf(config('${toString}'), { env: {} })).toEqual(['edge-variable-unset routes.0.respond.body']);
  });
});
