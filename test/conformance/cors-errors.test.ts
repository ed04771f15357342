import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../src/index.ts';
import { ServerPool } from '../../src/upstream/server-pool.ts';
import type { RawHead, RawPeer } from '../fixtures/raw-peer.ts';
import { plain, startRawUpstream } from '../fixtures/raw-upstream.ts';
import { startGateway } from '../fixtures/start-gateway.ts';

const ORIGIN = 'https://a.test';
const CORS = { origins: [ORIGIN], credentials: true, methods: ['PUT'], expose: ['x-r'] };

interface GatewayError {
  readonly status: number;
  readonly code: string;
  /** Behind `Host`, `Origin` and what else is in every request. */
  readonly lines?: string;
  readonly start?: string;
  readonly config?: Partial<Omit<Config, 'listen' | 'cors' | 'upstreams'>>;
  /** What the upstream does with a request. */
  readonly upstream?: (peer: RawPeer) => void;
  /** Before the request is sent. */
  readonly prepare?: (port: number, connect: () => Promise<unknown>) => Promise<void> | void;
  /** The empty line that ends the head doesn't come. */
  readonly unended?: boolean;
}

const ERRORS: readonly GatewayError[] = [
  { status: 400, code: 'malformed-request', lines: 'X-A : 1\r\n' },
  { status: 400, code: 'malformed-request', lines: 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n' },
  { status: 400, code: 'malformed-request', start: 'GET /%00' },
  { status: 400, code: 'ambiguous-path', start: 'GET /a/../b' },
  { status: 404, code: 'no-route', config: { routes: [{ path: '/elsewhere', proxy: 'api' }] } },
  { status: 404, code: 'file-not-found', config: { routes: [{ files: '.' }] } },
  { status: 405, code: 'method-not-allowed', start: 'PUT /x', config: { routes: [{ method: 'GET', proxy: 'api' }] } },
  { status: 405, code: 'method-not-allowed', start: 'CONNECT a.test:443' },
  { status: 405, code: 'method-not-allowed', start: 'TRACE /x' },
  { status: 408, code: 'header-timeout', config: { timeouts: { head: '60ms' } }, unended: true },
  { status: 408, code: 'body-timeout', lines: 'Content-Length: 9\r\n', config: { timeouts: { body: '60ms' } } },
  { status: 413, code: 'body-too-large', lines: 'Content-Length: 99\r\n', config: { limits: { body: 10 } } },
  {
    status: 414,
    code: 'target-too-long',
    start: `GET /${'a'.repeat(2000)}`,
    config: { limits: { requestLine: 1024 } },
  },
  { status: 417, code: 'expectation-failed', lines: 'Expect: a-miracle\r\n' },
  { status: 431, code: 'head-too-large', lines: `X-A: ${'a'.repeat(5000)}\r\n`, config: { limits: { headers: 4096 } } },
  { status: 431, code: 'too-many-headers', lines: 'X-A: 1\r\n'.repeat(20), config: { limits: { headerCount: 10 } } },
  {
    status: 500,
    code: 'internal-error',
    prepare: () => {
      vi.spyOn(ServerPool.prototype, 'take').mockImplementationOnce(() => {
        throw new Error('a bug');
      });
    },
  },
  { status: 502, code: 'upstream-refused', config: { routes: [{ proxy: 'http://127.0.0.1:1' }] } },
  { status: 502, code: 'upstream-reset', upstream: (peer) => void peer.reset() },
  { status: 502, code: 'upstream-malformed', upstream: (peer) => void peer.send('ICY 200 OK\r\n\r\n') },
  {
    status: 503,
    code: 'too-many-connections',
    config: { limits: { connections: 1 } },
    prepare: async (_port, connect) => void (await connect()),
  },
  { status: 504, code: 'upstream-head-timeout', upstream: () => {} },
  { status: 505, code: 'version-not-supported', start: 'GET /x HTTP/1.2\r\nX-Was:' },
];

const closings: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closings.splice(0).reverse()) await close();
});

/** The lines that make a response readable to its page. */
function corsLines(head: RawHead): Record<string, string[]> {
  const names = new Set(
    head.fields.map(([name]) => name.toLowerCase()).filter((name) => name.startsWith('access-control-')),
  );
  return Object.fromEntries([...names].sort().map((name) => [name, head.all(name)]));
}

async function start(error: GatewayError): ReturnType<typeof startGateway> {
  const upstream = await startRawUpstream(async (peer) => {
    const head = await peer.head();
    await peer.body(head);
    if (error.upstream === undefined) peer.send(plain('fine', 'X-R: 1\r\n'));
    else error.upstream(peer);
  });
  closings.push(() => upstream.close());
  const gateway = await startGateway({
    cors: { default: CORS },
    routes: [{ proxy: 'api' }],
    ...error.config,
    upstreams: { api: { servers: upstream.url, timeouts: { head: error.status === 504 ? '60ms' : '10s' } } },
  });
  closings.push(() => gateway.close());
  return gateway;
}

describe("an error of the gateway's own carries the same CORS lines as a 200", () => {
  for (const [i, error] of ERRORS.entries()) {
    it(`${error.status} ${error.code} (${i})`, async () => {
      const plainly = await start({ status: 200, code: '' });
      const fine = await (await plainly.connect()).ask('/x', { fields: `Origin: ${ORIGIN}\r\n` });
      expect(fine.status).toBe(200);

      const gateway = await start(error);
      await error.prepare?.(gateway.port, () => gateway.connect());
      const client = await gateway.connect();
      const line = error.start === undefined || !error.start.includes('HTTP/') ? ' HTTP/1.1' : '';
      const method = (error.start ?? 'GET /x').split(' ')[0];
      client.send(
        `${error.start ?? 'GET /x'}${line}\r\nHost: a.test\r\nOrigin: ${ORIGIN}\r\n${error.lines ?? ''}${error.unended === true ? '' : '\r\n'}`,
      );
      const answer = await client.answer(method);
      expect([answer.status, answer.problem]).toEqual([error.status, error.code]);
      expect(corsLines(answer.head)).toEqual(corsLines(fine.head));
      expect(corsLines(answer.head)).toMatchObject({ 'access-control-allow-origin': [ORIGIN] });
      expect(answer.head.all('vary').join()).toMatch(/\borigin\b/i);
      client.reset();
    });
  }

  it.each(['/a/50%', '/a/x%00', '/a/../a/x', '/a//%2e%2e/b'])(
    'also where only the route of the refused path %s has a policy',
    async (path) => {
      const gateway = await startGateway({
        cors: { partners: CORS },
        routes: [
          { path: '/a/*', respond: 200, cors: 'partners' },
          { path: '/b', respond: 200 },
        ],
      });
      closings.push(() => gateway.close());
      const client = await gateway.connect();
      const answer = await client.ask(path, { fields: `Origin: ${ORIGIN}\r\n` });
      expect(answer.status).toBe(400);
      expect(answer.head.all('access-control-allow-origin')).toEqual([ORIGIN]);
      client.end();
    },
  );

  it('also when the exchange comes back to the gateway that sent it', async () => {
    let own = 0;
    const upstream = await startRawUpstream(async (peer) => {
      // Whatever comes goes back to the gateway, as a mistaken address would have it.
      const head = await peer.head();
      const back = await gateway.connect();
      back.send(head.text);
      const answer = await back.answer();
      own = answer.status;
      peer.send(`HTTP/1.1 ${answer.status} X\r\nContent-Length: 0\r\n\r\n`);
      back.end();
    });
    closings.push(() => upstream.close());
    const gateway = await startGateway({ cors: { default: CORS }, routes: [{ proxy: upstream.url }] });
    closings.push(() => gateway.close());
    const client = await gateway.connect();
    const answer = await client.ask('/x', { fields: `Origin: ${ORIGIN}\r\n` });
    expect(own).toBe(508);
    expect(answer.head.all('access-control-allow-origin')).toEqual([ORIGIN]);
    client.end();
  });
});
