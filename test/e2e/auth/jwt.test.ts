import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SignJWT } from 'jose';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import { AUDIENCE, ISSUER, publicPem, sign, signingKey, startIssuer, type Issuer } from '../../fixtures/issuer.ts';
import type { TestServer } from '../../fixtures/servers.ts';
import type { TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const key = signingKey('k1');
const now = (): number => Math.floor(Date.now() / 1000);
const names = { issuer: ISSUER, audience: AUDIENCE };

const stage = new Stage();
let issuer: Issuer;
let upstream: TestServer;

beforeAll(async () => {
  issuer = stage.keep(await startIssuer([key]));
  upstream = stage.keep(await startEcho());
});
afterAll(() => stage.close());

describe('a token', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const headers = { 'x-user': 'sub', 'X-Roles': 'realm_access.roles', 'x-name': 'name' };
    gateway = await stage.protect(upstream, { jwt: { ...names, jwks: issuer.jwks, headers } });
  });

  it('that the issuer signed lets in, and the upstream is told whose it is', async () => {
    const token = await sign(key, { realm_access: { roles: ['ops', 'a,b'] }, name: 'Zoë 100%' });
    for (const _ of ['verified', 'remembered']) {
      const { status, echo } = await ask(gateway.url, bearer(token));
      expect(status).toBe(200);
      expect(echo.headers).toMatchObject({
        'x-user': 'alice',
        'x-roles': 'ops,a%2Cb',
        'x-name': 'Zo%C3%AB 100%25',
        authorization: `Bearer ${token}`,
      });
    }
  });

  it('in other clothes is the same: the scheme in any case', async () => {
    const token = await sign(key);
    expect((await ask(gateway.url, { Authorization: `bEARER  ${token}` })).status).toBe(200);
  });

  it('is missed with a challenge that names no error', async () => {
    for (const headers of [{}, { Authorization: 'Basic YTpi' }, { Authorization: 'Bearer' }]) {
      const answer = await ask(gateway.url, headers);
      expect(answer).toMatchObject({ status: 401, code: 'auth-required', challenge: 'Bearer realm="it"' });
    }
  });

  const other = signingKey('k1-of-somebody-else');
  const elliptic = signingKey('k2', 'ES256');
  it.each<[string, string, () => Promise<string>]>([
    ['token-expired', 'The token expired at ', () => sign(key, { exp: now() - 60 })],
    ['token-not-yet-valid', 'The token is not valid before ', () => sign(key, { nbf: now() + 60 })],
    ['token-wrong-audience', 'another audience', () => sign(key, { aud: 'https://other.example.com' })],
    ['token-wrong-audience', 'another audience', () => sign(key, { aud: undefined })],
    ['token-wrong-audience', 'another audience', () => sign(key, { aud: { 0: AUDIENCE } })],
    ['token-wrong-issuer', 'another issuer', () => sign(key, { iss: 'https://login.example.com' })],
    ['token-wrong-issuer', 'another issuer', () => sign(key, { iss: [ISSUER] })],
    ['token-claim-missing', 'no claim exp', () => sign(key, { exp: undefined })],
    ['token-malformed', 'is not a time', () => sign(key, { exp: '2100-01-01' })],
    ['token-bad-signature', "not the issuer's", () => sign(other, {}, { kid: 'k1' })],
    ['token-bad-signature', "not the issuer's", async () => tampered(await sign(key))],
    ['token-unknown-key', 'does not have', () => sign(other)],
    ['token-unknown-key', 'does not have', () => sign(elliptic)],
    ['token-wrong-algorithm', 'not accepted', async () => unsigned(await sign(key))],
    ['token-wrong-algorithm', 'not accepted', () => Promise.resolve(confused())],
    ['token-malformed', 'not a signed JWT', () => Promise.resolve('nonsense')],
    ['token-malformed', 'not a signed JWT', () => Promise.resolve('a.b.c.d.e')],
    ['token-malformed', 'not a signed JWT', async () => `${await sign(key)} and more`],
    ['token-wrong-algorithm', 'not supported', () => critical()],
  ])('is refused as %s: %s', async (code, detail, make) => {
    const token = await make();
    const answer = await ask(gateway.url, bearer(token));
    expect(answer).toMatchObject({ status: 401, code });
    expect(answer.detail).toContain(detail);
    const description = answer.detail.slice(0, -1);
    expect(answer.challenge).toBe(`Bearer realm="it", error="invalid_token", error_description="${description}"`);
    expect(upstream.seen.some(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(false);
  });

  it('is refused where there are two: nobody knows which one the upstream would read', async () => {
    const client = await gateway.connect();
    const token = await sign(key);
    const answer = await client.ask('/', { fields: `Authorization: Bearer ${token}\r\nAuthorization: Bearer x\r\n` });
    expect([answer.status, answer.problem]).toEqual([400, 'credentials-ambiguous']);
    client.reset();
  });

  it('is good for as long as it says, though it is remembered', async () => {
    const strict = await stage.protect(upstream, { jwt: { ...names, jwks: issuer.jwks, clockSkew: 0 } });
    const token = await sign(key, { exp: now() + 3 });
    expect((await ask(strict.url, bearer(token))).status).toBe(200);
    await expect.poll(async () => (await ask(strict.url, bearer(token))).code).toBe('token-expired');
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(JSON.parse(payloadOf(token)).exp);
  });

  it('of an hour is taken as long as clocks may differ', async () => {
    const patient = await stage.protect(upstream, { jwt: { ...names, jwks: issuer.jwks, clockSkew: '5m' } });
    expect((await ask(patient.url, bearer(await sign(key, { exp: now() - 200 })))).status).toBe(200);
    expect((await ask(patient.url, bearer(await sign(key, { nbf: now() + 200 })))).status).toBe(200);
    expect((await ask(patient.url, bearer(await sign(key, { exp: now() - 400 })))).status).toBe(401);
  });
});

describe('what a token has to be', () => {
  it('is of a type, from one of several issuers, for one of several audiences, and says what is asked', async () => {
    const gateway = await stage.protect(upstream, {
      jwt: {
        issuer: [ISSUER, 'https://old.example.com/'],
        audience: [AUDIENCE, 'api'],
        publicKey: publicPem(key),
        type: 'at+jwt',
        requireClaims: ['sub', 'client_id'],
      },
    });
    const right = { iss: 'https://old.example.com/', aud: ['x', 'api'], client_id: 'web' };
    const typ = { typ: 'at+jwt' };
    const codeOf = async (token: Promise<string>): Promise<string> =>
      (await ask(gateway.url, bearer(await token))).code;
    expect(await codeOf(sign(key, right, typ))).toBe('');
    expect(await codeOf(sign(key, right, { typ: 'application/at+jwt' }))).toBe('');
    expect(await codeOf(sign(key, right))).toBe('token-wrong-type');
    expect(await codeOf(sign(key, { ...right, client_id: undefined }, typ))).toBe('token-claim-missing');
    expect(await codeOf(sign(key, { ...right, iss: 'https://new.example.com/' }, typ))).toBe('token-wrong-issuer');
  });

  it('is for anybody only where that is spelled out', async () => {
    const gateway = await stage.protect(upstream, {
      jwt: { publicKey: publicPem(key), dangerouslyAllowAnyIssuer: true, dangerouslyAllowAnyAudience: true },
    });
    expect((await ask(gateway.url, bearer(await sign(key, { iss: 'x', aud: undefined })))).status).toBe(200);
  });
});

describe('keys', () => {
  const all = ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'EdDSA'].map((alg) => signingKey(`key-${alg}`, alg));

  it.each(all)('of the algorithm $alg, in PEM, in a file, and from the issuer', async (each) => {
    const folder = makeTempFolder({ 'key.pem': publicPem(each), 'keys.json': JSON.stringify({ keys: [each.jwk] }) });
    const own = stage.keep(await startIssuer([each]));
    const token = await sign(each);
    for (const keys of [
      { publicKey: publicPem(each) },
      { publicKey: `${folder.path}/key.pem` },
      { jwks: `${folder.path}/keys.json` },
      { jwks: own.jwks },
    ]) {
      const gateway = await stage.protect(upstream, { jwt: { ...names, ...keys } });
      expect((await ask(gateway.url, bearer(token))).status).toBe(200);
    }
    folder.remove();
  });

  it('without names are all tried', async () => {
    const [first, second] = [signingKey('a'), signingKey('b')];
    const gateway = await stage.protect(upstream, {
      jwt: { ...names, publicKey: [publicPem(first), publicPem(second)] },
    });
    expect((await ask(gateway.url, bearer(await sign(second, {}, { kid: '' })))).status).toBe(200);
    expect((await ask(gateway.url, bearer(await sign(first)))).status).toBe(200);
    expect((await ask(gateway.url, bearer(await sign(key)))).code).toBe('token-bad-signature');
    expect((await ask(gateway.url, bearer(await sign(second, { exp: 1 })))).code).toBe('token-expired');
  });

  it('take only the algorithms that the config names', async () => {
    const gateway = await stage.protect(upstream, {
      jwt: { ...names, publicKey: publicPem(key), algorithms: 'PS256' },
    });
    expect((await ask(gateway.url, bearer(await sign(key, {}, { alg: 'PS256' })))).status).toBe(200);
    expect((await ask(gateway.url, bearer(await sign(key)))).code).toBe('token-wrong-algorithm');
  });

  it('that are secret', async () => {
    const secret = 'a secret of thirty-two bytes or more';
    const token = (alg: string, by = secret): Promise<string> =>
      new SignJWT({ sub: 'alice', exp: now() + 60 }).setProtectedHeader({ alg }).sign(Buffer.from(by));
    for (const jwt of [{ secret }, { secretBase64: Buffer.from(secret).toString('base64url') }]) {
      const gateway = await stage.protect(upstream, { jwt });
      expect((await ask(gateway.url, bearer(await token('HS256')))).status).toBe(200);
      expect((await ask(gateway.url, bearer(await token('HS256', `${secret}!`)))).code).toBe('token-bad-signature');
      expect((await ask(gateway.url, bearer(await token('HS512')))).code).toBe('token-wrong-algorithm');
      expect((await ask(gateway.url, bearer(await sign(key)))).code).toBe('token-wrong-algorithm');
    }
  });
});

function payloadOf(token: string): string {
  return Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
}

function unsigned(token: string): string {
  return `${encode({ alg: 'none' })}.${token.split('.')[1] ?? ''}.`;
}

function tampered(token: string): string {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${encode({ ...(JSON.parse(payloadOf(token)) as object), sub: 'root' })}.${signature}`;
}

/** Signed with the public key, as if that were a secret. */
function confused(): string {
  const signed = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode({ iss: ISSUER, aud: AUDIENCE, exp: now() + 60 })}`;
  return `${signed}.${createHmac('sha256', publicPem(key)).update(signed).digest('base64url')}`;
}

/** With an extension that must be understood (RFC 7515 §4.1.11), and isn't. */
async function critical(): Promise<string> {
  const token = await sign(key);
  const [, payload = '', signature = ''] = token.split('.');
  return `${encode({ alg: 'RS256', kid: 'k1', crit: ['x'], x: 1 })}.${payload}.${signature}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
