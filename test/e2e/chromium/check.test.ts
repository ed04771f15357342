import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulate } from '../../../src/cli/simulate.ts';
import type { PolicyOptions } from '../../../src/cors/index.ts';
import { launchChromium, openProbe, servePages, type Probe, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

const ELSEWHERE = 'https://app.example.com';

/** Policies by name; `page` stands for the origin of the page that asks. */
const POLICIES: Readonly<Record<string, (page: string) => PolicyOptions>> = {
  plain: (page) => ({ origins: page }),
  rich: (page) => ({ origins: page, methods: ['PUT', 'PATCH'], headers: ['x-token', 'content-type'] }),
  credentials: (page) => ({ origins: page, methods: ['PUT'], headers: ['x-token'], credentials: true }),
  everything: (page) => ({ origins: page, methods: '*', headers: '*', credentials: true, expose: '*' }),
  everybody: () => ({ origins: '*', methods: '*', headers: '*' }),
  everybodyWithTokens: () => ({ origins: '*', methods: '*', headers: ['*', 'authorization'] }),
  elsewhere: () => ({ origins: ELSEWHERE, methods: ['PUT'] }),
  explained: (page) => ({ origins: page, methods: ['PUT'], headers: ['x-token'], explain: true }),
  explainedElsewhere: () => ({ origins: ELSEWHERE, methods: '*', headers: '*', explain: true }),
  enforced: () => ({ origins: ELSEWHERE, enforce: true }),
};

const json = { 'Content-Type': 'application/json' };
const REQUESTS: readonly Probe[] = [
  {},
  { method: 'HEAD' },
  { method: 'OPTIONS' },
  { method: 'POST', body: 'x' },
  { method: 'POST', body: '{}', headers: json },
  { method: 'POST', body: 'a=1', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
  { method: 'POST', body: 'x', headers: { 'Content-Type': 'text/plain; charset=utf-8' } },
  { method: 'put' },
  { method: 'PATCH' },
  { method: 'patch' },
  { method: 'DELETE' },
  { method: 'PUT', body: '{}', headers: { ...json, 'X-Token': '1' } },
  { headers: { 'X-Token': '1' } },
  { headers: { 'X-Token': '1', 'X-Other': '1' } },
  { headers: { Authorization: 'Bearer 1' } },
  { headers: { Accept: 'application/json' } },
  { headers: { Accept: '(unsafe)' } },
  { headers: { Accept: 'a/'.padEnd(130, 'b') } },
  { headers: { 'Accept-Language': 'de-CH, de;q=0.9' } },
  { headers: { 'Accept-Language': '"unsafe"' } },
  { headers: { Range: 'bytes=0-10' } },
  { headers: { Range: 'bytes=-10' } },
  { headers: { 'Access-Control-Allow-Origin': '*' } },
];

let browser: Browser;
let pages: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
let page: ProbePage;

beforeAll(async () => {
  [browser, pages, upstream] = await Promise.all([launchChromium(), servePages(), serve((_q, r) => r.end('fine'))]);
  gateway = await startGateway({
    routes: Object.entries(POLICIES).map(([name, policy]) => ({
      path: `/${name}/*`,
      proxy: `http://127.0.0.1:${upstream.port}`,
      cors: policy(pages.origin),
    })),
  });
  page = await openProbe(browser, pages.origin);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), upstream.close(), pages.close()]);
});

/** What happened to one request: whether it was asked for first, and whether the page may read the answer. */
interface Outcome {
  readonly preflight: boolean;
  readonly readable: boolean;
}

/** By Chromium. Each path is asked once, so that no preflight is remembered. */
async function seen(path: string, request: Probe): Promise<Outcome> {
  const { failure } = await page.probe(gateway.origin + path, request);
  const preflight = gateway.records.some((record) => record.path === path && record.cors?.kind === 'preflight');
  return { preflight, readable: failure === undefined };
}

/** By `oneorigin check`. */
function foretold(path: string, request: Probe): Outcome {
  const { outcome, preflight } = simulate(gateway.gateway.model, {
    origin: pages.origin,
    gateway: gateway.origin,
    target: path,
    method: request.method ?? 'GET',
    headers: Object.entries(request.headers ?? {}),
    credentials: request.credentials ?? 'same-origin',
  });
  return { preflight: preflight !== undefined, readable: outcome === 'readable' };
}

describe('`oneorigin check` foretells what Chromium does', () => {
  it.each(Object.keys(POLICIES))('under the policy %s', async (name) => {
    const differences: string[] = [];
    for (const credentials of ['omit', 'include'] as const) {
      for (const [index, request] of REQUESTS.entries()) {
        const path = `/${name}/${credentials}/${index}`;
        const probe = { ...request, credentials };
        const [real, told] = [await seen(path, probe), foretold(path, probe)];
        if (JSON.stringify(real) !== JSON.stringify(told)) {
          differences.push(`${JSON.stringify(probe)}: ${JSON.stringify(real)}, foretold ${JSON.stringify(told)}`);
        }
      }
    }
    expect(differences).toEqual([]);
  });
});
