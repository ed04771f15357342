import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashKey } from '../../../src/cli/make-hash.ts';
import { ask, bearer, Stage, startEcho } from '../../fixtures/auth.ts';
import { AUDIENCE, ISSUER, publicPem, sign, signingKey } from '../../fixtures/issuer.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

const key = signingKey('k1');
const KEY = 'acme_0123456789abcdefghijklmnop';
const staff = {
  jwt: {
    issuer: ISSUER,
    audience: AUDIENCE,
    publicKey: publicPem(key),
    headers: { 'x-user': 'sub', 'x-email': 'email' },
    remove: true,
  },
} as const;
const partners = {
  apiKey: { keys: { acme: { hash: hashKey(KEY), scopes: ['read'] } }, headers: { 'X-Client': 'sub' } },
};

const stage = new Stage();
let upstream: TestServer;
let proxy: string;

beforeAll(async () => {
  upstream = stage.keep(await startEcho());
  proxy = `http://127.0.0.1:${upstream.port}`;
});
afterAll(() => stage.close());

describe('which routes ask', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = stage.keep(
      await startGateway({
        auth: { default: staff, partners },
        routes: [
          { path: '/default', proxy },
          { path: '/other', proxy, auth: 'partners' },
          { path: '/open', proxy, auth: false },
          { path: '/half', proxy, auth: { anonymous: true } },
          { path: '/secret', respond: { body: 'secret' } },
        ],
      }),
    );
  });

  it.each([
    ['/default', 401],
    ['/other', 401],
    ['/open', 200],
    ['/half', 200],
    ['/secret', 401],
    ['/nowhere', 404],
  ])('%s without credentials: %i', async (path, status) => {
    const answer = await ask(gateway.url + path);
    expect(answer.status).toBe(status);
    expect(await ask(gateway.url + path, {}, { method: 'HEAD' })).toMatchObject({ status });
  });

  it('each takes what it asks for, and nothing else', async () => {
    const token = await sign(key);
    const keyed = { 'X-API-Key': KEY };
    const statuses = async (headers: Record<string, string>): Promise<number[]> =>
      Promise.all(
        ['/default', '/other', '/half', '/secret'].map(async (path) => (await ask(gateway.url + path, headers)).status),
      );
    expect(await statuses(bearer(token))).toEqual([200, 401, 200, 200]);
    expect(await statuses(keyed)).toEqual([401, 200, 200, 401]);
    expect(await statuses(bearer(`${token}x`))).toEqual([401, 401, 401, 401]);
  });

  it("an OPTIONS that is no page's preflight is asked like any, and one that pretends to be is, too", async () => {
    const preflight = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'GET' };
    for (const headers of [{}, preflight]) {
      expect((await ask(`${gateway.url}/secret`, headers, { method: 'OPTIONS' })).status).toBe(401);
    }
  });
});

describe('headers that say who asks', () => {
  const spoofs = [
    'X-User: root\r\n',
    'x-user: root\r\n',
    'X_User: root\r\n',
    'x_email: root\r\n',
    'X-CLIENT: root\r\n',
    'X-User: root\r\nX-User: root\r\n',
    'X-User:root\r\nConnection: x-user\r\n',
    'X.User: root\r\n',
  ];
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = stage.keep(
      await startGateway({
        auth: { staff, partners },
        routes: [
          { path: '/staff', proxy, auth: 'staff' },
          { path: '/partners', proxy, auth: 'partners' },
          { path: '/half', proxy, auth: { use: 'staff', anonymous: true } },
          { path: '/open', proxy, auth: false },
          { path: '/plain', proxy },
        ],
      }),
    );
  });

  it.each(spoofs)('%j says nothing, on any route', async (spoof) => {
    const client = await gateway.connect();
    const token = await sign(key);
    const credentials = `Authorization: Bearer ${token}\r\nX-API-Key: ${KEY}\r\n`;
    for (const path of ['/staff', '/partners', '/half', '/open', '/plain']) {
      for (const fields of path === '/staff' || path === '/partners' ? [credentials] : [credentials, '']) {
        const answer = await client.ask(path, { fields: spoof + fields });
        expect([answer.status, answer.body.text]).toEqual([200, expect.not.stringContaining('root')]);
      }
    }
    client.reset();
  });

  it("are not taken off because the client's Connection names them", async () => {
    const client = await gateway.connect();
    const fields = `Connection: X-User, X-Client, close\r\nAuthorization: Bearer ${await sign(key)}\r\n`;
    const answer = await client.ask('/staff', { fields });
    expect(JSON.parse(answer.body.text)).toMatchObject({ headers: { 'x-user': 'alice' } });
    client.reset();
  });

  it('say nothing in trailers either', async () => {
    const { port } = stage.keep(await startTrailerEcho());
    const trailing = stage.keep(
      await startGateway({ auth: { staff, partners }, routes: [{ proxy: `http://127.0.0.1:${port}`, auth: false }] }),
    );
    const sender = await trailing.connect();
    const trailers = 'X-User: root\r\nX_Email: root\r\nX-Checksum: 1\r\n';
    const answer = await sender.ask('/', {
      method: 'POST',
      fields: 'Transfer-Encoding: chunked\r\n',
      body: `1\r\na\r\n0\r\n${trailers}\r\n`,
    });
    expect(JSON.parse(answer.body.text)).toEqual({ 'x-checksum': '1' });
    sender.reset();
  });

  it('leave others as they are', async () => {
    const { echo } = await ask(`${gateway.url}/open`, {
      'X-Users': 'a',
      'X-User-Id': 'b',
      User: 'c',
      Authorization: 'Bearer d',
    });
    expect(echo.headers).toMatchObject({ 'x-users': 'a', 'x-user-id': 'b', user: 'c', authorization: 'Bearer d' });
  });

  it('are nowhere where the config has no auth', async () => {
    const plain = stage.keep(await startGateway({ routes: [{ proxy }] }));
    expect((await ask(plain.url, { 'X-User': 'me' })).echo.headers['x-user']).toBe('me');
  });
});

describe('rules', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = stage.keep(
      await startGateway({
        auth: { default: staff, partners },
        routes: [
          {
            path: '/items/*',
            proxy,
            auth: {
              methods: {
                GET: { anonymous: true },
                POST: { scopes: 'items:write' },
                DELETE: {
                  scopes: ['items:write', 'items:delete'],
                  claims: { role: ['admin', 'owner'], level: 3, staff: true },
                },
              },
            },
          },
          {
            path: '/nested',
            proxy,
            auth: { claims: { 'realm_access.roles': 'ops', 'https://x.example/tenant': 'acme' } },
          },
          { path: '/keys', proxy, auth: { use: 'partners', scopes: 'read', methods: { PUT: { scopes: 'write' } } } },
        ],
      }),
    );
  });

  const act = async (method: string, claims: object | undefined): Promise<string> => {
    const headers = claims === undefined ? {} : bearer(await sign(key, { ...claims }));
    const { status, code } = await ask(`${gateway.url}/items/1`, headers, { method });
    return `${status} ${code}`.trim();
  };

  it('are for methods', async () => {
    expect(await act('GET', undefined)).toBe('200');
    expect(await act('HEAD', undefined)).toBe('200');
    expect(await act('PUT', undefined)).toBe('401 auth-required');
    expect(await act('PUT', {})).toBe('200');
    expect(await act('POST', undefined)).toBe('401 auth-required');
    expect(await act('POST', {})).toBe('403 insufficient-scope');
    expect(await act('POST', { scope: 'items:writer' })).toBe('403 insufficient-scope');
    expect(await act('POST', { scope: 'a items:write' })).toBe('200');
    expect(await act('POST', { scp: ['items:write'] })).toBe('200');
    // The first claim that is there is the one.
    expect(await act('POST', { scope: '', scp: ['items:write'] })).toBe('403 insufficient-scope');
  });

  const enough = { scope: 'items:delete items:write', role: 'owner', level: 3, staff: true };
  it.each([
    ['200', enough],
    ['200', { ...enough, role: ['guest', 'admin'] }],
    ['403 insufficient-scope', { ...enough, scope: 'items:write' }],
    ['403 insufficient-scope', { ...enough, role: 'guest' }],
    ['403 insufficient-scope', { ...enough, role: undefined }],
    ['403 insufficient-scope', { ...enough, role: { admin: true } }],
    ['403 insufficient-scope', { ...enough, level: '3' }],
    ['403 insufficient-scope', { ...enough, staff: false }],
    ['403 insufficient-scope', { ...enough, staff: 'true' }],
  ])('%s to claims %j', async (expected, claims) => {
    expect(await act('DELETE', claims)).toBe(expected);
  });

  it('say what is missing, for people and programs', async () => {
    const answer = await ask(`${gateway.url}/items/1`, bearer(await sign(key, { scope: 'items:write' })), {
      method: 'DELETE',
    });
    expect(answer.detail).toBe('This needs the scope items:delete.');
    expect(answer.challenge).toBe(
      'Bearer realm="default", error="insufficient_scope", error_description="This needs the scope items:delete", scope="items:write items:delete"',
    );
  });

  it('find claims by their path, or by a name that has dots', async () => {
    const claims = { realm_access: { roles: ['dev', 'ops'] }, 'https://x.example/tenant': 'acme' };
    expect((await ask(`${gateway.url}/nested`, bearer(await sign(key, claims)))).status).toBe(200);
    const other = { 'realm_access.roles': 'ops', 'https://x': { 'example/tenant': 'acme' } };
    expect((await ask(`${gateway.url}/nested`, bearer(await sign(key, other)))).status).toBe(200);
    expect((await ask(`${gateway.url}/nested`, bearer(await sign(key, { realm_access: 'ops' })))).status).toBe(403);
  });

  it('are for keys too, and those of a method come on top', async () => {
    expect((await ask(`${gateway.url}/keys`, { 'X-API-Key': KEY })).status).toBe(200);
    expect((await ask(`${gateway.url}/keys`, { 'X-API-Key': KEY }, { method: 'PUT' })).status).toBe(403);
  });
});

describe('definitions together', () => {
  const lines = { token: () => sign(key), wrong: () => sign(key, { aud: 'x' }), none: () => Promise.resolve('') };

  async function outcome(url: string, token: keyof typeof lines, apiKey: string): Promise<string> {
    const made = await lines[token]();
    const headers = { ...(made === '' ? {} : bearer(made)), ...(apiKey === '' ? {} : { 'X-API-Key': apiKey }) };
    const { status, code, echo } = await ask(url, headers);
    const who = [echo.headers['x-user'], echo.headers['x-client']].filter(Boolean).join('+');
    return `${status} ${code}${who}`;
  }

  it('any: the first that lets in; else the first that says what is wrong', async () => {
    const gateway = await stage.protect(upstream, { any: ['staff', 'partners'] }, { auth: { staff, partners } });
    expect(await outcome(gateway.url, 'token', '')).toBe('200 alice');
    expect(await outcome(gateway.url, 'none', KEY)).toBe('200 acme');
    expect(await outcome(gateway.url, 'token', KEY)).toBe('200 alice');
    expect(await outcome(gateway.url, 'wrong', KEY)).toBe('200 acme');
    expect(await outcome(gateway.url, 'wrong', 'x')).toBe('401 token-wrong-audience');
    expect(await outcome(gateway.url, 'none', 'x')).toBe('401 api-key-invalid');
    expect(await outcome(gateway.url, 'none', '')).toBe('401 auth-required');
    expect((await ask(gateway.url)).challenge).toBe('Bearer realm="staff", ApiKey realm="partners"');
  });

  it('all: each has to let in', async () => {
    const gateway = await stage.protect(upstream, { all: ['staff', 'partners'] }, { auth: { staff, partners } });
    expect(await outcome(gateway.url, 'token', KEY)).toBe('200 alice+acme');
    expect(await outcome(gateway.url, 'token', '')).toBe('401 auth-required');
    expect(await outcome(gateway.url, 'none', KEY)).toBe('401 auth-required');
    expect(await outcome(gateway.url, 'token', 'x')).toBe('401 api-key-invalid');
    expect(await outcome(gateway.url, 'wrong', KEY)).toBe('401 token-wrong-audience');
    expect(await outcome(gateway.url, 'none', '')).toBe('401 auth-required');
    expect((await ask(gateway.url, { 'X-API-Key': KEY })).challenge).toBe('Bearer realm="staff"');
  });

  it('all, or nothing for anonymous requests: some is not enough', async () => {
    const route = { auth: { use: 'it', anonymous: true } };
    const gateway = await stage.protect(upstream, { all: ['staff', 'partners'] }, { auth: { staff, partners }, route });
    expect(await outcome(gateway.url, 'none', '')).toBe('200 ');
    expect(await outcome(gateway.url, 'token', '')).toBe('401 auth-required');
  });

  it('are nested, and scopes of all count', async () => {
    const other = {
      apiKey: {
        keys: { ops: { hash: hashKey('ops_0123456789abcdefghijklmnop'), scopes: ['ops'] } },
        from: { header: 'x-ops' },
      },
    };
    const gateway = await stage.protect(
      upstream,
      { any: ['both', 'ops'] },
      {
        auth: { staff, partners, ops: other, both: { all: ['staff', 'partners'] } },
        route: { auth: { use: 'it', methods: { GET: { scopes: 'read' } } } },
      },
    );
    const token = bearer(await sign(key));
    expect((await ask(gateway.url, { ...token, 'X-API-Key': KEY })).status).toBe(200);
    expect((await ask(gateway.url, { 'X-Ops': 'ops_0123456789abcdefghijklmnop' })).status).toBe(403);
    expect((await ask(gateway.url, { 'X-Ops': 'ops_0123456789abcdefghijklmnop' }, { method: 'POST' })).status).toBe(
      200,
    );
    expect((await ask(gateway.url, token, { method: 'POST' })).status).toBe(401);
  });

  it('ask a service last, and only where it can make a difference', async () => {
    const asked: string[] = [];
    const service = stage.keep(
      await serve((request, response) => {
        asked.push(String(request.headers['x-forwarded-uri']));
        response.writeHead(request.headers.cookie === undefined ? 418 : 200).end();
      }),
    );
    const portal = { forward: { to: `http://127.0.0.1:${service.port}` } };
    const config = { auth: { staff, partners, portal } };
    const either = await stage.protect(upstream, { any: ['partners', 'portal'] }, config);
    expect((await ask(`${either.url}/1`, { 'X-API-Key': KEY })).status).toBe(200);
    expect((await ask(`${either.url}/2`)).status).toBe(418);
    expect((await ask(`${either.url}/3`, { Cookie: 'a=1', 'X-API-Key': 'x' })).status).toBe(200);
    const both = await stage.protect(upstream, { all: ['partners', 'portal'] }, config);
    expect((await ask(`${both.url}/4`)).status).toBe(401);
    expect((await ask(`${both.url}/5`, { 'X-API-Key': 'x' })).status).toBe(401);
    expect((await ask(`${both.url}/6`, { 'X-API-Key': KEY })).status).toBe(418);
    expect((await ask(`${both.url}/7`, { 'X-API-Key': KEY, Cookie: 'a=1' })).status).toBe(200);
    expect(asked).toEqual(['/2', '/3', '/6', '/7']);
  });
});

/** A server that answers with the trailers that it got. */
function startTrailerEcho(): Promise<TestServer> {
  return serve((request, response) => {
    request.resume().once('end', () => response.end(JSON.stringify(request.trailers)));
  });
}
