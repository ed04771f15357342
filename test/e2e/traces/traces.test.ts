import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLI } from '../../fixtures/running.ts';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly Span[] }[];
  }[];
}

const folder = makeTempFolder();
let upstream: Server;
let collector: Server;
let asked: IncomingHttpHeaders[] = [];
let exports: { readonly headers: IncomingHttpHeaders; readonly body: Export }[] = [];
let gateway: ServeProcess | undefined;

const listening = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
let servers: { upstream: string; collector: string };

beforeEach(async () => {
  asked = [];
  exports = [];
  upstream = createServer((request, response) => {
    asked.push(request.headers);
    response.statusCode = request.url === '/broken' ? 503 : 200;
    response.end('ok');
  });
  collector = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      exports.push({ headers: request.headers, body: JSON.parse(text) as Export });
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  servers = { upstream: await listening(upstream), collector: await listening(collector) };
});
afterEach(async () => {
  gateway?.kill('SIGKILL');
  await gateway?.exited;
  for (const server of [upstream, collector]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

const config = (more = '', workers = 1): string => `listen: 127.0.0.1:0
workers: ${workers}
traces: { endpoint: '${servers.collector}/v1/traces', service: shop, headers: { x-key: k } ${more} }
log: { format: json }
routes:
  - { path: /api/*, proxy: '${servers.upstream}', name: api }
  - { path: /*, proxy: '${servers.upstream}' }
`;

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${gateway?.port}${path}`, { headers });

/** Ends the gateway, so that it sends what it has. */
async function spans(): Promise<Span[]> {
  gateway?.kill('SIGTERM');
  await gateway?.exited;
  return exports.flatMap(({ body }) =>
    body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
  );
}
const attributes = (list: Span['attributes']): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));

describe('traces', () => {
  it('go on from whoever asked, to the upstream and to the collector', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config()));
    const before = Date.now();
    await ask('/api/users?token=secret', { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' });
    const [headers = {}] = asked;
    const [, traceId, spanId, flags] = /^00-(\w+)-(\w+)-(\w+)$/.exec(headers['traceparent'] as string) ?? [];
    expect([traceId, flags, headers['tracestate']]).toEqual([TRACE, '01', 'vendor=1']);
    expect(spanId).not.toBe(PARENT);
    const [span] = await spans();
    expect(span).toMatchObject({ traceId: TRACE, spanId, parentSpanId: PARENT, name: 'GET api', kind: 2 });
    expect(span?.status.code ?? 0).toBe(0);
    const [start, end] = [Number(span?.startTimeUnixNano) / 1e6, Number(span?.endTimeUnixNano) / 1e6];
    expect(start).toBeGreaterThan(before - 1000);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThan(Date.now() + 1000);
    expect(attributes(span?.attributes ?? [])).toMatchObject({
      'http.request.method': 'GET',
      'http.route': 'api',
      'url.path': '/api/users',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'client.address': '127.0.0.1',
      'oneorigin.upstream': new URL(servers.upstream).host,
    });
    expect(JSON.stringify(exports)).not.toContain('secret');
    expect(exports[0]?.headers['x-key']).toBe('k');
    const resource = exports[0]?.body.resourceSpans[0]?.resource.attributes ?? [];
    expect(attributes(resource)['service.name']).toBe('shop');
    expect(gateway.output()).toContain(`"trace":"${TRACE}"`);
  });

  it('begin here where nobody began one, and where what came is none', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config()));
    await ask('/a', { tracestate: 'orphan=1' });
    await ask('/b', { traceparent: `00-${TRACE}-${PARENT}-01-x`, tracestate: 'orphan=1' });
    await ask('/broken');
    expect(asked.map(({ tracestate }) => tracestate)).toEqual([undefined, undefined, undefined]);
    const found = await spans();
    expect(found.map(({ parentSpanId }) => parentSpanId ?? '')).toEqual(['', '', '']);
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(3);
    expect(found.map(({ traceId }) => traceId)).not.toContain(TRACE);
    expect(found.map(({ status }) => status.code ?? 0)).toEqual([0, 0, 2]);
  });

  it('are sent as decided where they began, else by the share', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config(', sample: 0')));
    await ask('/unsampled');
    await ask('/sampled', { traceparent: `00-${TRACE}-${PARENT}-01` });
    await ask('/not', { traceparent: `00-${TRACE}-${PARENT}-00` });
    expect(asked.map(({ traceparent }) => String(traceparent).slice(-2))).toEqual(['00', '01', '00']);
    expect((await spans()).map(({ attributes: list }) => attributes(list)['url.path'])).toEqual(['/sampled']);
  });

  it('come from every worker', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config('', 2)));
    await Promise.all(Array.from({ length: 20 }, (_, i) => ask(`/${i}`, { connection: 'close' })));
    expect(await spans()).toHaveLength(20);
  });

  it('cost no request when the collector is down, and the log says so once', async () => {
    const text = config().replace(servers.collector, 'http://127.0.0.1:1');
    gateway = await serveProcess(folder.write('oneorigin.yaml', text));
    for (let i = 0; i < 5; i++) expect((await ask('/x')).status).toBe(200);
    await vi.waitFor(() => expect(gateway?.output()).toContain('traces not sent'), { timeout: 20_000 });
    expect(gateway.output().match(/traces not sent/g)).toHaveLength(1);
  });
});

it('without traces, the fields pass as they are', async () => {
  const text = config().replace(/^traces.*$/m, '');
  gateway = await serveProcess(folder.write('oneorigin.yaml', text));
  await ask('/x', { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' });
  expect(asked[0]).toMatchObject({ traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'vendor=1' });
});

it.each([1, 2])('a start without the packages says which to install (workers: %i)', (workers) => {
  const { path } = makeTempFolder({ 'oneorigin.yaml': config('', workers) });
  // The command line as it's installed, without what is optional.
  cpSync(dirname(CLI), join(path, 'dist/cli'), { recursive: true });
  cpSync(join(dirname(CLI), '../../package.json'), join(path, 'package.json'));
  mkdirSync(join(path, 'node_modules'));
  symlinkSync(join(dirname(CLI), '../../node_modules/jiti'), join(path, 'node_modules/jiti'));
  const { status, stderr } = spawnSync(process.execPath, [join(path, 'dist/cli/main.js'), 'serve'], {
    cwd: path,
    encoding: 'utf8',
    timeout: 20_000,
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/error\[traces-unavailable\][^]*npm install @opentelemetry\/api/);
});
