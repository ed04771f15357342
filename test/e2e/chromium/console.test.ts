import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleCode } from '../../../src/diagnostics/catalogue/console.ts';
import { explainConsole } from '../../../src/explain/index.ts';
import { launchChromium, openProbe, servePages, type Probe } from '../../fixtures/browser.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';

/** Response headers of a server that is misconfigured in one way. `PAGE` is the page's origin. */
interface Misconfigured {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

const ALLOW = 'Access-Control-Allow-Origin';
const fine = { [ALLOW]: 'PAGE' };
const put: Probe = { method: 'PUT' };
const withCredentials: Probe = { credentials: 'include' };

const CASES: Readonly<Record<string, { code: ConsoleCode; server: Misconfigured; request?: Probe; data?: object }>> = {
  'no header': { code: 'allow-origin-missing', server: {} },
  'no header on an error': { code: 'allow-origin-missing', server: { status: 500 } },
  'no header on a preflight': { code: 'allow-origin-missing', server: {}, request: put, data: { preflight: true } },
  'another origin': {
    code: 'allow-origin-mismatch',
    server: { headers: { [ALLOW]: 'https://app.example.com' } },
    data: { value: 'https://app.example.com', difference: 'other' },
  },
  'a slash at the end': {
    code: 'allow-origin-mismatch',
    server: { headers: { [ALLOW]: 'PAGE/' } },
    data: { difference: 'slash' },
  },
  'no scheme': {
    code: 'allow-origin-mismatch',
    server: { headers: { [ALLOW]: 'app.example.com' } },
    data: { value: 'app.example.com', difference: 'scheme-missing' },
  },
  'two lines': {
    code: 'allow-origin-several',
    server: { headers: { [ALLOW]: ['*', 'PAGE'] } },
    data: { value: /^\*, http/ },
  },
  'a wildcard with credentials': {
    code: 'allow-origin-wildcard-with-credentials',
    server: { headers: { [ALLOW]: '*' } },
    request: withCredentials,
  },
  'no credentials': { code: 'allow-credentials-missing', server: { headers: fine }, request: withCredentials },
  'credentials in another way': {
    code: 'allow-credentials-not-true',
    server: { headers: { ...fine, 'Access-Control-Allow-Credentials': 'True' } },
    request: withCredentials,
    data: { value: 'True' },
  },
  'a preflight that is refused': { code: 'preflight-status', server: { status: 405, headers: fine }, request: put },
  'a preflight that is redirected': {
    code: 'preflight-redirect',
    server: { status: 308, headers: { ...fine, Location: '/elsewhere' } },
    request: put,
  },
  'a method': { code: 'method-not-allowed', server: { headers: fine }, request: put, data: { method: 'PUT' } },
  'a header': {
    code: 'header-not-allowed',
    server: { headers: fine },
    request: { headers: { 'X-Token': '1' } },
    data: { header: 'x-token' },
  },
  'methods that are no list': {
    code: 'allow-methods-malformed',
    server: { headers: { ...fine, 'Access-Control-Allow-Methods': 'PUT; DELETE' } },
    request: put,
  },
  'headers that are no list': {
    code: 'allow-headers-malformed',
    server: { headers: { ...fine, 'Access-Control-Allow-Headers': '["x-token"]' } },
    request: { headers: { 'X-Token': '1' } },
  },
  'a redirect with a password': {
    code: 'redirect-userinfo',
    server: { status: 302, headers: { ...fine, Location: 'http://me:secret@127.0.0.1:1/' } },
  },
  'a redirect to an app': {
    code: 'scheme',
    server: { status: 302, headers: { ...fine, Location: 'app:login' } },
  },
  'no server': { code: 'connection-refused', server: {} },
};

let browser: Browser;
let pages: TestServer;
let server: TestServer;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { status = 200, headers = {} } = CASES[decodeURIComponent(request.url?.slice(1) ?? '')]?.server ?? {};
  for (const [name, value] of Object.entries(headers)) {
    const filled = [value].flat().map((text) => text.replace('PAGE', pages.origin));
    response.setHeader(name, filled);
  }
  response.writeHead(status).end();
}

beforeAll(async () => {
  [browser, pages, server] = await Promise.all([launchChromium(), servePages(), serve(answer)]);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([pages.close(), server.close()]);
});

describe('`oneorigin explain` understands what Chromium prints for', () => {
  it.each(Object.entries(CASES))('%s', async (name, { code, request = {}, data = {} }) => {
    const page = await openProbe(browser, pages.origin);
    const url =
      code === 'connection-refused' ? 'http://127.0.0.1:1024/' : `${server.origin}/${encodeURIComponent(name)}`;
    expect(await page.probe(url, request)).toMatchObject({ failure: 'TypeError' });
    await expect.poll(() => page.errors.some((text) => text.includes('net::'))).toBe(true);
    const { understood, findings, unknown } = explainConsole(page.errors.join('\n'));
    await page.close();

    expect({ understood, unknown }, page.errors.join('\n')).toEqual({ understood: true, unknown: [] });
    const [first, ...rest] = findings;
    expect(first).toMatchObject({ code, engine: 'chromium' });
    expect(rest.filter(({ kind }) => kind === 'cors')).toEqual([]);
    if (code === 'connection-refused') return;
    expect(first?.data).toMatchObject({ origin: pages.origin, [code === 'scheme' ? 'firstUrl' : 'url']: url });
    const { value, ...others } = data as { value?: string | RegExp };
    expect(first?.data).toMatchObject(others);
    if (value !== undefined) expect(first?.data['value']).toMatch(value);
    if (first?.next !== undefined) expect(first.next.command).toContain(`${url} --origin ${pages.origin}`);
  });
});
