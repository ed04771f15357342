import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashKey } from '../../../src/cli/make-hash.ts';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import type { TestServer } from '../../fixtures/servers.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const [ACME, BETA] = ['acme_0123456789abcdefghijklmnop', 'beta_0123456789abcdefghijklmnop'];
const keys = {
  acme: { hash: hashKey(ACME), scopes: ['read', 'write'], claims: { plan: 'gold', seats: 5, tags: ['a', 'b'] } },
  beta: hashKey(BETA).toUpperCase().replace('SHA256', 'sha256'),
  old: { hash: hashKey('old_0123456789abcdefghijklmnop'), expires: '2020-01-31' },
};

const stage = new Stage();
let upstream: TestServer;

beforeAll(async () => {
  upstream = stage.keep(await startEcho());
});
afterAll(() => stage.close());

describe('an API key', () => {
  it('lets in, and the upstream is told whose it is and what is known', async () => {
    const headers = { 'x-client': 'sub', 'x-plan': 'plan', 'x-seats': 'seats', 'x-tags': 'tags', 'x-scope': 'scope' };
    const gateway = await stage.protect(upstream, { apiKey: { keys, headers } });
    const { status, echo } = await ask(gateway.url, { 'X-API-Key': ACME });
    expect(status).toBe(200);
    expect(echo.headers).toMatchObject({
      'x-api-key': ACME,
      'x-client': 'acme',
      'x-plan': 'gold',
      'x-seats': '5',
      'x-tags': 'a,b',
      'x-scope': 'read write',
    });
    const other = await ask(gateway.url, { 'X-API-Key': BETA, 'X-Plan': 'gold' });
    expect([other.echo.headers['x-client'], other.echo.headers['x-plan']]).toEqual(['beta', undefined]);
  });

  it.each([
    ['auth-required', {}],
    ['auth-required', { 'X-API-Key': '' }],
    ['api-key-invalid', { 'X-API-Key': `${ACME}x` }],
    ['api-key-invalid', { 'X-API-Key': hashKey(ACME) }],
    ['api-key-invalid', { 'X-API-Key': hashKey(ACME).slice(7) }],
    ['api-key-invalid', { 'X-API-Key': 'constructor' }],
    ['api-key-expired', { 'X-API-Key': 'old_0123456789abcdefghijklmnop' }],
  ])('is refused as %s: %j', async (code, headers) => {
    const gateway = await stage.protect(upstream, { apiKey: { keys } });
    const answer = await ask(gateway.url, headers as Record<string, string>);
    expect(answer).toMatchObject({ status: 401, code, challenge: 'ApiKey realm="it"' });
  });

  it('is read from a file, in YAML or JSON', async () => {
    const yaml = `acme: ${hashKey(ACME)}\nbeta:\n  hash: ${hashKey(BETA)}\n  claims: { plan: silver }\n`;
    const folder = makeTempFolder({ 'keys.yaml': yaml, 'keys.json': JSON.stringify(keys) });
    for (const file of ['keys.yaml', 'keys.json']) {
      const gateway = await stage.protect(upstream, { apiKey: { keys: `${folder.path}/${file}` } });
      expect((await ask(gateway.url, { 'X-API-Key': BETA })).status).toBe(200);
    }
    folder.remove();
  });
});

describe('the place of a key', () => {
  const from = ['authorization', { header: 'x-key' }, { cookie: 'key' }, { query: 'api key' }] as const;
  const requests: readonly [string, Record<string, string>][] = [
    ['/a?b=1', bearer(ACME)],
    ['/a?b=1', { 'X-Key': ACME }],
    ['/a?b=1', { Cookie: `other=1; key=${ACME}; more="x"` }],
    ['/a?b=1', { Cookie: `key="${ACME}"` }],
    [`/a?api%20key=${ACME}&b=1`, {}],
    [`/a?b=1&%61pi+key=${ACME}`, {}],
  ];

  it.each(requests)('is any of those listed: %s %j', async (path, headers) => {
    const gateway = await stage.protect(upstream, { apiKey: { keys, from } });
    expect((await ask(gateway.url + path, headers)).status).toBe(200);
    expect(
      (
        await ask(
          gateway.url + path.replace(ACME, 'x'),
          mapped(headers, (value) => value.replace(ACME, 'x')),
        )
      ).status,
    ).toBe(401);
  });

  it.each(requests)('is empty at the upstream, if that is asked for: %s %j', async (path, headers) => {
    const gateway = await stage.protect(upstream, { apiKey: { keys, from, remove: true } });
    const { status, echo } = await ask(gateway.url + path, headers);
    expect([status, JSON.stringify(echo)]).toEqual([200, expect.not.stringContaining(ACME)]);
    expect(echo.url).toBe('/a?b=1');
    if (headers['Cookie']?.includes('other') === true) expect(echo.headers['cookie']).toBe('other=1; more="x"');
    else expect(echo.headers['cookie']).toBeUndefined();
  });

  it('that is not listed says nothing', async () => {
    const gateway = await stage.protect(upstream, { apiKey: { keys, from: { header: 'x-key' } } });
    for (const [path, headers] of requests.filter((each) => !('X-Key' in each[1]))) {
      expect((await ask(gateway.url + path, headers)).code).toBe('auth-required');
    }
  });

  it.each<[string, string]>([
    ['/', `X-Key: ${ACME}\r\nX-Key: ${BETA}\r\n`],
    ['/', `Cookie: key=${ACME}; key=${BETA}\r\n`],
    ['/', `Cookie: key=${ACME}\r\nCookie: key=x\r\n`],
    [`/?api+key=${ACME}&api%20key=${BETA}`, ''],
    ['/', `Authorization: Bearer ${ACME}\r\nAuthorization: Basic YTpi\r\n`],
  ])('that says two things is refused: %s %s', async (path, fields) => {
    const gateway = await stage.protect(upstream, { apiKey: { keys, from } });
    const client = await gateway.connect();
    const answer = await client.ask(path, { fields });
    expect([answer.status, answer.problem]).toEqual([400, 'credentials-ambiguous']);
    client.reset();
  });

  it('may say the same thing twice', async () => {
    const gateway = await stage.protect(upstream, { apiKey: { keys, from } });
    expect((await ask(gateway.url, { Cookie: `key=${ACME}; key=${ACME}` })).status).toBe(200);
  });
});

function mapped(headers: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, change(value)]));
}
