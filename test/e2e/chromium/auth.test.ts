import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { codeOf, launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { AUDIENCE, ISSUER, sign, signingKey, startIssuer, type Issuer } from '../../fixtures/issuer.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

const key = signingKey('k1');

let browser: Browser;
let pages: TestServer;
let strangers: TestServer;
let upstream: TestServer;
let issuer: Issuer;
let absent: Issuer;
let portal: TestServer;
let gateway: TestGateway;
let page: ProbePage;

beforeAll(async () => {
  [browser, pages, strangers, issuer, absent] = await Promise.all([
    launchChromium(),
    servePages(),
    servePages(),
    startIssuer([key]),
    startIssuer([key]),
  ]);
  await absent.stop();
  upstream = await serve((request, response) => {
    request.resume();
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(request.headers));
  });
  const sockets = new WebSocketServer({ server: upstream.server });
  sockets.on('connection', (socket, request) => socket.send(`${String(request.headers['x-user'])} ${request.url}`));
  portal = await serve((request, response) => {
    if (request.headers.cookie?.includes('session=1') === true) return response.setHeader('Remote-User', 'alice').end();
    return response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"login":"/login"}');
  });
  const proxy = `http://127.0.0.1:${upstream.port}`;
  const jwt = { issuer: ISSUER, audience: AUDIENCE, jwks: issuer.jwks, headers: { 'x-user': 'sub' } } as const;
  const users = { alice: '$scrypt$ln=13,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' };
  gateway = await startGateway({
    cors: {
      default: {
        origins: pages.origin,
        methods: ['PUT'],
        headers: ['authorization'],
        expose: ['x-own'],
        credentials: true,
      },
    },
    auth: {
      default: { jwt },
      lost: { jwt: { ...jwt, jwks: absent.jwks } },
      socket: { jwt: { ...jwt, from: { query: 'access_token' }, remove: true } },
      cookie: { jwt: { ...jwt, from: { cookie: 'token' } } },
      portal: { forward: { to: `http://127.0.0.1:${portal.port}`, copy: ['remote-user'] } },
      people: { basic: { users } },
    },
    routes: [
      { path: '/api/*', proxy, auth: { methods: { PUT: { scopes: 'write' } } } },
      { path: '/lost', proxy, auth: 'lost' },
      { path: '/socket', proxy, auth: 'socket' },
      { path: '/cookie', proxy, auth: 'cookie' },
      { path: '/portal', proxy, auth: 'portal' },
      { path: '/people', proxy, auth: 'people' },
    ],
  });
  page = await openProbe(browser, pages.origin);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway, upstream, pages, strangers, issuer, portal].map((each) => each.close()));
});

const now = Math.floor(Date.now() / 1000);
const api = (path = '/api/x'): string => `${gateway.origin}${path}`;

describe('a page under a policy', () => {
  it('reads why it is refused: the status, the problem, and WWW-Authenticate', async () => {
    const found = await page.probe(api());
    expect([found.status, codeOf(found)]).toEqual([401, 'auth-required']);
    expect(found.headers['www-authenticate']).toBe('Bearer realm="default"');
  });

  it.each<[string, string, () => Promise<string>, string]>([
    ['token-expired', 'The token has expired', () => sign(key, { exp: now - 60 }), 'invalid_token'],
    [
      'token-wrong-audience',
      'The token was issued for another audience',
      () => sign(key, { aud: 'x' }),
      'invalid_token',
    ],
    ['token-unknown-key', "The token's key isn't one of the issuer's", () => sign(signingKey('k9')), 'invalid_token'],
    ['token-malformed', "The token isn't a signed JWT", () => Promise.resolve('x'), 'invalid_token'],
  ])('reads %s: "%s"', async (code, title, make, error) => {
    const found = await page.probe(api(), { headers: { Authorization: `Bearer ${await make()}` } });
    expect(found.status).toBe(401);
    expect(JSON.parse(found.body ?? '')).toMatchObject({ code, title, status: 401 });
    expect(found.headers['www-authenticate']).toContain(`error="${error}"`);
  });

  it('is let in with a token, after a preflight that was asked for none', async () => {
    const before = gateway.records.length;
    const found = await page.probe(api('/api/token'), { headers: { Authorization: `Bearer ${await sign(key)}` } });
    expect([found.status, (JSON.parse(found.body ?? '') as Record<string, string>)['x-user']]).toEqual([200, 'alice']);
    const records = gateway.records.slice(before);
    expect(records.map(({ method, status }) => `${method} ${status}`)).toEqual(['OPTIONS 204', 'GET 200']);
    expect(upstream.seen.some(({ method }) => method === 'OPTIONS')).toBe(false);
  });

  it('reads that it may not, and what it would need', async () => {
    const headers = { Authorization: `Bearer ${await sign(key, { scope: 'read' })}` };
    const found = await page.probe(api(), { method: 'PUT', headers });
    expect([found.status, codeOf(found)]).toEqual([403, 'insufficient-scope']);
    expect(found.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect(found.headers['www-authenticate']).toContain('scope="write"');
  });

  it('reads that nobody can tell at the moment, and when to come again', async () => {
    const found = await page.probe(api('/lost'), { headers: { Authorization: `Bearer ${await sign(key)}` } });
    expect([found.status, codeOf(found), found.headers['retry-after']]).toEqual([503, 'auth-unavailable', '1']);
  });

  it('reads what the service answers that decides, and is let in with its cookie', async () => {
    const refused = await page.probe(api('/portal'), { credentials: 'include' });
    expect([refused.status, refused.body]).toEqual([401, '{"login":"/login"}']);
    await page.context.addCookies([{ name: 'session', value: '1', url: gateway.origin, sameSite: 'Lax' }]);
    const found = await page.probe(api('/portal'), { credentials: 'include' });
    expect([found.status, (JSON.parse(found.body ?? '') as Record<string, string>)['remote-user']]).toEqual([
      200,
      'alice',
    ]);
  });

  it('is let in with a token in a cookie', async () => {
    expect((await page.probe(api('/cookie'), { credentials: 'include' })).status).toBe(401);
    await page.context.addCookies([{ name: 'token', value: await sign(key), url: gateway.origin, sameSite: 'Lax' }]);
    expect((await page.probe(api('/cookie'), { credentials: 'include' })).status).toBe(200);
    expect((await page.probe(api('/cookie'), { credentials: 'omit' })).status).toBe(401);
  });

  it('reads a challenge for passwords', async () => {
    const found = await page.probe(api('/people'));
    expect([found.status, found.headers['www-authenticate']]).toEqual([401, 'Basic realm="people", charset="UTF-8"']);
  });

  it('opens a WebSocket with a token in the query, which the upstream does not see', async () => {
    const url = `${gateway.origin.replace('http', 'ws')}/socket?room=1`;
    const open = (address: string): Promise<string> =>
      page.page.evaluate<string>(`new Promise((resolve) => {
        const socket = new WebSocket(${JSON.stringify(address)});
        socket.onmessage = ({ data }) => resolve(data);
        socket.onerror = () => resolve('refused');
      })`);
    expect(await open(url)).toBe('refused');
    expect(await open(`${url}&access_token=${await sign(key)}`)).toBe('alice /socket?room=1');
    expect(await open(`${url}&access_token=${await sign(key, { exp: now - 60 })}`)).toBe('refused');
  });
});

describe('a page of another origin', () => {
  it('learns nothing of it', async () => {
    const stranger = await openProbe(browser, strangers.origin);
    expect(await stranger.probe(api())).toEqual({ failure: 'TypeError', headers: {} });
    const [record] = gateway.records.slice(-1);
    expect(record).toMatchObject({ status: 401, problem: 'auth-required' });
    await stranger.close();
  });
});
