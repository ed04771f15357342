import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
let pages: TestServer;
let upstream: TestServer;
/** Where the first gateway sends requests to: another origin. */
let second: TestGateway;
let gateway: TestGateway;
let page: ProbePage;

beforeAll(async () => {
  [browser, pages, upstream] = await Promise.all([
    launchChromium(),
    servePages(),
    serve((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { Location: '/target' });
      response.end('arrived');
    }),
  ]);
  const proxy = `http://127.0.0.1:${upstream.port}`;
  second = await startGateway({
    routes: [
      { path: '/*', proxy, cors: { origins: pages.origin } },
      { path: '/everybody', proxy, cors: { origins: '*' } },
    ],
  });
  const cors = { origins: pages.origin, methods: ['PUT'] };
  gateway = await startGateway({
    routes: [
      { path: '/*', proxy, cors },
      { path: '/old', redirect: '/target', cors },
      { path: '/away', redirect: `${second.origin}/target`, cors },
      { path: '/away/everybody', redirect: `${second.origin}/everybody`, cors },
      { path: '/bare', redirect: '/target', cors: false },
    ],
  });
});

beforeEach(async () => {
  page = await openProbe(browser, pages.origin);
});

afterEach(() => page.close());

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), second.close(), upstream.close(), pages.close()]);
});

it.each(['/old', '/moved'])('a redirect within the gateway is followed and read (%s)', async (path) => {
  const found = await page.probe(gateway.origin + path);
  expect(found).toMatchObject({ status: 200, body: 'arrived', url: `${gateway.origin}/target` });
});

it('a preflighted request is answered before its redirect, and goes on to the target', async () => {
  expect(await page.probe(`${gateway.origin}/old`, { method: 'PUT', body: 'x' })).toMatchObject({ body: 'arrived' });
});

it('a redirect without a policy is blocked, though its target has one', async () => {
  expect(await page.probe(`${gateway.origin}/bare`)).toMatchObject({ failure: 'TypeError' });
  await expect.poll(() => gateway.log()).toContain('route /bare has no CORS policy');
});

it('a redirect to another origin arrives there with the origin null', async () => {
  expect(await page.probe(`${gateway.origin}/away`)).toMatchObject({ failure: 'TypeError' });
  await expect.poll(() => second.log()).toContain('The origin is `null`');
  expect(await page.probe(`${gateway.origin}/away/everybody`)).toMatchObject({ status: 200 });
});
