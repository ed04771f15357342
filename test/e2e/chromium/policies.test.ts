import type { RequestListener } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
/** Pages of the origin that policies allow, and of one that they don't. */
let pages: TestServer;
let strangers: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
let page: ProbePage;

const answer: RequestListener = (request, response) => {
  const origins = new URL(request.url ?? '', 'http://upstream').searchParams.getAll('acao');
  if (origins.length > 0) response.setHeader('Access-Control-Allow-Origin', origins);
  response.setHeader('X-Trace', 'abc');
  response.setHeader('Set-Cookie', 'session=1; HttpOnly; SameSite=Lax');
  response.end(request.headers.cookie ?? 'no cookie');
};

beforeAll(async () => {
  [browser, pages, strangers, upstream] = await Promise.all([
    launchChromium(),
    servePages(),
    servePages(),
    serve(answer),
  ]);
  const policy = { origins: pages.origin };
  gateway = await startGateway({
    routes: [
      { path: '/plain/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: policy },
      {
        path: '/rich/*',
        proxy: `http://127.0.0.1:${upstream.port}`,
        cors: { ...policy, methods: ['PUT', 'PATCH', 'DELETE'], headers: ['x-token', 'content-type'], maxAge: '1h' },
      },
      {
        path: '/cookies/*',
        proxy: `http://127.0.0.1:${upstream.port}`,
        cors: { ...policy, credentials: true, expose: '*' },
      },
      { path: '/exposed/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { ...policy, expose: ['x-trace'] } },
      { path: '/everybody/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { origins: '*' } },
      { path: '/pass/*', proxy: `http://127.0.0.1:${upstream.port}`, cors: { upstream: 'pass' } },
      { path: '/none/*', proxy: `http://127.0.0.1:${upstream.port}` },
    ],
  });
});

afterEach(async () => {
  await page.close();
  upstream.seen.length = 0;
  gateway.records.length = 0;
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), upstream.close(), pages.close(), strangers.close()]);
});

const preflights = (): number => gateway.records.filter(({ method }) => method === 'OPTIONS').length;
const fromAllowed = async (): Promise<ProbePage> => (page = await openProbe(browser, pages.origin));
const fromStranger = async (): Promise<ProbePage> => (page = await openProbe(browser, strangers.origin));

describe('an origin that the policy allows', () => {
  it('reads the response', async () => {
    await fromAllowed();
    expect(await page.probe(`${gateway.origin}/plain/`)).toMatchObject({ status: 200, body: 'no cookie' });
    expect(preflights()).toBe(0);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('has one preflight for %s, and none the second time', async (method) => {
    await fromAllowed();
    const url = `${gateway.origin}/rich/${method}`;
    expect(await page.probe(url, { method })).toMatchObject({ status: 200 });
    expect(await page.probe(url, { method })).toMatchObject({ status: 200 });
    expect(preflights()).toBe(1);
    expect(upstream.seen.map((request) => request.method)).toEqual([method, method]);
  });

  it('sends a custom header and JSON after one preflight', async () => {
    await fromAllowed();
    const headers = { 'X-Token': '1', 'Content-Type': 'application/json' };
    const found = await page.probe(`${gateway.origin}/rich/`, { method: 'POST', headers, body: '{}' });
    expect(found).toMatchObject({ status: 200 });
    expect(preflights()).toBe(1);
    expect(upstream.seen[0]?.headers).toMatchObject({ 'x-token': '1', 'content-type': 'application/json' });
  });

  it('has cookies where the policy says so, and nowhere else', async () => {
    await fromAllowed();
    const include = { credentials: 'include' } as const;
    expect(await page.probe(`${gateway.origin}/cookies/`, include)).toMatchObject({ body: 'no cookie' });
    expect(await page.probe(`${gateway.origin}/cookies/`, include)).toMatchObject({ body: 'session=1' });
    expect(await page.probe(`${gateway.origin}/cookies/`)).toMatchObject({ body: 'no cookie' });
    expect(await page.probe(`${gateway.origin}/plain/`, include)).toMatchObject({ failure: 'TypeError' });
  });

  it('reads the headers that the policy exposes', async () => {
    await fromAllowed();
    expect((await page.probe(`${gateway.origin}/plain/`)).headers).not.toHaveProperty('x-trace');
    expect((await page.probe(`${gateway.origin}/exposed/`)).headers).toMatchObject({ 'x-trace': 'abc' });
  });

  it("reads every header but Set-Cookie under `expose: '*'`, with credentials as well", async () => {
    await fromAllowed();
    const { headers } = await page.probe(`${gateway.origin}/cookies/`, { credentials: 'include' });
    expect(headers).toMatchObject({ 'x-trace': 'abc' });
    expect(headers).toHaveProperty('date');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['one', '?acao=http://other.example'],
    ['two', '?acao=http://a.example&acao=http://b.example'],
    ['a wildcard', '?acao=*'],
  ])('isn’t hindered by an upstream that sends %s of its own', async (_what, query) => {
    await fromAllowed();
    expect(await page.probe(`${gateway.origin}/cookies/${query}`, { credentials: 'include' })).toMatchObject({
      status: 200,
    });
    const raw = await fetch(`${gateway.origin}/cookies/${query}`, { headers: { Origin: pages.origin } });
    expect(raw.headers.get('access-control-allow-origin')).toBe(pages.origin);
  });
});

describe('an origin that the policy does not allow', () => {
  it('reads nothing, and the log says why', async () => {
    await fromStranger();
    expect(await page.probe(`${gateway.origin}/plain/`)).toMatchObject({ failure: 'TypeError' });
    expect(gateway.log()).toContain(`refused(origin-not-allowed) origin=${strangers.origin}`);
    expect(gateway.log()).toContain(`The origin \`${strangers.origin}\` is not allowed; allowed: \`${pages.origin}\`.`);
  });

  it('is let in by no header of the upstream’s', async () => {
    await fromStranger();
    expect(await page.probe(`${gateway.origin}/plain/?acao=*`)).toMatchObject({ failure: 'TypeError' });
  });

  it('never gets as far as the upstream with a preflighted request', async () => {
    await fromStranger();
    expect(await page.probe(`${gateway.origin}/rich/`, { method: 'DELETE' })).toMatchObject({ failure: 'TypeError' });
    expect(upstream.seen).toEqual([]);
  });

  it('may read what everybody may', async () => {
    await fromStranger();
    expect(await page.probe(`${gateway.origin}/everybody/`)).toMatchObject({ status: 200 });
  });
});

describe('a route that leaves CORS to its upstream', () => {
  it.each(['pass', 'none'])('hands its headers on (%s)', async (route) => {
    await fromStranger();
    expect(await page.probe(`${gateway.origin}/${route}/?acao=*`)).toMatchObject({ status: 200 });
    expect(await page.probe(`${gateway.origin}/${route}/`)).toMatchObject({ failure: 'TypeError' });
  });

  it('notes a blocked request without a policy in the log', async () => {
    await fromStranger();
    await page.probe(`${gateway.origin}/none/`);
    expect(gateway.log()).toContain('route /none/* has no CORS policy');
    expect(gateway.log()).toContain(`Open the page at ${gateway.origin} too`);
  });
});
