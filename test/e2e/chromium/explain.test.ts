import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, openProbe, servePages, type Probe, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
let pages: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
/** One whose config itself says `explain`. */
let explaining: TestGateway;
let page: ProbePage;

beforeAll(async () => {
  [browser, pages, upstream] = await Promise.all([launchChromium(), servePages(), serve((_q, r) => r.end('fine'))]);
  const proxy = `http://127.0.0.1:${upstream.port}`;
  const elsewhere = { origins: 'https://app.example.com', methods: ['PUT'] };
  const here = { origins: pages.origin, methods: ['PUT'], headers: ['x-token'] };
  gateway = await startGateway({
    routes: [
      { path: '/elsewhere', proxy, cors: { ...elsewhere, explain: true } },
      { path: '/elsewhere/silent', proxy, cors: elsewhere },
      { path: '/here', proxy, cors: { ...here, explain: true } },
      { path: '/here/all', proxy, cors: { ...here, headers: '*', explain: true } },
      { path: '/here/credentials', proxy, cors: { ...here, credentials: true, explain: true } },
      { path: '/here/silent', proxy, cors: here },
    ],
  });
  explaining = await startGateway({
    explain: true,
    routes: [
      { path: '/elsewhere', proxy, cors: elsewhere },
      { path: '/here', proxy, cors: here },
    ],
  });
});

beforeEach(async () => {
  page = await openProbe(browser, pages.origin);
});

afterEach(() => page.close());

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), explaining.close(), upstream.close(), pages.close()]);
});

/** What the console says of a request that is blocked. */
async function complaint(path: string, options: Probe = {}, { origin } = gateway): Promise<string> {
  expect(await page.probe(origin + path, options)).toMatchObject({ failure: 'TypeError' });
  await expect.poll(() => page.errors.find((text) => text.includes('CORS policy'))).toBeDefined();
  return page.errors.find((text) => text.includes('CORS policy')) ?? '';
}

const ABSENT = "No 'Access-Control-Allow-Origin' header is present";

describe('with `explain: true` the console names', () => {
  it('the origin that is allowed, for a request', async () => {
    const text = await complaint('/elsewhere');
    expect(text).toContain("has a value 'https://app.example.com' that is not equal to the supplied origin");
  });

  it('the origin that is allowed, for a preflight', async () => {
    const text = await complaint('/elsewhere', { method: 'PUT' });
    expect(text).toContain("has a value 'https://app.example.com' that is not equal to the supplied origin");
    expect(text).toContain('preflight');
  });

  it.each(['/here', '/here/credentials'])('the method (%s)', async (path) => {
    const text = await complaint(path, {
      method: 'DELETE',
      credentials: path.endsWith('credentials') ? 'include' : 'omit',
    });
    expect(text).toContain('Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response');
  });

  it('the header', async () => {
    const text = await complaint('/here', { headers: { 'X-Token': '1', 'X-Other': '1' } });
    expect(text).toContain(
      'Request header field x-other is not allowed by Access-Control-Allow-Headers in preflight response',
    );
  });

  it('Authorization, where all headers but that are allowed', async () => {
    const text = await complaint('/here/all', { headers: { Authorization: 'Bearer 1', 'X-Other': '1' } });
    expect(text).toContain(
      'Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response',
    );
  });

  it('and the request itself is still refused', async () => {
    upstream.seen.length = 0;
    await complaint('/here', { method: 'DELETE' });
    expect(upstream.seen).toEqual([]);
  });
});

describe('`explain: true` of the whole config', () => {
  it('is that of each of its policies', async () => {
    expect(await complaint('/elsewhere', {}, explaining)).toContain("has a value 'https://app.example.com'");
    page.errors.length = 0;
    expect(await complaint('/here', { method: 'DELETE' }, explaining)).toContain('Method DELETE is not allowed');
  });
});

describe('without it', () => {
  it.each([
    ['the origin', '/elsewhere/silent', {}],
    ['the method', '/here/silent', { method: 'DELETE' }],
    ['the header', '/here/silent', { headers: { 'X-Other': '1' } }],
  ])('the console knows nothing of %s, and the log does', async (_what, path, options) => {
    expect(await complaint(path, options)).toContain(ABSENT);
    await expect.poll(() => gateway.records.at(-1)?.cors).toMatchObject({ allowed: false });
    expect(gateway.records.at(-1)?.cors?.explanation).toMatch(/Write|add `/);
  });
});
