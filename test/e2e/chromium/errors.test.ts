import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf, launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
let pages: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
let page: ProbePage;
/** Servers that accept and then say this, or nothing. */
let garbage: Server;
let silent: Server;
let rude: Server;
let breaking: Server;
/** A gateway that takes one connection at a time, and has it. */
let crowded: TestGateway;
let occupant: Socket;

beforeAll(async () => {
  [browser, pages, garbage, silent, rude, breaking] = await Promise.all([
    launchChromium(),
    servePages(),
    speak('220 mail.example ESMTP\r\n'),
    speak(undefined),
    speak(''),
    speak('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
  ]);
  upstream = await serve((request, response) => {
    request.resume();
    response.writeHead(Number(request.url?.slice(1)), { 'Content-Type': 'application/json' }).end('{"own":true}');
  });
  const closed = await serve(() => {});
  await closed.close();
  gateway = await startGateway({
    limits: { body: 1000, headers: '16KiB', headerCount: 60 },
    cors: {
      default: { origins: pages.origin, headers: '*', methods: ['PUT', 'DELETE'] },
      strict: { origins: 'https://app.example.com', enforce: true },
    },
    routes: [
      { path: '/api/*', proxy: `http://127.0.0.1:${upstream.port}`, stripPrefix: '/api' },
      { path: '/read-only', method: 'GET', proxy: `http://127.0.0.1:${upstream.port}` },
      { path: '/refused', proxy: `http://127.0.0.1:${closed.port}` },
      { path: '/unreachable', proxy: 'http://nowhere.invalid' },
      { path: '/rude', proxy: `http://127.0.0.1:${portOf(rude)}` },
      { path: '/breaking', proxy: `http://127.0.0.1:${portOf(breaking)}` },
      { path: '/no-tls', proxy: `https://127.0.0.1:${upstream.port}` },
      { path: '/garbage', proxy: `http://127.0.0.1:${portOf(garbage)}` },
      { path: '/silent', proxy: `http://127.0.0.1:${portOf(silent)}`, timeouts: { head: '200ms' } },
      { path: '/too-slow', proxy: `http://127.0.0.1:${portOf(silent)}`, timeouts: { total: '200ms' } },
      { path: '/strict', proxy: `http://127.0.0.1:${upstream.port}`, cors: 'strict' },
      { path: '/files/*', files: '.', stripPrefix: '/files' },
    ],
  });
  crowded = await startGateway({
    limits: { connections: 1 },
    cors: { default: { origins: pages.origin } },
    routes: [{ respond: 204 }],
  });
  occupant = connect(crowded.port, '127.0.0.1');
  await once(occupant, 'connect');
  page = await openProbe(browser, pages.origin);
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), upstream.close(), pages.close()]);
  occupant.destroy();
  await crowded.close();
  for (const server of [garbage, silent, rude, breaking]) server.close();
});

/** A server that says one thing to everybody. */
function speak(text: string | undefined): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (text !== undefined) socket.end(text);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

describe('what the gateway answers, as the page of another origin reads it', () => {
  const long = 'x'.repeat(9000);
  it.each([
    [400, 'malformed-request', '/api/%zz', {}],
    [400, 'ambiguous-path', '/api/..%2fadmin', {}],
    [403, 'file-forbidden', '/files/.env', {}],
    [404, 'no-route', '/nowhere', {}],
    [404, 'file-not-found', '/files/nothing.txt', {}],
    [405, 'method-not-allowed', '/read-only', { method: 'DELETE' }],
    [413, 'body-too-large', '/api/200', { method: 'POST', body: 'x'.repeat(1001) }],
    [414, 'target-too-long', `/api/200?${long}`, {}],
    [412, 'precondition-failed', '/files/package.json', { headers: { 'If-Match': '"other"' } }],
    [416, 'range-not-satisfiable', '/files/package.json', { headers: { Range: 'bytes=9999999-' } }],
    [431, 'head-too-large', '/api/200', { headers: { 'X-A': long, 'X-B': long } }],
    [431, 'too-many-headers', '/api/200', { headers: headers(70) }],
    [502, 'upstream-refused', '/refused', {}],
    [502, 'upstream-unreachable', '/unreachable', {}],
    [502, 'upstream-tls', '/no-tls', {}],
    [502, 'upstream-reset', '/rude', {}],
    [502, 'upstream-malformed', '/garbage', {}],
    [504, 'upstream-head-timeout', '/silent', {}],
    [504, 'upstream-total-timeout', '/too-slow', {}],
  ])('%i %s', async (status, code, path, options) => {
    const found = await page.probe(gateway.origin + path, options);
    expect(found).toMatchObject({ status });
    expect(codeOf(found)).toBe(code);
  });

  it('503 too-many-connections', async () => {
    const found = await page.probe(crowded.origin);
    expect(found).toMatchObject({ status: 503 });
    expect(codeOf(found)).toBe('too-many-connections');
  });

  it('403 to an origin that an enforced policy refuses, unreadable to it', async () => {
    expect(await page.probe(`${gateway.origin}/strict`)).toMatchObject({ failure: 'TypeError' });
    await expect.poll(() => gateway.records.at(-1)).toMatchObject({ status: 403, problem: 'origin-refused' });
  });

  function headers(count: number): Record<string, string> {
    return Object.fromEntries(Array.from({ length: count }, (_, i) => [`X-${i}`, '1']));
  }
});

describe('what the upstream answers', () => {
  it('is never taken for whole when it breaks off in the middle', async () => {
    expect(await page.probe(`${gateway.origin}/breaking`)).toMatchObject({ failure: 'TypeError' });
    await expect.poll(() => gateway.records.at(-1)).toMatchObject({ status: 200, aborted: 'upstream-reset' });
  });

  it.each([401, 404, 429, 500, 503])('%i is read by the page', async (status) => {
    const found = await page.probe(`${gateway.origin}/api/${status}`);
    expect(found).toMatchObject({ status, body: '{"own":true}' });
  });
});
