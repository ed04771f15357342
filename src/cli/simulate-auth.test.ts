import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicPem, sign, signingKey, AUDIENCE, ISSUER } from '../../test/fixtures/issuer.ts';
import { startGateway, type TestGateway } from '../../test/fixtures/start-gateway.ts';
import { resolveConfig, type Config, type Model } from '../config/index.ts';
import { explainSimulation } from './explain-simulation.ts';
import { simulate } from './simulate.ts';
import type { GatewaySimulation } from './simulation.ts';

const key = signingKey('simulated');
const ORIGIN = 'https://app.example.com';
const config: Config = {
  cors: {
    default: { origins: [ORIGIN], headers: ['authorization', 'x-api-key'], methods: ['DELETE'], credentials: true },
  },
  auth: {
    default: { any: ['staff', 'partners', 'people'] },
    staff: {
      jwt: { issuer: ISSUER, audience: AUDIENCE, publicKey: publicPem(key), from: ['authorization', { cookie: 's' }] },
    },
    // Of the key `partner-key-of-some-length`.
    partners: {
      apiKey: {
        keys: {
          acme: {
            hash: 'sha256:4e6fb7b6e9d3bb2ec6a4ee3f6d0c4c50ba9e9c1c8f3f9f2ed5e9d3c1c1c1c1c1',
            scopes: ['read'],
          },
        },
      },
    },
    people: {
      basic: {
        users: {
          alice: '$scrypt$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        },
      },
    },
    portal: { forward: { to: 'http://127.0.0.1:9' } },
  },
  routes: [
    { path: '/api/*', respond: 204, auth: { methods: { GET: { anonymous: true }, DELETE: { scopes: 'admin' } } } },
    { path: '/open', respond: 204, auth: false },
    { path: '/portal', respond: 204, auth: 'portal' },
  ],
};

let model: Model;
let gateway: TestGateway;

beforeAll(async () => {
  const result = resolveConfig(config);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  ({ model } = result);
  gateway = await startGateway(config);
});
afterAll(() => gateway.close());

type Lines = readonly (readonly [string, string])[];

function play(
  target: string,
  {
    method = 'GET',
    headers = [],
    credentials = 'omit' as 'omit' | 'include',
  }: Partial<{ method: string; headers: Lines; credentials: 'omit' | 'include' }> = {},
): { run: GatewaySimulation; why: string[] } {
  const run = simulate(model, {
    origin: ORIGIN,
    method,
    headers,
    credentials,
    gateway: 'https://api.example.com',
    target,
  });
  return {
    run,
    why: explainSimulation(run, model, (found) => found).map(({ code, data }) =>
      `${code} ${String(data['code'] ?? '')}`.trim(),
    ),
  };
}

describe('a simulated request to a route with `auth`', () => {
  it('without credentials is answered 401, which the page reads with its challenges', () => {
    const { run, why } = play('/api/items', { method: 'DELETE' });
    expect(run).toMatchObject({
      outcome: 'readable',
      preflight: { answer: { status: 204 } },
      response: { answer: { status: 401 } },
    });
    expect(run.exposed).toContain('www-authenticate');
    expect(why).toEqual(['simulated-feature-refuses auth-required']);
  });

  it('passes where the method may be asked by anybody, or the route', () => {
    expect(play('/api/items')).toMatchObject({ run: { response: { answer: { status: 204 } } }, why: [] });
    expect(play('/open', { method: 'DELETE' })).toMatchObject({
      run: { response: { answer: { status: 204 } } },
      why: [],
    });
  });

  it('with a service that decides is taken to pass, and that is said', () => {
    expect(play('/portal').why).toEqual(['simulated-feature-assumes']);
  });

  const now = Math.floor(Date.now() / 1000);
  it.each<[string, () => Promise<Lines>, number, string]>([
    [
      'a token without the scope',
      async () => bearer(await sign(key)),
      403,
      'simulated-feature-refuses insufficient-scope',
    ],
    ['a token with it', async () => bearer(await sign(key, { scope: 'x admin' })), 204, 'simulated-feature-assumes'],
    [
      'an old token',
      async () => bearer(await sign(key, { exp: now - 60 })),
      401,
      'simulated-feature-refuses token-expired',
    ],
    [
      'an early token',
      async () => bearer(await sign(key, { nbf: now + 60 })),
      401,
      'simulated-feature-refuses token-not-yet-valid',
    ],
    [
      "another API's token",
      async () => bearer(await sign(key, { aud: 'x' })),
      401,
      'simulated-feature-refuses token-wrong-audience',
    ],
    [
      "another issuer's token",
      async () => bearer(await sign(key, { iss: 'x' })),
      401,
      'simulated-feature-refuses token-wrong-issuer',
    ],
    [
      'an endless token',
      async () => bearer(await sign(key, { exp: undefined })),
      401,
      'simulated-feature-refuses token-claim-missing',
    ],
    ['no token', () => Promise.resolve(bearer('nonsense')), 401, 'simulated-feature-refuses token-malformed'],
    ['a wrong key', () => Promise.resolve([['x-api-key', 'guess']]), 401, 'simulated-feature-refuses api-key-invalid'],
    ['a stranger', () => Promise.resolve(basic('bob:x')), 401, 'simulated-feature-refuses password-invalid'],
  ])('with %s is answered as the gateway answers it', async (_, make, status, why) => {
    const headers = await make();
    const { run, why: found } = play('/api/items', { method: 'DELETE', headers });
    expect([run.response?.answer.status, found]).toEqual([status, [why]]);
    const real = await fetch(`${gateway.url}/api/items`, {
      method: 'DELETE',
      headers: headers.map(([...line]) => line),
    });
    expect(real.status).toBe(status);
    if (status !== 204) expect(((await real.json()) as { code: string }).code).toBe(why.split(' ')[1]);
  });

  it('takes a browser that sends cookies to have the right one', () => {
    expect(play('/api/items', { method: 'POST', credentials: 'include' }).why).toEqual(['simulated-feature-assumes']);
  });
});

function bearer(token: string): Lines {
  return [['authorization', `Bearer ${token}`]];
}

function basic(text: string): Lines {
  return [['authorization', `Basic ${Buffer.from(text).toString('base64')}`]];
}
