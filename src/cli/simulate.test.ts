import { describe, expect, it } from 'vitest';
import { resolveConfig, type Config } from '../config/index.ts';
import { explainSimulation } from './explain-simulation.ts';
import { simulate } from './simulate.ts';
import type { GatewaySimulation, SimulatedRequest } from './simulation.ts';

const origins = ['https://app.example.com'];
const config: Config = {
  cors: {
    default: { origins, headers: ['x-default'] },
    strict: { origins, enforce: true, methods: ['PUT'] },
    cookies: { origins, credentials: true, expose: ['x-id'] },
    everybody: { origins: '*' },
    upstream: { upstream: 'pass' },
    redirects: { origins, credentials: true, methods: ['patch', 'PATCH'] },
  },
  routes: [
    { path: '/strict', respond: 200, cors: 'strict' },
    { path: '/cookies', respond: 200, cors: 'cookies' },
    { path: '/everybody', respond: 200, cors: 'everybody' },
    { path: '/none', respond: 200, cors: false },
    { path: '/raw', proxy: 'http://127.0.0.1:9', cors: false },
    { path: '/pass', proxy: 'http://127.0.0.1:9', cors: 'upstream' },
    { path: '/old', redirect: '/cookies', cors: 'redirects' },
    { path: '/away', redirect: 'https://other.example.com/x' },
    { path: '/raw-old', redirect: '/cookies', cors: false },
    { path: '/proxied', proxy: 'http://127.0.0.1:9', cors: 'cookies' },
    { path: '/redirects', respond: 200, cors: 'redirects' },
    { path: '/inline', respond: 200, cors: { origins: 'https://other.example.com' } },
    { path: '/versions', header: { 'x-version': '2' }, respond: 202 },
    { path: '/versions', respond: 201, cors: 'everybody' },
    { host: 'api.example.com', path: '/', method: 'GET', respond: 200 },
    {
      path: '/github/*',
      guard: { target: 'https://api.github.com', allow: ['GET|PATCH /users/*'], query: { 'the key': 'secret' } },
      cors: 'redirects',
    },
    { path: '/proxy/*', guard: { hosts: 'api.example.com', requireHeader: 'x-requested-with' } },
  ],
};

function play(target: string, request: Partial<SimulatedRequest> = {}): { run: GatewaySimulation; why: string[] } {
  const result = resolveConfig(config);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  const run = simulate(result.model, {
    origin: 'https://app.example.com',
    method: 'GET',
    headers: [],
    credentials: 'same-origin',
    gateway: 'https://api.example.com',
    target,
    ...request,
  });
  const findings = explainSimulation(run, result.model, (found) => found);
  return { run, why: findings.map(({ code, path }) => `${code} ${(path ?? []).join('.')}`.trim()) };
}

describe('a simple request', () => {
  it('is sent without a preflight and read if the origin is allowed', () => {
    const { run, why } = play('/cookies?a=1', { credentials: 'include' });
    expect(run).toMatchObject({ preflight: undefined, outcome: 'readable', response: { verdict: { passed: true } } });
    expect(run.response?.answer.headers).toContainEqual(['Access-Control-Allow-Credentials', 'true']);
    expect(why).toEqual([]);
  });

  it('of another origin is sent all the same, and not read', () => {
    const { run, why } = play('/cookies', { origin: 'https://evil.example' });
    expect(run).toMatchObject({ outcome: 'blocked', response: { verdict: { passed: false } } });
    expect(why[0]).toBe('cors-refused-origin cors.cookies.origins');
  });

  it('is answered 403 where the policy enforces', () => {
    const { run, why } = play('/strict', { origin: 'https://evil.example' });
    expect(run.response?.answer.status).toBe(403);
    expect(why[0]).toBe('cors-refused-origin cors.strict.origins');
  });
});

describe('a request with a preflight', () => {
  it('is sent if the policy grants it', () => {
    const { run } = play('/strict', { method: 'PUT' });
    expect(run.need.why).toEqual([{ code: 'method', method: 'PUT' }]);
    expect(run).toMatchObject({ outcome: 'readable', preflight: { answer: { status: 204 } } });
  });

  it('is not sent otherwise, and all that is refused is said at once', () => {
    const { run, why } = play('/strict', { method: 'DELETE', headers: [['x-a', '1']] });
    expect(run).toMatchObject({ outcome: 'blocked', response: undefined });
    expect(why).toEqual(['cors-refused-method cors.strict.methods', 'cors-refused-headers cors.strict.headers']);
  });

  it('takes the route that the request would take', () => {
    expect(play('/versions', { headers: [['x-version', '2']] }).run.reached.route?.action).toMatchObject({
      status: 202,
    });
    expect(play('/versions').run.reached.route?.action).toMatchObject({ status: 201 });
  });
});

describe('credentials', () => {
  it('need a policy that allows them', () => {
    expect(play('/strict', { credentials: 'include' }).why).toEqual(['simulated-credentials cors.strict.credentials']);
    expect(play('/everybody', { credentials: 'include' }).why).toEqual([
      'simulated-wildcard-credentials cors.everybody.origins',
    ]);
    expect(play('/everybody').why).toEqual([]);
  });
});

describe('without a policy', () => {
  it("the gateway's own answers are blocked", () => {
    expect(play('/none').why).toEqual(['simulated-no-policy routes.3']);
    expect(play('/none', { method: 'PUT' }).run.outcome).toBe('blocked');
  });

  it('and with `upstream: pass` the upstream decides', () => {
    expect(play('/raw').run.outcome).toBe('upstream-decides');
    expect(play('/pass', { method: 'PUT', headers: [['x-a', '1']], credentials: 'include' })).toMatchObject({
      run: { outcome: 'upstream-decides' },
      why: ['simulated-upstream-decides routes.5'],
    });
  });
});

describe('a guard', () => {
  const guardOf = (target: string, request: Partial<SimulatedRequest> = {}): unknown =>
    play(target, request).run.response?.answer.guard;

  it('asks its target, and the secret is not told', () => {
    const { run, why } = play('/github/users/a?b=c&the+key=mine');
    expect(run.response?.answer).toMatchObject({
      status: 200,
      guard: { asks: 'https://api.github.com/users/a?b=c&the%20key=…' },
    });
    expect([run.outcome, why]).toEqual(['readable', ['simulated-guard-asks routes.15']]);
    expect(guardOf('/github/users/a', { method: 'PATCH' })).toEqual({
      asks: 'https://api.github.com/users/a?the%20key=…',
    });
  });

  it('asks the host that the URL names', () => {
    const headers = [['x-requested-with', 'x']] as const;
    const same = { origin: 'https://api.example.com', headers };
    expect(guardOf('/proxy/https://api.example.com/a?b', same)).toEqual({ asks: 'https://api.example.com/a?b' });
    expect(guardOf('/proxy/https://evil.example', same)).toMatchObject({ code: 'guard-host-refused' });
    expect(guardOf('/proxy/api.example.com', { origin: same.origin })).toMatchObject({ code: 'guard-header-missing' });
    // Over plain http browsers don't say that a GET is the page's own.
    const plain = { ...same, origin: 'http://gateway.test', gateway: 'http://gateway.test' };
    expect(guardOf('/proxy/api.example.com', plain)).toMatchObject({ code: 'guard-origin-refused' });
    expect(guardOf('/proxy/api.example.com', { ...plain, method: 'PUT' })).toMatchObject({
      asks: 'https://api.example.com/',
    });
  });

  it('refuses with an answer that the page can read', () => {
    const { run, why } = play('/github/user');
    expect(run).toMatchObject({ outcome: 'readable', response: { answer: { status: 403 } } });
    expect(why).toEqual(['simulated-guard-refused routes.15.guard']);
  });

  it('refuses other pages, of which the policy speaks already', () => {
    const { run, why } = play('/github/users/a', { origin: 'https://evil.example' });
    expect(run).toMatchObject({ outcome: 'blocked', response: { answer: { status: 403 } } });
    expect(why).toEqual(['cors-refused-origin cors.redirects.origins']);
  });

  it('leaves the preflight to the policy', () => {
    const { run, why } = play('/github/users/a', { method: 'DELETE' });
    expect(run).toMatchObject({ outcome: 'blocked', response: undefined });
    expect(why).toEqual(['cors-refused-method cors.redirects.methods']);
  });
});

describe('other ends', () => {
  it('no route: the default policy answers, and it is an error all the same', () => {
    const { run, why } = play('/nowhere');
    expect(run).toMatchObject({ outcome: 'readable', response: { answer: { status: 404 } } });
    expect(why).toEqual(['simulated-no-route']);
    expect(play('/', { method: 'POST' }).why).toEqual(['simulated-no-route']);
  });

  it('a path that is refused', () => {
    expect(play('/%6eone')).toMatchObject({ why: ['simulated-unsafe-path'], run: { outcome: 'readable' } });
    expect(play('/%6eone').run.response?.answer.status).toBe(400);
    // Browsers take dot segments out before they ask.
    expect(play('/a/../none').why).toEqual(play('/none').why);
  });

  it('a page of the same origin needs no CORS at all', () => {
    const same = { origin: 'https://api.example.com', method: 'PUT', headers: [['x-a', '1']] as const };
    expect(play('/none', same)).toMatchObject({ run: { preflight: undefined, outcome: 'readable' }, why: [] });
    expect(play('/strict', same).run.outcome).toBe('readable');
  });

  it('a redirect is followed as far as it stays here', () => {
    const { run, why } = play('/old', { credentials: 'include' });
    expect(run.hops.map(({ url }) => url)).toEqual(['https://api.example.com/old', 'https://api.example.com/cookies']);
    expect(run).toMatchObject({ outcome: 'readable', response: { answer: { status: 308 } } });
    expect(why).toEqual([]);
    // Its own policy is asked for each.
    expect(play('/old', { method: 'PUT' }).why).toEqual(['cors-refused-method cors.redirects.methods']);
    expect(play('/away').why).toEqual(['simulated-redirect routes.7']);
    expect(play('/away').run.outcome).toBe('elsewhere-decides');
  });

  it('a preflight may not be redirected', () => {
    const { run, why } = play('/raw-old', { method: 'PUT' });
    expect(run).toMatchObject({ outcome: 'blocked', failure: { step: 'preflight-status', preflight: true } });
    expect(why).toEqual(['simulated-refused routes.8']);
  });

  it('a method that the gateway does not know is refused before anything else', () => {
    const { run, why } = play('/redirects', { method: 'patch' });
    expect(run.response?.answer.status).toBe(400);
    expect(why).toEqual(['simulated-unknown-method']);
  });

  it('a page over https asks nobody without', () => {
    const { run, why } = play('/cookies', { gateway: 'http://api.example.com' });
    expect(run).toMatchObject({ outcome: 'blocked', response: undefined, failure: { step: 'mixed-content' } });
    expect(why).toEqual(['simulated-mixed-content']);
    expect(play('/cookies', { gateway: 'http://localhost:8080' }).run.outcome).toBe('readable');
  });

  it('that an upstream is taken to answer 200 is said', () => {
    expect(play('/proxied')).toMatchObject({
      run: { outcome: 'readable' },
      why: ['simulated-upstream-answers routes.9'],
    });
  });

  it('an inline policy is named by its route', () => {
    expect(play('/inline').why[0]).toBe('cors-refused-origin routes.11.cors.origins');
  });

  it('what the browser would not send is said', () => {
    expect(play('/everybody', { method: 'TRACE' }).why).toEqual(['simulated-fault']);
    expect(play('/everybody', { headers: [['host', 'x']] }).why).toEqual(['simulated-dropped']);
  });
});
