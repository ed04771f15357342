import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectClient } from '../../fixtures/raw-client.ts';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const folder = makeTempFolder();
const TOKEN = 'a-token-of-the-test-1';
let upstream: Server;
let gateway: ServeProcess;
let admin: string;

beforeEach(async () => {
  upstream = createServer((request, response) => {
    if (request.url === '/reset') return void request.socket.destroy();
    request.resume().on('end', () => response.end('0123456789'));
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  gateway.kill('SIGKILL');
  await gateway.exited;
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

/** Starts a gateway whose admin address is on a port that was free a moment ago. */
async function serve(options: { workers?: number; token?: string; more?: string } = {}): Promise<void> {
  const { workers = 1, token, more = '' } = options;
  const port = await freePort();
  admin = `http://127.0.0.1:${port}`;
  const path = folder.write('oneorigin.yaml', config(port, workers, token) + more);
  gateway = await serveProcess(path);
}

function config(port: number, workers: number, token: string | undefined): string {
  const { port: server } = upstream.address() as AddressInfo;
  return `listen: 127.0.0.1:0
workers: ${workers}
log: { access: off }
admin: { listen: ${port}${token === undefined ? '' : `, token: ${token}`} }
cors: { app: { origins: [https://app.test], methods: [PUT] } }
routes:
  - { path: /api/*, proxy: 'http://127.0.0.1:${server}', stripPrefix: /api, cors: app, name: 'the "api"' }
  - { path: /hello, respond: { body: hi } }
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway.port}${path}`, { ...init, headers: { connection: 'close', ...init.headers } });
const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Has Prometheus' own library read it. */
function parsed(text: string): Sample[] {
  const program = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
print(json.dumps([{"name": s.name, "labels": s.labels, "value": s.value, "type": f.type}
  for f in text_string_to_metric_families(sys.stdin.read()) for s in f.samples if s.value == s.value]))`;
  const python = ['/usr/bin/python3', 'python3'].find((each) => {
    try {
      execFileSync(each, ['-c', 'import prometheus_client'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  return JSON.parse(execFileSync(python ?? 'python3', ['-c', program], { input: text, encoding: 'utf8' })) as Sample[];
}

async function scrape(init: RequestInit = {}): Promise<(name: string, labels?: Record<string, string>) => number> {
  const response = await fetch(`${admin}/metrics`, init);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const samples = parsed(await response.text());
  return (name, labels = {}) =>
    samples
      .filter((sample) => sample.name === name)
      .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, { value }) => sum + value, 0);
}

describe.each([1, 2])('with workers: %i, metrics', (workers) => {
  it('count what happened, as Prometheus reads it', async () => {
    await serve({ workers });
    const origin = { origin: 'https://app.test' };
    for (let i = 0; i < 5; i++) await (await ask('/api/x', { headers: origin })).text();
    await ask('/api/x', { method: 'POST', body: 'x'.repeat(1000), headers: origin });
    await ask('/api/x', {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'PUT' },
    });
    await ask('/api/x', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'PUT' },
    });
    await ask('/api/reset');
    await ask('/hello');
    await ask('/nowhere');
    await ask('/hello', { method: 'BREW' });
    const count = await scrape();
    const route = 'the "api"';
    expect(count('oneorigin_requests_total', { route, method: 'GET', status: '200' })).toBe(5);
    expect(count('oneorigin_requests_total', { route, method: 'POST' })).toBe(1);
    expect(count('oneorigin_requests_total', { route, status: '502' })).toBe(1);
    expect(count('oneorigin_requests_total', { route: '/hello' })).toBe(2);
    expect(count('oneorigin_requests_total', { method: 'other' })).toBe(1);
    expect(count('oneorigin_requests_total', { route: '', status: '404' })).toBe(1);
    expect(count('oneorigin_requests_total')).toBe(12);
    expect(count('oneorigin_request_duration_seconds_count', { route })).toBe(9);
    expect(count('oneorigin_request_duration_seconds_bucket', { route, le: '+Inf' })).toBe(9);
    expect(count('oneorigin_request_duration_seconds_sum', { route })).toBeGreaterThan(0);
    expect(count('oneorigin_upstream_head_seconds_count', { route })).toBe(6);
    expect(count('oneorigin_request_bytes_total', { route })).toBe(1000);
    expect(count('oneorigin_response_bytes_total', { route })).toBeGreaterThan(60);
    expect(count('oneorigin_problems_total', { code: 'upstream-reset' })).toBe(1);
    const decisions = (labels: Record<string, string>): number =>
      count('oneorigin_cors_decisions_total', { policy: 'app', ...labels });
    expect(decisions({ kind: 'actual', verdict: 'allowed' })).toBe(6);
    expect(decisions({ kind: 'preflight', verdict: 'allowed' })).toBe(1);
    expect(decisions({ kind: 'preflight', verdict: 'refused', reason: 'origin-not-allowed' })).toBe(1);
    expect(count('oneorigin_exchanges')).toBe(0);
    expect(count('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(count('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  it('go on counting through a reload', async () => {
    await serve({ workers, token: TOKEN });
    await ask('/hello');
    const response = await fetch(`${admin}/reload`, { method: 'POST', ...bearer(TOKEN) });
    expect([response.status, await response.json()]).toEqual([200, { reloaded: true, warnings: [] }]);
    await ask('/hello');
    expect((await scrape(bearer(TOKEN)))('oneorigin_requests_total', { route: '/hello' })).toBe(2);
  });

  it('tell of connections', async () => {
    await serve({ workers });
    const client = await connectClient(gateway.port);
    await client.ask('/api/x');
    const count = await scrape();
    expect(count('oneorigin_connections', { side: 'client' })).toBe(1);
    expect(count('oneorigin_connections', { side: 'upstream' })).toBe(1);
    client.end();
  });
});

describe('whoever may not ask', () => {
  it('needs the token where there is one, but for the health checks', async () => {
    await serve({ token: TOKEN });
    for (const init of [{}, bearer(''), bearer('a-token-of-the-test-2'), bearer(`${TOKEN}x`)]) {
      const response = await fetch(`${admin}/metrics`, init);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect((await fetch(`${admin}/reload`, { method: 'POST', ...init })).status).toBe(401);
      expect((await fetch(`${admin}/readyz`, init)).status).toBe(200);
    }
    expect((await fetch(`${admin}/metrics`, bearer(TOKEN))).status).toBe(200);
  });

  it('is a page in the browser of this machine, whatever name it uses', async () => {
    await serve();
    const client = await connectClient(Number(new URL(admin).port));
    const status = async (fields: string): Promise<number> => {
      client.send(`GET /metrics HTTP/1.1\r\n${fields}\r\n`);
      return (await client.answer()).status;
    };
    expect(await status('Host: localhost:9901\r\n')).toBe(200);
    expect(await status('Host: localhost:9901\r\nOrigin: https://evil.test\r\n')).toBe(403);
    // A name of the attacker's that resolves to 127.0.0.1.
    expect(await status('Host: rebound.evil.test:9901\r\n')).toBe(403);
    client.end();
    const reload = await fetch(`${admin}/reload`, { method: 'POST' });
    expect([reload.status, ((await reload.json()) as { code: string }).code]).toEqual([403, 'admin-refused']);
  });

  it('gets no route, no policy and no method of the gateway', async () => {
    await serve();
    expect((await fetch(`${admin}/hello`)).status).toBe(404);
    const wrong = await fetch(`${admin}/reload`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await ask('/metrics')).status).toBe(404);
    expect((await ask('/healthz')).status).toBe(404);
  });
});

describe('the health checks', () => {
  it.each([1, 2])('say no while the gateway drains, and it serves on (workers: %i)', async (workers) => {
    await serve({ workers, more: 'shutdown: { delay: 2s }\n' });
    expect(await (await fetch(`${admin}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${admin}/readyz`)).status).toBe(200);
    gateway.kill('SIGTERM');
    await vi.waitFor(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(503));
    expect((await fetch(`${admin}/healthz`)).status).toBe(200);
    expect((await ask('/hello')).status).toBe(200);
    expect(await gateway.exited).toEqual([0, null]);
  });

  it('say no while a worker is missing', async () => {
    await serve({ workers: 2 });
    const [first = 0] = gateway.workers();
    process.kill(first, 'SIGSTOP');
    process.kill(first, 'SIGKILL');
    await vi.waitFor(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(503), { interval: 2 });
    await vi.waitFor(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(200), { timeout: 10_000 });
  });
});

describe('a reload by request', () => {
  it('says what is wrong, and where', async () => {
    await serve({ token: TOKEN });
    folder.write('oneorigin.yaml', `${config(Number(new URL(admin).port), 1, TOKEN)}limts: {}\n`);
    const response = await fetch(`${admin}/reload`, { method: 'POST', ...bearer(TOKEN) });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      reloaded: false,
      problems: [{ code: 'config-unknown-key', place: { line: 9, column: 1 } }],
    });
    expect(await (await ask('/hello')).text()).toBe('hi');
  });

  it.each([1, 2])('takes another admin address or token (workers: %i)', async (workers) => {
    await serve({ workers, token: TOKEN });
    const before = Number(new URL(admin).port);
    const next = 'another-token-of-the-test';
    const reload = (token: string): Promise<Response> => fetch(`${admin}/reload`, { method: 'POST', ...bearer(token) });
    folder.write('oneorigin.yaml', config(before, workers, next));
    expect((await reload(TOKEN)).status).toBe(200);
    expect((await reload(TOKEN)).status).toBe(401);
    const port = await freePort();
    folder.write('oneorigin.yaml', config(port, workers, next));
    expect((await reload(next)).status).toBe(200);
    await expect(reload(next)).rejects.toThrow();
    admin = `http://127.0.0.1:${port}`;
    expect((await reload(next)).status).toBe(200);
  });
});

it('an admin address that is taken is told at the start', async () => {
  await serve();
  const path = folder.write(
    'second.yaml',
    `listen: 127.0.0.1:0\nadmin: ${new URL(admin).port}\nroutes: [{ respond: 204 }]`,
  );
  await expect(serveProcess(path)).rejects.toThrow(/listen-in-use/);
});
