import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, createGateway } from '../../../src/index.ts';
import { launchChromium, openProbe, servePages, type Finding, type ProbePage } from '../../fixtures/browser.ts';
import { selfSigned } from '../../fixtures/certificate.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
/** Every `https://` address leads here. */
let secure: TestServer;
/** Every `http://` address without a port leads here. */
let plain: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
let page: ProbePage | undefined;

beforeAll(async () => {
  secure = await servePages({ tls: selfSigned('*.example.com', 'example.com', '*.vercel.app') });
  plain = await servePages();
  upstream = await serve((request, response) => {
    response.setHeader('Set-Cookie', 'session=1; HttpOnly; SameSite=None; Secure');
    response.end(request.headers.cookie ?? 'no cookie');
  });
  browser = await launchChromium(
    `--host-resolver-rules=MAP *:443 127.0.0.1:${secure.port}, MAP *:80 127.0.0.1:${plain.port}`,
  );
  const proxy = `http://127.0.0.1:${upstream.port}`;
  gateway = await startGateway({
    routes: [
      { path: '/previews', proxy, cors: { origins: 'https://shop-*-our-team.vercel.app', credentials: true } },
      { path: '/subdomains', proxy, cors: { origins: 'https://*.example.com', credentials: true } },
      { path: '/regex', proxy, cors: { origins: { regex: String.raw`https://pr-\d+\.example\.com` } } },
      { path: '/insecure', proxy, cors: { origins: 'http://app.example.com' } },
      {
        path: '/insecure/credentials',
        proxy,
        cors: { origins: 'http://app.example.com', credentials: true, dangerouslyAllowInsecureOrigins: true },
      },
      { path: '/null', proxy, cors: { origins: 'null', dangerouslyAllowNullOrigin: true } },
      { path: '/everybody', proxy, cors: { origins: '*' } },
    ],
  });
});

afterEach(() => page?.close());

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), upstream.close(), secure.close(), plain.close()]);
});

async function ask(from: string, path: string, credentials: 'omit' | 'include' = 'omit'): Promise<Finding> {
  await page?.close();
  page = await openProbe(browser, from);
  return page.probe(gateway.origin + path, { credentials });
}

const ALLOWED = { status: 200 };
const REFUSED = { failure: 'TypeError' };

describe('a policy for preview deployments', () => {
  it('lets every deployment in, with credentials', async () => {
    expect(await ask('https://shop-git-main-our-team.vercel.app', '/previews', 'include')).toMatchObject(ALLOWED);
    expect(await ask('https://shop-4f2a-our-team.vercel.app', '/previews', 'include')).toMatchObject(ALLOWED);
  });

  it.each(['https://shop-x-their-team.vercel.app', 'https://evil.vercel.app'])('refuses %s', async (origin) => {
    expect(await ask(origin, '/previews', 'include')).toMatchObject(REFUSED);
  });
});

describe('a policy for subdomains', () => {
  it.each(['https://app.example.com', 'https://a.b.example.com'])('lets %s in', async (origin) => {
    expect(await ask(origin, '/subdomains', 'include')).toMatchObject(ALLOWED);
  });

  it.each([
    'https://example.com',
    'http://app.example.com',
    'https://evilexample.com',
    'https://example.com.evil.test',
  ])('refuses %s', async (origin) => {
    expect(await ask(origin, '/subdomains', 'include')).toMatchObject(REFUSED);
  });

  it('may be a regex, matched whole', async () => {
    expect(await ask('https://pr-12.example.com', '/regex')).toMatchObject(ALLOWED);
    expect(await ask('https://x-pr-12.example.com', '/regex')).toMatchObject(REFUSED);
  });
});

describe('a policy for an origin with http:', () => {
  it('works without credentials; with them only if it says so', async () => {
    expect(await ask('http://app.example.com', '/insecure')).toMatchObject(ALLOWED);
    expect(await ask('http://app.example.com', '/insecure', 'include')).toMatchObject(REFUSED);
    expect(await ask('http://app.example.com', '/insecure/credentials', 'include')).toMatchObject(ALLOWED);
  });

  it.each([
    [{ origins: 'http://app.example.com', credentials: true }, 'cors.p.origins'],
    [{ origins: '*', credentials: true }, 'cors.p'],
    [{ origins: 'null' }, 'cors.p.origins'],
  ])('isn’t configurable as %j', (policy, path) => {
    const config = { cors: { p: policy }, routes: [{ respond: 204, cors: 'p' }] };
    expect(() => createGateway(config)).toThrow(ConfigError);
    expect(() => createGateway(config)).toThrow(path);
  });
});

describe('a sandboxed frame, whose origin is null', () => {
  const fromFrame = async (path: string): Promise<string | null> => {
    page = await openProbe(browser, 'https://app.example.com');
    const url = JSON.stringify(gateway.origin + path);
    return page.page.evaluate<string | null>(`new Promise((resolve) => {
      addEventListener('message', (event) => resolve(event.origin + ' ' + event.data), { once: true });
      const frame = document.createElement('iframe');
      frame.sandbox = 'allow-scripts';
      frame.srcdoc = '<script>fetch(' + ${JSON.stringify(url)} + ').then((r) => r.status, (e) => e.name)'
        + ".then((text) => parent.postMessage(text, '*'))</" + 'script>';
      document.body.append(frame);
    })`);
  };

  it('is let in where the policy says so, and where everybody is', async () => {
    expect(await fromFrame('/null')).toBe('null 200');
    await page?.close();
    expect(await fromFrame('/everybody')).toBe('null 200');
  });

  it('is refused elsewhere', async () => {
    expect(await fromFrame('/subdomains')).toBe('null TypeError');
    await expect.poll(() => gateway.log()).toContain('refused(origin-not-allowed) origin=null');
  });
});
