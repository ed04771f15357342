import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JwksOptions } from '../../../src/features/auth/options.ts';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { AUDIENCE, ISSUER, sign, signingKey, startIssuer, type Issuer } from '../../fixtures/issuer.ts';
import { startRawUpstream } from '../../fixtures/raw-upstream.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import type { TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const [first, second, third] = [signingKey('k1'), signingKey('k2'), signingKey('k3', 'ES256')];

const hall = new Stage();
const stage = new Stage();
let upstream: TestServer;

beforeAll(async () => {
  upstream = hall.keep(await startEcho());
});
afterAll(() => hall.close());
afterEach(() => stage.close());

function protect(url: string, options: Omit<JwksOptions, 'url'> = {}): Promise<TestGateway> {
  return stage.protect(upstream, { jwt: { issuer: ISSUER, audience: AUDIENCE, jwks: { url, ...options } } });
}

async function issuerWith(...keys: Parameters<typeof startIssuer>[0]): Promise<Issuer> {
  return stage.keep(await startIssuer(keys));
}

const statusOf = async (gateway: TestGateway, token: string): Promise<number> =>
  (await ask(gateway.url, bearer(token))).status;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("the issuer's keys", () => {
  it('are fetched once, by whoever comes first, for all', async () => {
    const issuer = await issuerWith(first);
    const gateway = await protect(issuer.jwks);
    expect(issuer.asked).toBe(0);
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => sign(first, { sub: `user-${index}` })));
    const statuses = await Promise.all(tokens.map((token) => statusOf(gateway, token)));
    expect([...new Set(statuses)]).toEqual([200]);
    expect(issuer.asked).toBe(1);
    expect(issuer.server.seen[0]?.headers).toMatchObject({ accept: 'application/jwk-set+json, application/json' });
  });

  it('are fetched again for a key that is new', async () => {
    const issuer = await issuerWith(first);
    const gateway = await protect(issuer.jwks, { cooldown: '1s' });
    expect(await statusOf(gateway, await sign(first))).toBe(200);
    issuer.keys = [second, third];
    await pause(1100);
    const tokens = await Promise.all([sign(second), sign(second), sign(third)]);
    expect(await Promise.all(tokens.map((token) => statusOf(gateway, token)))).toEqual([200, 200, 200]);
    expect(issuer.asked).toBe(2);
  });

  it('are not fetched for names that somebody makes up', async () => {
    const issuer = await issuerWith(first);
    const gateway = await protect(issuer.jwks);
    expect(await statusOf(gateway, await sign(first))).toBe(200);
    const made = await Promise.all(Array.from({ length: 20 }, (_, n) => sign(second, {}, { kid: `made-up-${n}` })));
    const answers = await Promise.all(made.map((token) => ask(gateway.url, bearer(token))));
    expect(new Set(answers.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['401 token-unknown-key']));
    expect(issuer.asked).toBe(1);
  });

  it('that it took back take with them what they signed, though it is remembered', async () => {
    const issuer = await issuerWith(first, second);
    const gateway = await protect(issuer.jwks, { refresh: '1s', cooldown: '1s' });
    const [gone, stays] = await Promise.all([sign(first), sign(second)]);
    expect([await statusOf(gateway, gone), await statusOf(gateway, stays)]).toEqual([200, 200]);
    issuer.keys = [second];
    await expect.poll(() => statusOf(gateway, gone)).toBe(401);
    expect(await statusOf(gateway, stays)).toBe(200);
  });

  it("come over TLS, from an authority of one's own too, and from no other", async () => {
    const folder = makeTempFolder();
    const [own, other] = [new CertificateAuthority(folder.path, 'own'), new CertificateAuthority(folder.path, 'other')];
    const body = JSON.stringify({ keys: [first.jwk] });
    const tls = own.issue(['DNS:localhost']);
    const server = stage.keep(await serve((_, response) => response.end(body), { tls, host: 'localhost' }));
    const [trusting, wary] = await Promise.all(
      [own, other].map(({ file }) => protect(`${server.origin}/keys`, { ca: file })),
    );
    const token = await sign(first);
    expect([trusting && (await statusOf(trusting, token)), wary && (await statusOf(wary, token))]).toEqual([200, 503]);
    await expect.poll(() => wary?.lines.join('')).toContain('upstream-tls');
    folder.remove();
  });
});

describe('an issuer that is away', () => {
  it('is not missed by tokens of keys that are known, until they are too old', async () => {
    const issuer = await issuerWith(first);
    const gateway = await protect(issuer.jwks, { refresh: '1s', keep: '3s', cooldown: '1s' });
    const [known, fresh, foreign] = await Promise.all([sign(first), sign(first, { sub: 'bob' }), sign(second)]);
    expect(await statusOf(gateway, known)).toBe(200);
    const fetchedAt = performance.now();
    const comeBack = await issuer.stop();
    await pause(1200);
    expect([await statusOf(gateway, known), await statusOf(gateway, fresh)]).toEqual([200, 200]);
    const unsure = await ask(gateway.url, bearer(foreign));
    expect(unsure).toMatchObject({ status: 503, code: 'auth-unavailable', challenge: '' });
    expect(unsure.response.headers.get('retry-after')).toBe('1');
    await expect.poll(() => statusOf(gateway, known)).toBe(503);
    expect(performance.now() - fetchedAt).toBeGreaterThan(2900);
    expect(gateway.lines.filter((line) => line.includes("can't be asked for keys"))).toHaveLength(1);
    expect(gateway.lines.join('')).toMatch(
      /^warning http:\/\/127\.0\.0\.1:\d+\/keys can't be asked for keys: upstream-refused/,
    );
    expect(gateway.records.at(-1)?.upstreamFailure).toContain('upstream-refused');
    await comeBack();
    await expect.poll(() => statusOf(gateway, known)).toBe(200);
    await expect.poll(() => gateway.lines.at(-1)).toContain('can be asked for keys again');
  });

  it('when the gateway starts is asked again soon, and not by each request', async () => {
    const issuer = await issuerWith(first);
    const comeBack = await issuer.stop();
    const gateway = await protect(issuer.jwks);
    const token = await sign(first);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(gateway.url, bearer(token))));
    expect(new Set(answers.map(({ code }) => code))).toEqual(new Set(['auth-unavailable']));
    await comeBack();
    await expect.poll(() => statusOf(gateway, token)).toBe(200);
    expect(issuer.asked).toBe(1);
  });

  it('in the middle of an answer, or without one, holds nobody up for long', async () => {
    const issuer = await issuerWith(first);
    const held: ServerResponse[] = [];
    issuer.answer = (response) => {
      held.push(response);
      if (held.length > 1) response.writeHead(200).write('{"keys":[');
    };
    const gateway = await protect(issuer.jwks, { timeout: '300ms' });
    const token = await sign(first);
    for (const _ of ['silent', 'slow']) {
      const before = held.length;
      await expect.poll(async () => [await statusOf(gateway, token), held.length]).toEqual([503, before + 1]);
    }
    await expect.poll(() => gateway.lines.join('')).toMatch(/upstream-(?:head|total)-timeout/);
    issuer.answer = undefined;
    await expect.poll(() => statusOf(gateway, token)).toBe(200);
    for (const response of held) response.destroy();
  });

  it('is forgotten by a client that leaves', async () => {
    const issuer = await issuerWith(first);
    const held: ServerResponse[] = [];
    issuer.answer = (response) => held.push(response);
    const gateway = await protect(issuer.jwks);
    const client = await gateway.connect();
    client.send(`GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await sign(first)}\r\n\r\n`);
    await expect.poll(() => held.length).toBe(1);
    client.reset();
    await expect.poll(() => gateway.records.at(-1)?.aborted).toBe('client-closed');
    const before = upstream.seen.length;
    held[0]?.end(JSON.stringify({ keys: [first.jwk] }));
    expect(await statusOf(gateway, await sign(first))).toBe(200);
    expect(upstream.seen.length).toBe(before + 1);
  });
});

describe('an issuer that says something else', () => {
  const encryption = { ...second.jwk, use: 'enc' };
  const bad: readonly [string, (response: ServerResponse) => void][] = [
    ['not JSON', (response) => response.end('<!doctype html>')],
    ['not a JWK Set', (response) => response.end('{"issuer":"x"}')],
    ['not a JWK Set', (response) => response.end('null')],
    ['no key', (response) => response.end('{"keys":[]}')],
    ['no key', (response) => response.end(JSON.stringify({ keys: [encryption, { kty: 'oct', k: 'AAAA' }, 7, null] }))],
    [
      'more than 100 keys',
      (response) => response.end(JSON.stringify({ keys: Array.from({ length: 101 }, () => ({})) })),
    ],
    ['it answers 500', (response) => response.writeHead(500).end(JSON.stringify({ keys: [second.jwk] }))],
    ['it answers 302', (response) => response.writeHead(302, { Location: '/other' }).end()],
    ['too-large', (response) => response.writeHead(200, { 'Content-Length': 300_000 }).end(' '.repeat(300_000))],
    ['too-large', (response) => response.end(' '.repeat(300_000))],
    ['upstream-reset', (response) => response.destroy()],
    [
      'upstream-reset',
      (response) => void response.writeHead(200, { 'Content-Length': 10 }).write('{', () => response.destroy()),
    ],
  ];

  it.each(bad)('(%s) leaves the keys as they were', async (reason, answer) => {
    const issuer = await issuerWith(first);
    const gateway = await protect(issuer.jwks, { refresh: '1s', cooldown: '1s', timeout: '2s' });
    const [right, other] = await Promise.all([sign(first), sign(second)]);
    expect(await statusOf(gateway, right)).toBe(200);
    issuer.answer = answer;
    await pause(1100);
    expect((await ask(gateway.url, bearer(other))).code).toBe('auth-unavailable');
    expect(await statusOf(gateway, right)).toBe(200);
    await expect.poll(() => gateway.lines.join('')).toContain(reason);
  });

  it('(not HTTP) leaves nobody in', async () => {
    const server = stage.keep(
      await startRawUpstream(async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}');
      }),
    );
    const gateway = await protect(`${server.url}/keys`);
    expect((await ask(gateway.url, bearer(await sign(first)))).code).toBe('auth-unavailable');
    await expect.poll(() => gateway.lines.join('')).toContain('upstream-malformed');
  });

  it('uses those of its keys that can be used', async () => {
    const issuer = await issuerWith(first);
    const all = [{ kty: 'XYZ' }, encryption, { ...third.jwk, crv: 'P-999' }, first.jwk];
    issuer.answer = (response) => response.end(JSON.stringify({ keys: all }));
    const gateway = await protect(issuer.jwks);
    expect(await statusOf(gateway, await sign(first))).toBe(200);
    expect(await statusOf(gateway, await sign(second))).toBe(401);
  });
});
