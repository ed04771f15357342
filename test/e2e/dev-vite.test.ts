import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createServer as createVite, type ViteDevServer } from 'vite';
import { launchChromium } from '../fixtures/browser.ts';
import { CLI, start, type Running } from '../fixtures/running.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

const APP = {
  'index.html':
    '<!doctype html><link rel="icon" href="data:,"><p id="app"></p><p id="api"></p><script type="module" src="/main.js"></script>',
  'main.js': `
    import { text } from './text.js';
    const app = document.getElementById('app');
    app.textContent = text;
    import.meta.hot.accept('./text.js', (module) => { app.textContent = module.text; });
    const response = await fetch('/api/users', { method: 'PUT', headers: { 'X-Token': '1' } });
    document.getElementById('api').textContent = await response.text();
  `,
  'text.js': "export const text = 'before';",
};

let browser: Browser;
let page: Page;
let dev: Running | undefined;

beforeAll(async () => {
  browser = await launchChromium();
});

afterEach(async () => {
  await page.close();
  await dev?.stop();
});

afterAll(() => browser.close());

/** `oneorigin dev` as a user runs it. @returns what it says to open. */
async function runDev(...mappings: readonly string[]): Promise<string> {
  dev = await start(CLI, ['dev', ...mappings, '--port', '0'], { until: /One origin: (\S+)/ });
  return dev.match[1] ?? '';
}

describe('Vite behind `oneorigin dev`', () => {
  let folder: TempFolder;
  let vite: ViteDevServer;
  let api: TestServer;

  beforeAll(async () => {
    folder = makeTempFolder(APP);
    api = await serve((request, response) => response.end(`${request.method} ${request.url}`));
    vite = await startVite(0);
  });

  async function startVite(port: number): Promise<ViteDevServer> {
    const server = { port, strictPort: true };
    return (await createVite({ root: folder.path, configFile: false, logLevel: 'silent', server })).listen();
  }

  function portOf({ httpServer }: ViteDevServer): number {
    return (httpServer?.address() as AddressInfo | null | undefined)?.port ?? 0;
  }

  afterAll(async () => {
    await vite.close();
    await api.close();
    folder.remove();
  });

  it('loads, calls its API without a preflight, and updates without a reload', async () => {
    const url = await runDev(`/=http://localhost:${portOf(vite)}`, `/api=${api.port}`);
    page = await browser.newPage();
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    await page.goto(url);
    await page.waitForFunction("document.getElementById('api').textContent === 'PUT /api/users'");
    expect(await page.textContent('#app')).toBe('before');
    expect(api.seen.map(({ method }) => method)).toEqual(['PUT']);

    await expect.poll(() => dev?.output()).toContain(`PUT /api/users 200`);
    await page.evaluate('window.sameDocument = true');
    // What Vite's client says when its WebSocket stands.
    await expect.poll(() => sockets).toHaveLength(1);
    folder.write('text.js', "export const text = 'after';", new Date());
    await page.waitForFunction("document.getElementById('app').textContent === 'after'");
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]).toContain(url.replace('http', 'ws'));
  });

  it('is found again by its page after a restart', async () => {
    const port = portOf(vite);
    const url = await runDev(`/=${port}`, `/api=${api.port}`);
    page = await browser.newPage();
    const connected = page.waitForEvent('console', (message) => message.text().includes('connected.'));
    await page.goto(url);
    await connected;
    await page.evaluate('window.sameDocument = true');
    await vite.close();
    vite = await startVite(port);
    // Its client asks through the gateway until there is an answer, then loads the page anew.
    await page.waitForFunction("window.sameDocument === undefined && document.getElementById('api')?.textContent");
  });
});

describe('a server that isn’t up yet', () => {
  it('gets a page that names it, and the page comes by itself when it is', async () => {
    const spare = await serve(() => {});
    await spare.close();
    const url = await runDev(`/=http://localhost:${spare.port}`);
    page = await browser.newPage();
    const response = await page.goto(url);
    expect(response?.status()).toBe(502);
    expect(await page.textContent('h1')).toBe('502 · The upstream refused the connection');
    expect(await page.textContent('p')).toBe(`http://localhost:${spare.port} refuses connections. Is it running?`);
    const server = await serve((_request, reply) => reply.setHeader('Content-Type', 'text/html').end('<h1>up</h1>'), {
      port: spare.port,
    });
    await page.getByText('up', { exact: true }).waitFor();
    await page.close();
    await server.close();
  });
});

describe('a target written with localhost', () => {
  it.each(['127.0.0.1', '::1'])('is found where the server listens only on %s', async (host) => {
    const server = await serve((_request, response) => response.end('found'), { host });
    const url = await runDev(`/=localhost:${server.port}`);
    page = await browser.newPage();
    await page.goto(url);
    expect(await page.textContent('body')).toBe('found');
    await server.close();
  });
});
