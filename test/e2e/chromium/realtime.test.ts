import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';

let browser: Browser;
let pages: TestServer;
let strangers: TestServer;
let upstream: TestServer;
let gateway: TestGateway;
let page: ProbePage;
/** Answers of the upstream that are still open, by path. */
const open = new Map<string, ServerResponse>();
const left: string[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '';
  open.set(path, response);
  response.on('close', () => {
    if (!response.writableEnded) left.push(path);
    open.delete(path);
  });
  if (path.startsWith('/events')) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: one\n\n');
  } else if (path === '/page') {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><link rel="icon" href="data:,">');
  } else {
    response.flushHeaders();
  }
}

beforeAll(async () => {
  [browser, pages, strangers, upstream] = await Promise.all([
    launchChromium(),
    servePages(),
    servePages(),
    serve(answer),
  ]);
  const sockets = new WebSocketServer({ server: upstream.server });
  sockets.on('connection', (socket, request) => {
    upstream.seen.push({ method: 'WS', url: request.url ?? '', headers: request.headers });
    socket.on('message', (data, binary) => socket.send(data, { binary }));
  });
  const proxy = `http://127.0.0.1:${upstream.port}`;
  gateway = await startGateway({
    routes: [
      { path: '/*', proxy },
      { path: '/guarded/*', proxy, cors: { origins: pages.origin } },
    ],
  });
});

afterEach(async () => {
  await page.close();
  upstream.seen.length = 0;
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), upstream.close(), pages.close(), strangers.close()]);
});

/** Opens a WebSocket in the page, sends a word, and tells what came back, or that it failed. */
function echo(path: string): Promise<string> {
  const url = JSON.stringify(gateway.origin.replace('http', 'ws') + path);
  return page.page.evaluate<string>(`new Promise((resolve) => {
    const socket = new WebSocket(${url});
    socket.onopen = () => socket.send('hello');
    socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
    socket.onerror = () => resolve('failed');
  })`);
}

describe('a WebSocket', () => {
  it('opens from the page of the gateway’s own origin', async () => {
    page = await openProbe(browser, `${gateway.origin}/page`);
    expect(await echo('/socket')).toBe('hello');
    expect(await echo('/guarded/socket')).toBe('hello');
  });

  it('opens from an origin that the policy lists', async () => {
    page = await openProbe(browser, pages.origin);
    expect(await echo('/guarded/socket')).toBe('hello');
  });

  it('is refused to a foreign page before the upstream sees it', async () => {
    page = await openProbe(browser, strangers.origin);
    expect(await echo('/guarded/socket')).toBe('failed');
    expect(upstream.seen).toEqual([]);
    await expect.poll(() => gateway.log()).toContain(`cors:/guarded/* websocket refused(origin-not-allowed)`);
  });
});

describe('an event stream through the one origin', () => {
  it('arrives event by event, and ends upstream when the page leaves', async () => {
    page = await openProbe(browser, `${gateway.origin}/page`);
    await page.page.evaluate(`window.got = [];
      window.source = new EventSource('/events');
      source.onmessage = ({ data }) => got.push(data); undefined`);
    await page.page.waitForFunction("got.join() === 'one'");
    open.get('/events')?.write('data: two\n\n');
    await page.page.waitForFunction("got.join() === 'one,two'");
    await page.page.goto('about:blank');
    await expect.poll(() => left).toContain('/events');
  });
});

describe('an aborted fetch', () => {
  it('ends the request to the upstream', async () => {
    page = await openProbe(browser, `${gateway.origin}/page`);
    await page.page.evaluate(`window.control = new AbortController();
      window.outcome = fetch('/slow', { signal: control.signal })
        .then((response) => response.text()).catch((error) => error.name); undefined`);
    await expect.poll(() => open.has('/slow')).toBe(true);
    expect(await page.page.evaluate('control.abort(); outcome')).toBe('AbortError');
    await expect.poll(() => left).toContain('/slow');
    await expect
      .poll(() => gateway.records.find(({ path }) => path === '/slow'))
      .toMatchObject({ aborted: 'client-closed' });
  });
});
