import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JwtOptions } from '../../../src/features/auth/options.ts';
import { AUDIENCE, ISSUER, publicPem, sign, signingKey, startIssuer, type Issuer } from '../../fixtures/issuer.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

const key = signingKey('k1');
const now = (): number => Math.floor(Date.now() / 1000);

let issuer: Issuer;
let upstream: TestServer;
const open: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  issuer = await startIssuer([key]);
  upstream = await serve((request, response) => response.end(JSON.stringify(request.headers)));
});
afterAll(async () => {
  await Promise.all([...open.map((each) => each.close()), issuer.close(), upstream.close()]);
});

async function start(jwt: JwtOptions, route: object = {}): Promise<TestGateway> {
  const gateway = await startGateway({
    auth: { staff: { jwt: { issuer: ISSUER, audience: AUDIENCE, ...jwt } } },
    routes: [{ proxy: `http://127.0.0.1:${upstream.port}`, auth: 'staff', ...route }],
  });
  open.push(gateway);
  return gateway;
}

const bearer = (token: string): { headers: Record<string, string> } => ({
  headers: { Authorization: `Bearer ${token}` },
});

describe('a token', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await start({ jwks: issuer.jwks, headers: { 'x-user': 'sub' } });
  });

  it('that the issuer signed lets in, and the upstream is told whose it is', async () => {
    const response = await fetch(gateway.url, bearer(await sign(key)));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ 'x-user': 'alice' });
  });

  it('is missed with a challenge that names no error', async () => {
    const response = await fetch(gateway.url);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="staff"']);
    expect(await response.json()).toMatchObject({ code: 'auth-required', title: 'The request has to show who asks' });
  });

  const other = signingKey('k1-of-somebody-else');
  it.each([
    ['token-expired', () => sign(key, { exp: now() - 60 })],
    ['token-not-yet-valid', () => sign(key, { nbf: now() + 60 })],
    ['token-wrong-audience', () => sign(key, { aud: 'https://other.example.com' })],
    ['token-wrong-audience', () => sign(key, { aud: undefined })],
    ['token-wrong-issuer', () => sign(key, { iss: 'https://evil.example' })],
    ['token-claim-missing', () => sign(key, { exp: undefined })],
    ['token-bad-signature', () => sign(other, {}, { kid: 'k1' })],
    ['token-unknown-key', () => sign(other)],
    ['token-wrong-algorithm', async () => unsigned(await sign(key))],
    ['token-malformed', () => Promise.resolve('nonsense')],
  ])('is refused as %s', async (code, make) => {
    const response = await fetch(gateway.url, bearer(await make()));
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([401, code]);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="staff", error="invalid_token", error_description="[^"]+"$/,
    );
  });
});

function unsigned(token: string): string {
  const [, payload = ''] = token.split('.');
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
}

describe('keys', () => {
  it('in PEM', async () => {
    const gateway = await start({ publicKey: publicPem(key) });
    expect((await fetch(gateway.url, bearer(await sign(key)))).status).toBe(200);
  });
});
