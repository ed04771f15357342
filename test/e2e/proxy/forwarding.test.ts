import { afterEach, describe, expect, it } from 'vitest';
import type { Config, RouteOptions } from '../../../src/config/types.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import type { RawHead } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;
let seen: RawHead[] = [];
let response = plain('ok');

interface Setup extends Omit<Config, 'listen' | 'routes' | 'upstreams'> {
  readonly route?: Omit<RouteOptions, 'proxy'>;
  readonly basePath?: string;
}

async function start({ basePath = '', ...options }: Setup = {}): Promise<void> {
  seen = [];
  response = plain('ok');
  upstream = await startRawUpstream(async (peer) => {
    for (;;) {
      seen.push(await peer.head());
      peer.send(response);
    }
  });
  gateway = await startProxy(upstream.url + basePath, options);
  closers.push(gateway.close, upstream.close);
}

/** What the upstream sees of a request with these fields. */
async function forward(fields = '', path = '/'): Promise<RawHead> {
  await ask(fields, path);
  return seen.at(-1) as RawHead;
}

async function ask(fields = '', path = '/', host = 'app.example'): Promise<RawAnswer> {
  const client = await gateway.connect();
  client.send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`);
  const answer = await client.answer();
  client.end();
  return answer;
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const SPOOFED =
  'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 1\r\n' +
  'X-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Request-Id: forged\r\n';
const TELLING = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip'];
const TRUTH = ['127.0.0.1', 'http', 'app.example', '127.0.0.1'];

describe('who the client is', () => {
  it('is told to the upstream', async () => {
    await start();
    const head = await forward();
    expect(TELLING.flatMap((name) => head.all(name))).toEqual(TRUTH);
    expect(head.get('host')).toBe('app.example');
    expect(head.all('forwarded')).toEqual([]);
    expect(head.get('x-request-id')).toBe(gateway.records[0]?.id);
  });

  it('cannot be made up by a client', async () => {
    await start();
    const head = await forward(SPOOFED);
    expect(TELLING.flatMap((name) => head.all(name))).toEqual(TRUTH);
    expect(head.text).not.toMatch(/6\.6\.6\.6|evil|forged|x-forwarded-port/i);
  });

  it('is not made up in the words of single frameworks either; what a trusted proxy says of it passes', async () => {
    const believed =
      'X-Forwarded-Prefix: /evil\r\nX-Forwarded-Scheme: https\r\nX-Forwarded-Ssl: on\r\nX-Forwarded-Server: evil\r\n' +
      'X-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\n';
    await start();
    expect((await forward(believed)).text).not.toMatch(/evil|admin|scheme|ssl/i);
    await start({ trustedProxies: ['127.0.0.1'] });
    expect((await forward(believed)).text).toContain(believed);
  });

  it('cannot be taken away by a client that lists it in Connection', async () => {
    await start();
    const listed =
      'X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP, X-Request-Id, Host, Via, Authorization';
    const head = await forward(`Connection: ${listed}\r\nAuthorization: Bearer x\r\n${SPOOFED}`);
    expect(TELLING.flatMap((name) => head.all(name))).toEqual(TRUTH);
    expect([head.get('host'), head.get('authorization')]).toEqual(['app.example', 'Bearer x']);
    expect(head.get('x-request-id')).toBeDefined();
  });

  it.each(['X_Forwarded_For', 'X-Forwarded_For', 'x_real_ip', 'Content_Length'])(
    'cannot be made up under the name %s',
    async (name) => {
      await start();
      expect((await ask(`${name}: 6\r\n`)).status).toBe(400);
      expect(seen).toEqual([]);
    },
  );

  it('is believed of a proxy that the config trusts, whose chain goes on', async () => {
    await start({ trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'], route: { forwarded: true } });
    const head = await forward(
      'X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\nX-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n' +
        'X-Forwarded-Host: shop.example\r\nForwarded: for=203.0.113.7;proto=https\r\nX-Request-Id: abc-1\r\n',
    );
    expect(TELLING.flatMap((name) => head.all(name))).toEqual([
      '6.6.6.6, 203.0.113.7, 10.1.2.3, 127.0.0.1',
      'https',
      'shop.example',
      '203.0.113.7',
    ]);
    expect(head.all('forwarded')).toEqual([
      'for=203.0.113.7;proto=https, for=127.0.0.1;proto=https;host="shop.example"',
    ]);
    expect(head.get('x-request-id')).toBe('abc-1');
    expect(gateway.records[0]).toMatchObject({ client: '203.0.113.7', id: 'abc-1', host: 'shop.example' });
  });

  it('is not believed of others when some are trusted', async () => {
    await start({ trustedProxies: ['10.0.0.0/8'] });
    const head = await forward(SPOOFED);
    expect(TELLING.flatMap((name) => head.all(name))).toEqual(TRUTH);
  });

  it('survives nonsense from a trusted proxy', async () => {
    await start({ trustedProxies: ['127.0.0.1'] });
    const head = await forward(
      'X-Forwarded-For: unknown, , "x\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Host: a b\r\nX-Request-Id: a b\r\n',
    );
    expect([head.get('x-forwarded-proto'), head.get('x-forwarded-host'), head.get('x-real-ip')]).toEqual([
      'http',
      'app.example',
      '127.0.0.1',
    ]);
  });

  it('is said in Forwarded where a route asks for it', async () => {
    await start({ route: { forwarded: true } });
    expect((await forward(SPOOFED)).all('forwarded')).toEqual(['for=127.0.0.1;proto=http;host="app.example"']);
  });

  it('is an address without its mapping when it comes over IPv6, bracketed in Forwarded', async () => {
    upstream = await startRawUpstream(async (peer) => {
      seen.push(await peer.head());
      peer.send(plain('ok'));
    });
    gateway = await startGateway({ routes: [{ proxy: upstream.url, forwarded: true }] }, { listen: '[::1]:0' });
    closers.push(gateway.close, upstream.close);
    const head = await forward();
    expect([head.get('x-forwarded-for'), head.get('forwarded')]).toEqual([
      '::1',
      'for="[::1]";proto=http;host="app.example"',
    ]);
  });
});

describe('the target of a request', () => {
  it('is forwarded byte for byte', async () => {
    await start();
    for (const target of [
      '/a%20b/%C3%A9?x=%2F&y=a+b',
      '/?',
      '/a?b?c',
      "/a;v=1/b,c/~'()*!$&@:",
      '/a%2cb',
      '/a%2Fb',
      '/a%5cb',
      '//10.10.10.10/x',
    ]) {
      expect((await forward('', target)).start).toBe(`GET ${target} HTTP/1.1`);
    }
  });

  it('in absolute form names the host, whatever Host says', async () => {
    await start();
    const head = await forward('', 'http://real.example:81/x?y');
    expect([head.start, head.all('host'), head.get('x-forwarded-host')]).toEqual([
      'GET /x?y HTTP/1.1',
      ['real.example:81'],
      'real.example:81',
    ]);
  });

  it('loses a prefix where the route says so', async () => {
    await start({ route: { path: '/api/*', stripPrefix: '/api' } });
    expect((await forward('', '/api/users?x=1')).start).toBe('GET /users?x=1 HTTP/1.1');
    expect((await forward('', '/api')).start).toBe('GET / HTTP/1.1');
    expect((await forward('', '/api/')).start).toBe('GET / HTTP/1.1');
    expect((await forward('', '/api?x')).start).toBe('GET /?x HTTP/1.1');
  });

  it('is rewritten as browsers write it, whatever letters the file has', async () => {
    await start({ route: { path: '/r/*', rewrite: '/café/\u010a/*' } });
    expect((await forward('', '/r/x')).start).toBe('GET /caf%C3%A9/%C4%8A/x HTTP/1.1');
  });

  it('is written anew where the route says so', async () => {
    await start({ route: { path: '/shop/:id/*', rewrite: '/v2/:id/items/*' } });
    expect((await forward('', '/shop/7%2F8/a/b?x=1')).start).toBe('GET /v2/7%2F8/items/a/b?x=1 HTTP/1.1');
  });

  it('gets the path of the server in front', async () => {
    await start({ basePath: '/base' });
    expect((await forward('', '/a?b')).start).toBe('GET /base/a?b HTTP/1.1');
  });
});

describe('Host', () => {
  it('is the server’s own where the route says so', async () => {
    await start({ route: { hostHeader: 'upstream' } });
    const head = await forward();
    expect([head.all('host'), head.get('x-forwarded-host')]).toEqual([[`127.0.0.1:${upstream.port}`], 'app.example']);
  });
});

describe('Location', () => {
  const location = async (value: string): Promise<string | undefined> => {
    response = `HTTP/1.1 302 Found\r\nLocation: ${value}\r\nContent-Length: 0\r\n\r\n`;
    return (await ask('', '/api/x')).head.get('location');
  };

  it('that names the server itself becomes a path of the gateway', async () => {
    await start({ route: { path: '/api/*', stripPrefix: '/api', hostHeader: 'upstream' } });
    expect(await location(`${upstream.url}/login?next=/`)).toBe('/api/login?next=/');
    expect(await location(upstream.url)).toBe('/api/');
    expect(await location('/login')).toBe('/api/login');
  });

  it('that names the gateway, as a server says that was told its Host, gets the prefix back', async () => {
    await start({ route: { path: '/api/*', stripPrefix: '/api' } });
    expect(await location('http://app.example/login')).toBe('/api/login');
    expect(await location('http://app.example')).toBe('/api/');
    expect(await location('https://app.example?x')).toBe('/api/?x');
  });

  it.each(['//evil.example/', '/\\evil.example/', '/\t/evil.example/', '/\t\\evil.example/'])(
    'that is the path %j of the server leads to no other host',
    async (path) => {
      await start({ basePath: '/base' });
      const found = (await location(`/base${path}`)) ?? '';
      expect(new URL(found, 'http://app.example/api/x').host).toBe('app.example');
      await start({ route: { hostHeader: 'upstream' } });
      const other = (await location(upstream.url + path)) ?? '';
      expect(['app.example', new URL(upstream.url).host]).toContain(new URL(other, 'http://app.example/api/x').host);
    },
  );

  it('that leads elsewhere is left alone', async () => {
    await start({ route: { path: '/api/*', stripPrefix: '/api', hostHeader: 'upstream' } });
    for (const value of [
      'https://other.example/x',
      '//other.example/x',
      'relative',
      '../up',
      `${upstream.url}.evil.example/`,
      `${upstream.url}1/`,
      'http://app.example.evil.example/',
    ]) {
      expect(await location(value)).toBe(value);
    }
  });

  it('loses the path of the server', async () => {
    await start({ basePath: '/base' });
    expect(await location('/base/login')).toBe('/login');
    expect(await location('/base')).toBe('/');
    expect(await location('/basement')).toBe('/basement');
  });

  it('is left alone where nothing is rewritten', async () => {
    await start();
    for (const value of ['/login', 'http://app.example/login', '../up']) expect(await location(value)).toBe(value);
  });
});

describe('an upstream at localhost', () => {
  it.each(['127.0.0.1', '::1'])('is found when it listens on %s only', async (host) => {
    upstream = await startRawUpstream(
      async (peer) => {
        seen.push(await peer.head());
        peer.send(plain('found'));
      },
      { host },
    );
    gateway = await startProxy(`http://localhost:${upstream.port}`);
    closers.push(gateway.close, upstream.close);
    expect((await ask()).body.text).toBe('found');
  });
});

describe('a loop', () => {
  it('is noticed at its second turn', async () => {
    const first = await startRawUpstream();
    const { port } = first;
    await first.close();
    // The gateway's own port isn't known before it listens, so the config can't be caught: two gateways, each other's upstream.
    const one = await startGateway({ routes: [{ proxy: `http://127.0.0.1:${port}` }] });
    const two = await startGateway({ routes: [{ proxy: one.url }] }, { listen: `127.0.0.1:${port}` });
    closers.push(one.close, two.close);
    gateway = one;
    const answer = await ask();
    expect([answer.status, answer.problem]).toEqual([508, 'loop-detected']);
    expect(one.records.length + two.records.length).toBeLessThanOrEqual(3);
  });
});
