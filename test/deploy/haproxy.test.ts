import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { findProgram } from '../fixtures/programs.ts';
import { serveProcess, type ServeProcess } from '../fixtures/serve-process.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';

// What docs/deploy.md says of many instances behind a load balancer, tried with HAProxy and the very file that is there.

vi.setConfig({ testTimeout: 60_000 });

const CONFIG = readFileSync(fileURLToPath(new URL('../../deploy/haproxy/haproxy.cfg', import.meta.url)), 'utf8');
const folder = makeTempFolder();
const running: (ServeProcess | ChildProcess)[] = [];
let upstream: Server;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    setTimeout(() => response.end(JSON.stringify(request.headers)), 5);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const process of running.splice(0)) process.kill('SIGKILL');
});
afterAll(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  folder.remove();
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

interface Place {
  readonly name: string;
  readonly port: number;
  readonly admin: number;
}

async function gateway({ name, port, admin }: Place): Promise<ServeProcess> {
  const { port: server } = upstream.address() as AddressInfo;
  const process = await serveProcess(
    folder.write(
      `${name}.yaml`,
      `listen: 127.0.0.1:${port}
admin: ${admin}
trustedProxies: [127.0.0.1]
shutdown: { delay: 2s, deadline: 10s }
log: { access: off }
cors: { app: { origins: [https://app.test] } }
routes:
  - { path: /who, respond: { body: ${name} } }
  - { path: /*, proxy: 'http://127.0.0.1:${server}', cors: app }
`,
    ),
  );
  running.push(process);
  return process;
}

/** HAProxy with the file of the repository, on other ports. */
async function haproxy(front: number, one: Place, two: Place): Promise<void> {
  const text = CONFIG.replace('127.0.0.1:8000', `127.0.0.1:${front}`)
    .replace('127.0.0.1:8081 port 9901', `127.0.0.1:${one.port} port ${one.admin}`)
    .replace('127.0.0.1:8082 port 9902', `127.0.0.1:${two.port} port ${two.admin}`);
  expect(text).not.toMatch(/:80\d\d|port 99/);
  const child = spawn(findProgram('haproxy'), ['-db', '-f', folder.write('haproxy.cfg', text)], { stdio: 'ignore' });
  running.push(child);
  await vi.waitFor(async () => expect((await ask(front, '/who')).text).toMatch(/one|two/), { timeout: 10_000 });
}

function ask(
  port: number,
  path: string,
  options: { readonly agent?: Agent; readonly headers?: Record<string, string>; readonly localAddress?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    }).on('error', reject);
  });
}

it('instances are replaced one after the other, and no request fails', async () => {
  const [front = 0, p1 = 0, a1 = 0, p2 = 0, a2 = 0] = await freePorts(5);
  const places = [
    { name: 'one', port: p1, admin: a1 },
    { name: 'two', port: p2, admin: a2 },
  ] as const;
  const instances = [await gateway(places[0]), await gateway(places[1])];
  await haproxy(front, places[0], places[1]);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const over = new AbortController();
  const failures: string[] = [];
  const answered = new Map<string, number>();
  const clients = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (!over.signal.aborted) {
        const path = Math.random() < 0.5 ? '/who' : '/api';
        const answer = await ask(front, path, { agent }).catch((error: Error) => ({ status: 0, text: error.message }));
        if (answer.status !== 200) failures.push(`${answer.status} ${answer.text}`);
        else if (path === '/who') answered.set(answer.text, (answered.get(answer.text) ?? 0) + 1);
      }
    }),
  );
  for (const [index, place] of places.entries()) {
    await sleep(500);
    const old = instances[index];
    old?.kill('SIGTERM');
    // It serves on while the load balancer learns that it's going.
    expect((await ask(place.port, '/who')).text).toBe(place.name);
    expect(await old?.exited).toEqual([0, null]);
    answered.clear();
    await sleep(300);
    // All by the other one.
    expect([...answered.keys()]).toEqual([place.name === 'one' ? 'two' : 'one']);
    instances[index] = await gateway(place);
    await vi.waitFor(() => expect(answered.get(place.name) ?? 0).toBeGreaterThan(0), { timeout: 10_000 });
  }
  over.abort();
  await clients;
  agent.destroy();
  expect(failures).toEqual([]);
});

it('scheme, host and client are those of the browser, and a stranger can not say otherwise', async () => {
  const [front = 0, p1 = 0, a1 = 0, p2 = 0, a2 = 0] = await freePorts(5);
  const one = { name: 'one', port: p1, admin: a1 };
  await gateway(one);
  await haproxy(front, one, { name: 'two', port: p2, admin: a2 });
  const headers = { host: 'shop.test', 'x-forwarded-for': '6.6.6.6' };
  const stranger = { headers, localAddress: '127.0.0.2' };
  const seen = JSON.parse((await ask(front, '/api', stranger)).text) as Record<string, string>;
  // HAProxy adds the address it sees; the one before it is the client's own word, which nobody who's trusted gave.
  expect(seen['x-real-ip']).toBe('127.0.0.2');
  expect(seen['x-forwarded-host']).toBe('shop.test');
  expect(seen['x-forwarded-proto']).toBe('http');
});
