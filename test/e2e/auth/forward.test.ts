import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ForwardAuthOptions } from '../../../src/features/auth/options.ts';
import { ask, Stage, startEcho } from '../../fixtures/auth.ts';
import { startRawUpstream, type Script } from '../../fixtures/raw-upstream.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

const hall = new Stage();
const stage = new Stage();
let upstream: TestServer;

beforeAll(async () => {
  upstream = hall.keep(await startEcho());
});
afterAll(() => hall.close());
afterEach(() => stage.close());

type Handler = Parameters<typeof serve>[0];

/** A service that answers so, and a gateway that asks it. */
async function withService(
  handler: Handler,
  options: Omit<ForwardAuthOptions, 'to'> = {},
  config: Parameters<Stage['protect']>[2] = {},
): Promise<{ service: TestServer; gateway: TestGateway }> {
  const service = stage.keep(await serve(handler));
  const forward = { to: `http://127.0.0.1:${service.port}`, path: '/verify', ...options };
  return { service, gateway: await stage.protect(upstream, { forward }, config) };
}

async function withScript(script: Script, options: Omit<ForwardAuthOptions, 'to'> = {}): Promise<TestGateway> {
  const service = stage.keep(await startRawUpstream(script));
  return stage.protect(upstream, { forward: { to: service.url, path: '/verify', ...options } });
}

describe('a service that decides', () => {
  it('sees what was asked for, and by whom', async () => {
    const { service, gateway } = await withService((_, response) => response.end());
    const headers = { Cookie: 'session=1', Authorization: 'Bearer x', 'X-Custom': 'y', 'Content-Type': 'text/plain' };
    const { status } = await ask(`${gateway.url}/a%20b?c=d&e`, headers, { method: 'PUT', body: 'body' });
    expect(status).toBe(200);
    const [seen] = service.seen;
    expect(seen).toMatchObject({ method: 'GET', url: '/verify' });
    expect(seen?.headers).toMatchObject({
      host: `127.0.0.1:${service.port}`,
      cookie: 'session=1',
      authorization: 'Bearer x',
      'x-custom': 'y',
      'x-forwarded-method': 'PUT',
      'x-forwarded-uri': '/a%20b?c=d&e',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-request-id': gateway.records[0]?.id,
    });
    for (const name of ['content-type', 'content-length', 'transfer-encoding'])
      expect(seen?.headers).not.toHaveProperty(name);
  });

  it('does not see what a client says in the place of the gateway', async () => {
    const { service, gateway } = await withService((_, response) => response.end(), { copy: ['remote-user'] });
    const lies = [
      'X-Forwarded-Uri',
      'X-Forwarded-Method',
      'X-Original-URL',
      'X_Original_Method',
      'X-Rewrite-URL',
      'Forwarded',
    ];
    const headers = Object.fromEntries(
      [...lies, 'Remote-User', 'Remote_User', 'If-None-Match', 'Range'].map((name) => [name, 'lie']),
    );
    await ask(gateway.url, headers);
    expect(JSON.stringify(service.seen[0]?.headers)).not.toContain('lie');
    expect(service.seen[0]?.headers).toMatchObject({ 'x-forwarded-uri': '/', 'x-forwarded-method': 'GET' });
  });

  it('sees only the headers that are listed', async () => {
    const { service, gateway } = await withService((_, response) => response.end(), { requestHeaders: ['Cookie'] });
    await ask(gateway.url, { Cookie: 'session=1', Authorization: 'Bearer x' });
    expect(service.seen[0]?.headers).toMatchObject({ cookie: 'session=1', 'x-forwarded-uri': '/' });
    expect(service.seen[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['/base', undefined, '/base'],
    ['/base/', '/verify?rd=https://login.example.com/', '/base/verify?rd=https://login.example.com/'],
    ['', undefined, '/'],
  ])('at %j is asked for %j: %s', async (base, path, asked) => {
    const service = stage.keep(await serve((_, response) => response.end()));
    const forward = { to: `http://127.0.0.1:${service.port}${base}`, ...(path === undefined ? {} : { path }) };
    const gateway = await stage.protect(upstream, { forward });
    expect((await ask(gateway.url)).status).toBe(200);
    expect(service.seen[0]?.url).toBe(asked);
  });

  it('is asked on connections that stay, one of which may have died meanwhile', async () => {
    let connections = 0;
    const { service, gateway } = await withService((_, response) => response.end('ok'));
    service.server.on('connection', () => connections++);
    for (let i = 0; i < 5; i++) expect((await ask(gateway.url)).status).toBe(200);
    expect(connections).toBe(1);
    service.server.closeIdleConnections();
    expect((await ask(gateway.url)).status).toBe(200);
    expect(connections).toBe(2);
  });

  it('may be an upstream of several servers, one of which is down', async () => {
    const service = stage.keep(await serve((_, response) => response.end()));
    const down = await serve(() => {});
    await down.close();
    const servers = [`http://127.0.0.1:${down.port}`, `http://127.0.0.1:${service.port}`];
    const gateway = await stage.protect(
      upstream,
      { forward: { to: 'deciders' } },
      { upstreams: { deciders: { servers } } },
    );
    for (let i = 0; i < 4; i++) expect((await ask(gateway.url)).status).toBe(200);
  });

  it('that is this gateway is not asked round and round', async () => {
    const service = await serve(() => {});
    await service.close();
    const url = `http://127.0.0.1:${service.port}`;
    const gateway = stage.keep(
      await startGateway(
        { auth: { it: { forward: { to: 'http://gateway.localhost:1' } } }, routes: [{ respond: 204, auth: 'it' }] },
        { listen: `127.0.0.1:${service.port}` },
      ),
    );
    expect((await ask(url)).status).toBe(503);
    const looped = stage.keep(
      await serve((request, response) => {
        void ask(gateway.url, { Via: String(request.headers.via) }).then(({ code }) =>
          response.writeHead(403).end(code),
        );
      }),
    );
    const other = await stage.protect(upstream, { forward: { to: `http://127.0.0.1:${looped.port}` } });
    expect(await (await ask(other.url)).response.status).toBe(403);
    expect(gateway.records.at(-1)?.problem).toBe('loop-detected');
  });
});

describe('what it lets through', () => {
  it('reaches the upstream with what it says, and with nothing that the client says in its place', async () => {
    const copy = ['Remote-User', 'Remote-Groups', 'Authorization'];
    const { gateway } = await withService(
      (request, response) => {
        if (request.headers.cookie !== undefined)
          response.setHeader('Remote-User', 'alice').setHeader('Remote-Groups', ['a', 'b']);
        response.setHeader('X-Other', 'no').setHeader('Authorization', 'Bearer inner').writeHead(204).end();
      },
      { copy },
    );
    const { echo } = await ask(gateway.url, {
      Cookie: 'session=1',
      'Remote-User': 'root',
      Authorization: 'Bearer outer',
    });
    expect(echo.headers).toMatchObject({
      'remote-user': 'alice',
      'remote-groups': 'a, b',
      authorization: 'Bearer inner',
    });
    expect(echo.headers).not.toHaveProperty('x-other');
    const anonymous = await ask(gateway.url, { 'Remote-User': 'root', Remote_Groups: 'root', 'Remote-Groups': 'root' });
    expect(JSON.stringify(anonymous.echo)).not.toContain('root');
  });

  it('can be asked for by rules', async () => {
    const { gateway } = await withService(
      (request, response) => response.setHeader('Remote-Groups', String(request.headers['x-group'])).end(),
      { copy: ['remote-groups'] },
      { route: { auth: { use: 'it', claims: { 'remote-groups': ['ops', 'dev'] } } } },
    );
    expect((await ask(gateway.url, { 'X-Group': 'dev' })).status).toBe(200);
    expect(await ask(gateway.url, { 'X-Group': 'sales' })).toMatchObject({ status: 403, code: 'insufficient-scope' });
  });

  it('keeps its body, however it comes and however long the decision takes', async () => {
    const { service, gateway } = await withService((_, response) => void setTimeout(() => response.end(), 150));
    const echo = stage.keep(await serve((request, response) => request.pipe(response)));
    const sized = await stage.protect(echo, { forward: { to: `http://127.0.0.1:${service.port}` } });
    const large = Buffer.alloc(3 * 1024 * 1024, 'abcdefghij');
    for (const body of [Buffer.from('small'), large]) {
      const response = await fetch(sized.url, { method: 'POST', body });
      expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    }
    const chunked = new Response(large).body;
    const streamed = await fetch(sized.url, { method: 'POST', body: chunked, duplex: 'half' } as RequestInit);
    expect(Buffer.from(await streamed.arrayBuffer()).equals(large)).toBe(true);
    expect(gateway.records).toEqual([]);
  });

  it('answers with what it gives back, whatever becomes of the request', async () => {
    const { gateway } = await withService((_, response) => response.setHeader('Set-Cookie', ['a=1', 'b=2']).end(), {
      copyBack: ['Set-Cookie'],
    });
    expect((await ask(gateway.url)).response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    const { service } = await withService((_, response) => response.setHeader('Set-Cookie', 'a=1').end());
    const gone = await serve(() => {});
    await gone.close();
    const broken = await stage.protect(gone, {
      forward: { to: `http://127.0.0.1:${service.port}`, copyBack: ['set-cookie'] },
    });
    const answer = await ask(broken.url);
    expect([answer.code, answer.response.headers.getSetCookie()]).toEqual(['upstream-refused', ['a=1']]);
  });

  it('does not wait for the rest of an answer, nor keep a connection with too much of it', async () => {
    const slow = await withScript(
      async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun');
      },
      { timeout: '300ms' },
    );
    expect((await ask(slow.url)).status).toBe(200);
    await slow.quiet(1);
    let connections = 0;
    const { service, gateway } = await withService((_, response) => response.end(Buffer.alloc(200_000)));
    service.server.on('connection', () => connections++);
    for (let i = 0; i < 2; i++) expect((await ask(gateway.url)).status).toBe(200);
    expect(connections).toBe(2);
  });

  it('opens WebSockets too', async () => {
    const { service, gateway } = await withService((request, response) =>
      response.writeHead(request.headers.cookie === 'session=1' ? 200 : 401).end(),
    );
    const socketServer = stage.keep(
      await startRawUpstream(async (peer) => {
        await peer.head();
        peer.send(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nhello',
        );
      }),
    );
    const forward = { to: `http://127.0.0.1:${service.port}` };
    const tunnel = stage.keep(
      await startGateway({ auth: { it: { forward } }, routes: [{ proxy: socketServer.url, auth: 'it' }] }),
    );
    const fields =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const client = await tunnel.connect();
    client.send(`GET / HTTP/1.1\r\nHost: x\r\n${fields}Cookie: session=1\r\n\r\n`);
    expect((await client.head()).status).toBe(101);
    expect(await client.take(5)).toBe('hello');
    client.reset();
    const stranger = await tunnel.connect();
    expect((await stranger.ask('/', { fields })).status).toBe(401);
    expect(service.seen.at(-1)?.headers).not.toHaveProperty('upgrade');
    stranger.reset();
    expect(gateway.records).toEqual([]);
  });
});

describe('what it refuses', () => {
  it('gets its answer, under the policy of the route, and the upstream is not asked', async () => {
    const { gateway } = await withService(
      (_, response) =>
        response
          .writeHead(302, {
            Location: 'https://login.example.com/?rd=x',
            'Set-Cookie': 'state=1',
            'Keep-Alive': 'timeout=5',
            'X-Own': 'y',
            'Access-Control-Allow-Origin': '*',
          })
          .end('go there'),
      {},
      { cors: { default: { origins: ['https://app.example.com'] } } },
    );
    const before = upstream.seen.length;
    const { response } = await ask(`${gateway.url}/x`, { Origin: 'https://app.example.com' });
    expect([response.status, response.headers.get('location')]).toEqual([302, 'https://login.example.com/?rd=x']);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect([response.headers.get('x-own'), response.headers.getSetCookie()]).toEqual(['y', ['state=1']]);
    expect(response.headers.get('keep-alive')).toBeNull();
    expect(upstream.seen.length).toBe(before);
    expect(gateway.records[0]).toMatchObject({ status: 302, problem: undefined });
  });

  it('gets all of a long answer at its own pace, in each framing, and nothing of one to HEAD', async () => {
    const long = Buffer.alloc(4 * 1024 * 1024, 'refused ');
    const { gateway } = await withService((request, response) => {
      if (request.headers['x-framing'] === 'length') response.setHeader('Content-Length', long.length);
      response.writeHead(403).end(long);
    });
    for (const framing of ['length', 'chunked']) {
      const response = await fetch(gateway.url, { headers: { 'X-Framing': framing } });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([response.status, Buffer.from(await response.arrayBuffer()).equals(long)]).toEqual([403, true]);
    }
    const client = await gateway.connect();
    for (let i = 0; i < 2; i++) {
      const head = await client.ask('/', { method: 'HEAD', fields: 'X-Framing: length\r\n' });
      expect([head.status, head.head.get('content-length')]).toEqual([403, String(long.length)]);
    }
    client.reset();
    const untilClose = await withScript(async (peer) => {
      await peer.head();
      peer.send('HTTP/1.0 401 No\r\n\r\nuntil the end').end();
    });
    const response = await fetch(untilClose.url);
    expect([response.status, await response.text()]).toEqual([401, 'until the end']);
  });

  it('is read to its end, or its connection closed, so that the next request is understood', async () => {
    const { gateway } = await withService((_, response) => response.writeHead(401).end('no'));
    const client = await gateway.connect();
    for (let i = 0; i < 3; i++) {
      const answer = await client.ask('/', { method: 'POST', fields: 'Content-Length: 4\r\n', body: 'GET ' });
      expect([answer.status, answer.body.text]).toEqual([401, 'no']);
    }
    client.reset();
  });

  it('whose answer breaks off is broken off', async () => {
    const gateway = await withScript(async (peer) => {
      await peer.head();
      peer.send('HTTP/1.1 403 No\r\nContent-Length: 100\r\n\r\nbegun').reset();
    });
    await expect(fetch(gateway.url).then((response) => response.text())).rejects.toThrow();
    await gateway.quiet();
  });
});

describe('a service that fails', () => {
  const scripts: readonly [string, Script][] = [
    ['upstream-reset', (peer) => void peer.head().then(() => peer.reset())],
    ['upstream-reset', (peer) => void peer.head().then(() => peer.send('HTTP/1.1 200').end())],
    ['upstream-malformed', (peer) => void peer.head().then(() => peer.send('nonsense\r\n\r\n'))],
    [
      'upstream-malformed',
      (peer) => void peer.head().then(() => peer.send('HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')),
    ],
    ['timeout', (peer) => void peer.head()],
    ['timeout', (peer) => void peer.head().then(() => peer.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-'))],
  ];

  it.each(scripts)('(%s) lets nobody in', async (failure, script) => {
    const gateway = await withScript(script, { timeout: '300ms' });
    const before = upstream.seen.length;
    const answer = await ask(gateway.url, {}, { method: 'POST', body: 'x' });
    expect(answer).toMatchObject({ status: 503, code: 'auth-unavailable' });
    expect(answer.response.headers.get('retry-after')).toBe('1');
    expect(upstream.seen.length).toBe(before);
    expect(gateway.records[0]?.upstreamFailure).toContain(failure);
    await gateway.quiet();
  });

  it('lets nobody in while it is down, and is asked again when it is back', async () => {
    const service = await serve(() => {});
    await service.close();
    const gateway = await stage.protect(upstream, { forward: { to: `http://127.0.0.1:${service.port}` } });
    expect((await ask(gateway.url)).code).toBe('auth-unavailable');
    stage.keep(await serve((_, response) => response.end(), { port: service.port }));
    expect((await ask(gateway.url)).status).toBe(200);
  });

  it('is left alone when the client leaves, and the upstream is not asked', async () => {
    let closed = 0;
    let asked = 0;
    const { gateway } = await withService((request) => {
      asked++;
      request.socket.once('close', () => closed++);
    });
    const before = upstream.seen.length;
    const client = await gateway.connect();
    client.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => asked).toBe(1);
    client.reset();
    await expect.poll(() => closed).toBe(1);
    await gateway.quiet();
    expect(upstream.seen.length).toBe(before);
  });
});
