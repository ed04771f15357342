import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

// A new config, or new processes, again and again, while many ask, sockets talk and streams run. RELOAD_SECONDS=60 tries for
// a minute.

const SECONDS = Number(process.env['RELOAD_SECONDS'] ?? 5);
const CLIENTS = 16;
const PEOPLE = 8;

vi.setConfig({ testTimeout: (SECONDS + 40) * 1000, hookTimeout: 30_000 });

const folder = makeTempFolder();
let upstream: Server;
let sockets: WebSocketServer;
let gateway: ServeProcess;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url !== '/events') return void response.end('ok');
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    let number = 0;
    const timer = setInterval(() => response.write(`data: ${++number}\n\n`), 20);
    response.on('close', () => clearInterval(timer));
  });
  sockets = new WebSocketServer({ server: upstream });
  sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  gateway.kill('SIGKILL');
  await gateway.exited;
});
afterAll(async () => {
  sockets.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  folder.remove();
});

/** Its upstream has another name each time: nothing of the old one is in the new config. */
function config(version: number, port: number, workers: number): string {
  const { port: server } = upstream.address() as AddressInfo;
  return `listen: 127.0.0.1:${port}
workers: ${workers}
log: { access: off }
upstreams: { u${version}: { servers: ['http://127.0.0.1:${server}'] } }
routes:
  - { path: /version, respond: { body: '${version}' } }
  - { path: /*, proxy: u${version} }
`;
}

interface Crowd {
  readonly asked: () => number;
  readonly failures: string[];
  stop(): Promise<void>;
}

/** Many who ask all the time, on connections that are kept. */
function crowd(port: number): Crowd {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const failures: string[] = [];
  let asked = 0;
  const over = new AbortController();
  const one = async (path: string): Promise<void> => {
    for (; !over.signal.aborted; asked++) {
      const text = await ask(port, path, agent).catch((error: NodeJS.ErrnoException) => `failed: ${error.code}`);
      if (!/^(?:ok|\d+)$/.test(text)) failures.push(text);
    }
  };
  const all = Promise.all(Array.from({ length: CLIENTS }, (_, i) => one(i % 2 === 0 ? '/' : '/version')));
  return {
    asked: () => asked,
    failures,
    stop: async () => {
      over.abort();
      await all;
      agent.destroy();
    },
  };
}

function ask(port: number, path: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path, ...(agent === undefined ? {} : { agent }) }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(response.statusCode === 200 ? text : `${response.statusCode} ${text}`));
      response.on('error', reject);
    }).on('error', reject);
  });
}

/** WebSockets that send a number every 20 ms and want it back, and event streams that count. */
class Listeners {
  readonly failures: string[] = [];
  private echoes = 0;
  private events = 0;
  private over = false;
  private readonly open: WebSocket[] = [];
  private readonly streams: IncomingMessage[] = [];

  async join(port: number): Promise<void> {
    await Promise.all(Array.from({ length: PEOPLE }, () => Promise.all([this.talk(port), this.listen(port)])));
  }

  private async talk(port: number): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    this.open.push(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    let last = 0;
    socket.on('message', (data: Buffer) => {
      if (data.toString() !== String(last)) this.failures.push(`echo ${data.toString()} for ${last}`);
      this.echoes++;
      setTimeout(() => socket.readyState === WebSocket.OPEN && socket.send(String(++last)), 20);
    });
    socket.on('close', (code) => this.over || this.failures.push(`WebSocket closed with ${code}`));
    socket.on('error', () => {});
    socket.send(String(++last));
  }

  private async listen(port: number): Promise<void> {
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      get({ port, host: '127.0.0.1', path: '/events', agent: false }, resolve).on('error', reject),
    );
    this.streams.push(response);
    let text = '';
    let number = 0;
    response.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (text + chunk).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) if (part !== `data: ${++number}`) this.failures.push(`event ${part} for ${number}`);
      this.events += parts.length;
    });
    response.on('close', () => this.over || this.failures.push('event stream closed'));
    response.on('error', () => {});
  }

  leave(): { readonly echoes: number; readonly events: number } {
    this.over = true;
    for (const socket of this.open) socket.terminate();
    for (const stream of this.streams) stream.destroy();
    return { echoes: this.echoes, events: this.events };
  }
}

describe.each([1, 2])('with workers: %i', (workers) => {
  it('a reload again and again drops nothing', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config(0, 0, workers)));
    const { port } = gateway;
    const listeners = new Listeners();
    await listeners.join(port);
    const asking = crowd(port);
    let version = 0;
    for (const end = Date.now() + SECONDS * 1000; Date.now() < end;) {
      folder.write('oneorigin.yaml', config(++version, port, workers));
      gateway.kill('SIGHUP');
      await vi.waitFor(async () => expect(await ask(port, '/version')).toBe(String(version)), {
        timeout: 15_000,
        interval: 20,
      });
      await sleep(100);
    }
    await asking.stop();
    const { echoes, events } = listeners.leave();
    expect([asking.failures, listeners.failures, gateway.errors()]).toEqual([[], [], '']);
    expect(version).toBeGreaterThan(SECONDS);
    expect(asking.asked()).toBeGreaterThan(SECONDS * 100);
    expect(Math.min(echoes, events)).toBeGreaterThan(PEOPLE * SECONDS * 5);
    expect(gateway.output().match(/config reloaded from/g)).toHaveLength(version);
  });
});

it('new worker processes take the place of the old ones, and nothing is dropped', async () => {
  gateway = await serveProcess(folder.write('oneorigin.yaml', config(0, 0, 2)));
  const { port } = gateway;
  const listeners = new Listeners();
  await listeners.join(port);
  const asking = crowd(port);
  const before = gateway.workers();
  for (let round = 0; round < 2; round++) {
    const old = gateway.workers();
    gateway.kill('SIGUSR2');
    // Those with WebSockets and streams stay as long as these do.
    await vi.waitFor(() => expect(gateway.workers().filter((pid) => !old.includes(pid))).toHaveLength(2), {
      timeout: 20_000,
      interval: 50,
    });
    await sleep(500);
  }
  await asking.stop();
  listeners.leave();
  expect([asking.failures, listeners.failures, gateway.errors()]).toEqual([[], [], '']);
  expect(before).toHaveLength(2);
  await vi.waitFor(() => expect(gateway.workers()).toHaveLength(2), { timeout: 20_000, interval: 100 });
  expect(gateway.workers().filter((pid) => before.includes(pid))).toEqual([]);
  expect(await ask(port, '/version')).toBe('0');
});
