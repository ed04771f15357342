import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashKey } from '../../../src/cli/make-hash.ts';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import { AUDIENCE, ISSUER, publicPem, sign, signingKey } from '../../fixtures/issuer.ts';
import { startGateway as startLogging } from '../../fixtures/servers.ts';
import type { TestServer } from '../../fixtures/servers.ts';

const key = signingKey('k1');
const KEY = 'acme-0123456789-abcdefghijklmnop';
const WRONG = 'nope-0123456789-abcdefghijklmnop';

const hall = new Stage();
const stage = new Stage();
let upstream: TestServer;

beforeAll(async () => {
  upstream = hall.keep(await startEcho());
});
afterAll(() => hall.close());
afterEach(() => stage.close());

describe('the log', () => {
  it.each(['text', 'json', 'combined'] as const)('(%s) holds no secret, wherever it was shown', async (format) => {
    const staff = {
      jwt: {
        issuer: ISSUER,
        audience: AUDIENCE,
        publicKey: publicPem(key),
        from: ['authorization', { query: 'ticket' }, { header: 'x-sesame' }],
      },
    } as const;
    const partners = {
      apiKey: {
        keys: { acme: hashKey(KEY) },
        from: [{ header: 'x-sesame' }, { query: 'open sesame' }, { cookie: 'sesame' }],
      },
    } as const;
    const gateway = stage.keep(
      await startLogging({
        log: { format, query: true, headers: ['authorization', 'x-sesame', 'cookie', 'user-agent'] },
        explain: true,
        auth: { staff, partners, both: { any: ['staff', 'partners'] } },
        routes: [{ proxy: `http://127.0.0.1:${upstream.port}`, auth: 'both' }],
      }),
    );
    const [right, wrong] = [await sign(key), await sign(signingKey('k2'))];
    const secrets = [right, wrong, KEY, WRONG];
    const shown: [string, Record<string, string>][] = [];
    for (const secret of secrets) {
      shown.push(['/', bearer(secret)], ['/', { 'X-Sesame': secret }], ['/', { Cookie: `sesame=${secret}` }]);
      shown.push(
        [`/?a=1&ticket=${secret}`, {}],
        [`/?open%20sesame=${secret}&a=1`, {}],
        [`/?OPEN+sesame=${secret}`, {}],
      );
    }
    for (const [path, headers] of shown) await ask(`http://127.0.0.1:${gateway.port}${path}`, headers);
    await expect.poll(() => gateway.log().split('\n').filter(Boolean)).toHaveLength(shown.length);
    const text = gateway.log() + JSON.stringify(gateway.records);
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(gateway.log()).toContain(format === 'combined' ? ' 401 ' : 'api-key-invalid');
  });

  it('says what was wrong with a token', async () => {
    const gateway = await stage.protect(upstream, {
      jwt: { issuer: ISSUER, audience: AUDIENCE, publicKey: publicPem(key) },
    });
    await ask(gateway.url, bearer(await sign(key, { exp: 1 })));
    expect(gateway.records[0]).toMatchObject({ status: 401, problem: 'token-expired', upstream: undefined });
  });
});
