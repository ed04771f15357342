import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Config } from '../../src/index.ts';
import type { Diagnosis, Question, StackName } from '../../src/doctor/index.ts';
import { launchChromium, openProbe, servePages, type Finding, type ProbePage } from '../fixtures/browser.ts';
import { codesOf, examineFrom } from '../fixtures/examine.ts';
import { printedMend } from '../fixtures/printed-mend.ts';
import { serve, startGateway, type TestServer } from '../fixtures/servers.ts';
import { startCaddyWith, startHaproxyWith, startNginxWith, startUvicornWith } from '../fixtures/stack-servers.ts';

let browser: Browser;
let pages: TestServer;
let page: ProbePage;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  pages = await servePages();
  page = await openProbe(browser, pages.origin);
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** Keeps a server until the test's end. */
async function kept<T extends { stop?: () => Promise<unknown>; close?: () => Promise<unknown> }>(
  starting: Promise<T>,
): Promise<T> {
  const server = await starting;
  stops.push(async () => (server.stop ?? server.close)?.call(server));
  return server;
}

const HEADERS = { 'X-Token': 't0ken', 'Content-Type': 'application/json' };

/** A page's PUT that needs all of a policy: a method, two headers, credentials. */
function put(url: string, stack: StackName): Promise<Diagnosis> {
  const question: Partial<Question> = {
    origin: pages.origin,
    method: 'PUT',
    headers: Object.entries(HEADERS),
    credentials: 'include',
    body: '{}',
    send: true,
  };
  return examineFrom(url, question, { stack });
}

function putInChromium(url: string): Promise<Finding> {
  return page.probe(url, { method: 'PUT', headers: HEADERS, credentials: 'include', body: '{}' });
}

/** Before: the doctor's first finding, and Chromium's refusal. */
async function expectBlocked(origin: string, stack: StackName, code: string): Promise<Diagnosis> {
  const diagnosis = await put(`${origin}/api/users`, stack);
  expect(codesOf(diagnosis)[0]).toBe(code);
  expect(diagnosis.outcome).toBe('blocked');
  expect(await putInChromium(`${origin}/api/users`)).toMatchObject({ failure: 'TypeError' });
  return diagnosis;
}

/** After: Chromium reads, and the doctor finds nothing that a policy could mend; but what this layer can't do. */
async function expectMended(origin: string, stack: StackName, left: readonly string[] = []): Promise<void> {
  expect(await putInChromium(`${origin}/api/users`)).toMatchObject({ status: 200, body: 'done' });
  const diagnosis = await put(`${origin}/api/users`, stack);
  expect(diagnosis.outcome).toBe('readable');
  const serious = diagnosis.findings.filter(({ severity }) => severity !== 'info');
  expect(serious.map(({ code }) => code)).toEqual(left);
}

/** An application that knows OPTIONS as little as CORS, or has a policy of its own that is too wide. */
function application(headers: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const listener: RequestListener = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const status = request.method === 'OPTIONS' ? 405 : request.url?.startsWith('/api/users') === true ? 200 : 404;
    response.writeHead(status).end(status === 200 ? 'done' : 'no');
  };
  return kept(serve(listener));
}

describe('the mend, put in', () => {
  it('for nginx: authentication answers OPTIONS, and the application adds headers of its own', async () => {
    const app = await application({ 'Access-Control-Allow-Origin': '*' });
    const location = (first: string): string => `location /api/ {
${first}
  if ($http_x_token = "") { return 401; }
  proxy_pass http://127.0.0.1:${app.port};
}`;
    const before = await kept(startNginxWith('', location('')));
    const [http = '', inside = ''] = printedMend(await expectBlocked(before.origin, 'nginx', 'doctor-preflight-auth'));
    const after = await kept(startNginxWith(http, location(inside)));
    await expectMended(after.origin, 'nginx');
  });

  it('for nginx: two layers add the header', async () => {
    const app = await application({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'PUT' });
    const location = (first: string): string =>
      `location /api/ {\n${first}\nproxy_pass http://127.0.0.1:${app.port};\n}`;
    const twice = `add_header Access-Control-Allow-Origin $http_origin always;
      if ($request_method = OPTIONS) { return 204; }`;
    const before = await kept(startNginxWith('', location(twice)));
    const diagnosis = await examineFrom(`${before.origin}/api/users`, { origin: pages.origin }, { stack: 'nginx' });
    expect(codesOf(diagnosis)[0]).toBe('doctor-duplicate');
    const [http = '', inside = ''] = printedMend(await put(`${before.origin}/api/users`, 'nginx'));
    const after = await kept(startNginxWith(http, location(inside)));
    await expectMended(after.origin, 'nginx');
  });

  it('for HAProxy: nobody answers OPTIONS', async () => {
    const app = await application({ 'Access-Control-Allow-Origin': '*' });
    const before = await kept(startHaproxyWith('', app.port));
    const [frontend = ''] = printedMend(await expectBlocked(before.origin, 'haproxy', 'doctor-preflight-unrouted'));
    const after = await kept(startHaproxyWith(frontend, app.port));
    await expectMended(after.origin, 'haproxy');
    // Its own errors too.
    await app.close();
    expect(await putInChromium(`${after.origin}/api/users`)).toMatchObject({ status: 503 });
  });

  it('for Caddy: nobody answers OPTIONS', async () => {
    const app = await application({ 'Access-Control-Allow-Origin': '*' });
    const rest = `handle {\n\treverse_proxy 127.0.0.1:${app.port}\n}`;
    const before = await kept(startCaddyWith('', rest));
    const [snippet = '', site = ''] = printedMend(
      await expectBlocked(before.origin, 'caddy', 'doctor-preflight-unrouted'),
    );
    const after = await kept(startCaddyWith(snippet, site + rest));
    await expectMended(after.origin, 'caddy');
    await app.close();
    expect(await putInChromium(`${after.origin}/api/users`)).toMatchObject({ status: 502 });
  });

  it('for Express: authentication comes first', async () => {
    const start = (mend: string): Promise<TestServer> => {
      const app = express();
      // eslint-disable-next-line typescript/no-implied-eval
      const apply = new Function('app', mend) as (app: Express) => void;
      apply(app);
      app.use((request, response, next) => {
        if (request.headers['x-token'] === undefined) response.status(401).end();
        else next();
      });
      app.put('/api/users', (_, response) => void response.send('done'));
      app.get('/api/users', (_, response) => void response.send('done'));
      app.get('/api/broken', () => {
        throw new Error('on purpose');
      });
      app.set('env', 'test');
      return kept(serve(app));
    };
    const before = await start('');
    const [mend = ''] = printedMend(await expectBlocked(before.origin, 'express', 'doctor-preflight-auth'));
    const after = await start(mend);
    await expectMended(after.origin, 'express');
    const broken = await page.probe(`${after.origin}/api/broken`, {
      headers: { 'X-Token': 'x' },
      credentials: 'include',
    });
    expect(broken).toMatchObject({ status: 500 });
  });

  it('for FastAPI: OPTIONS has no route, and errors nobody handles', async () => {
    const program = `from fastapi import FastAPI, Response
app = FastAPI()
@app.api_route("/api/users", methods=["GET", "PUT"])
def users():
    return Response("done")
@app.get("/api/broken")
def broken():
    raise RuntimeError("on purpose")
`;
    const before = await kept(startUvicornWith(program));
    const [mend = ''] = printedMend(await expectBlocked(before.origin, 'fastapi', 'doctor-preflight-unrouted'));
    const after = await kept(startUvicornWith(program + mend));
    // Starlette says Vary only where it allows somebody: the mend warns of it.
    await expectMended(after.origin, 'fastapi', ['doctor-no-vary']);
    const broken = await page.probe(`${after.origin}/api/broken`, { credentials: 'include' });
    expect(broken).toMatchObject({ status: 500 });
  });

  it('for oneorigin, in front of an application without a policy', async () => {
    const app = await application();
    const [yaml = ''] = printedMend(await expectBlocked(app.origin, 'oneorigin', 'doctor-preflight-unrouted'));
    const after = await kept(startGateway(parse(yaml) as Config));
    await expectMended(after.origin, 'oneorigin');
  });

  it('for a Cloudflare Worker, which runs as a module', async () => {
    const app = await application({ 'Access-Control-Allow-Origin': '*' });
    const [source = ''] = printedMend(
      await expectBlocked(app.origin, 'cloudflare-worker', 'doctor-preflight-unrouted'),
    );
    const after = await kept(serveWorker(source, app.port));
    await expectMended(after.origin, 'cloudflare-worker');
  });
});

/** Serves a Worker's module; what it fetches goes to that port. */
async function serveWorker(source: string, upstream: number): Promise<{ origin: string; close: () => Promise<void> }> {
  const url = `data:text/javascript,${encodeURIComponent(source)}`;
  const worker = (await import(url)) as { default: { fetch(request: Request): Promise<Response> } };
  const server = createServer((incoming, outgoing) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) {
      if (!['host', 'connection', 'content-length'].includes(name)) headers.set(name, String(value));
    }
    const request = new Request(`http://127.0.0.1:${upstream}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers,
    });
    void worker.default.fetch(request).then(async (response) => {
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
