import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let peers: RawPeer[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream((peer) => {
    peers.push(peer);
    return answerAll(peer, plain('fine'));
  });
  gateway = await startProxy(upstream.url);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

interface Normalised {
  readonly name: string;
  readonly sent: string;
  /** What the upstream gets, without the lines that `expected` adds. */
  readonly start: string;
  readonly host: string;
  /** The client's own lines that are left. */
  readonly lines?: string;
  /** Our lines behind those that every request gets. */
  readonly added?: string;
  readonly body?: string;
}

/** A request of the test's, whose lines and body vary. */
function sent(lines: string, { method = 'GET', target = '/x', version = '1.1', body = '' } = {}): string {
  return `${method} ${target} HTTP/${version}\r\nHost: a.test\r\n${lines}\r\n${body}`;
}

/** The whole request as the upstream should get it. */
function expected({ start, host, lines = '', added = '', body = '' }: Normalised): string {
  const forwarded =
    'X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n' +
    `X-Forwarded-Host: ${host}\r\nX-Real-IP: 127.0.0.1\r\nX-Request-Id: ID\r\nVia: 1.1 US\r\n`;
  return `${start} HTTP/1.1\r\nHost: ${host}\r\n${lines}${forwarded}${added}\r\n${body}`;
}

const CASES: readonly Normalised[] = [
  {
    name: 'a plain request gains what says who asked',
    sent: sent('X-A: 1\r\n'),
    start: 'GET /x',
    host: 'a.test',
    lines: 'X-A: 1\r\n',
  },
  {
    name: 'untouched lines keep their case, order and spacing',
    sent: sent('x-B:2\r\nX-a:  1 \r\nx-b:\t3\r\n'),
    start: 'GET /x',
    host: 'a.test',
    lines: 'x-B:2\r\nX-a:  1 \r\nx-b:\t3\r\n',
  },
  {
    name: 'bytes from 0x80 on stay in values',
    sent: sent('X-A: \xe9\x80\xff\r\n'),
    start: 'GET /x',
    host: 'a.test',
    lines: 'X-A: \xe9\x80\xff\r\n',
  },
  { name: 'an empty line before the request goes', sent: `\r\n${sent('')}`, start: 'GET /x', host: 'a.test' },
  { name: 'HTTP/1.0 becomes 1.1', sent: sent('', { version: '1.0' }), start: 'GET /x', host: 'a.test' },
  {
    name: "an absolute-form target's authority wins over Host",
    sent: sent('', { target: 'http://b.test:8080/y?q' }),
    start: 'GET /y?q',
    host: 'b.test:8080',
  },
  {
    name: 'an absolute-form target without a path',
    sent: sent('', { target: 'http://b.test' }),
    start: 'GET /',
    host: 'b.test',
  },
  {
    name: 'an absolute-form target with a query only',
    sent: sent('', { target: 'HTTP://b.test?q' }),
    start: 'GET /?q',
    host: 'b.test',
  },
  ...[
    '/a%2fb',
    '/a%5cb',
    '/a//b',
    '//a',
    '/a/;b',
    '/%61',
    '/a%20b',
    '/a?b?c',
    '/a?%00',
    '/a?../..',
    '/a?"<>\\^`{|}',
    '/...',
    '/a/.b',
  ].map((target) => ({
    name: `the target ${target} is forwarded byte for byte`,
    sent: sent('', { target }),
    start: `GET ${target}`,
    host: 'a.test',
  })),
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST', 'PUT', 'PATCH', 'PROPFIND'].map((method) => ({
    name: `${method} with a body of a length`,
    sent: sent('Content-Length: 3\r\n', { method, body: 'abc' }),
    start: `${method} /x`,
    host: 'a.test',
    added: 'Content-Length: 3\r\n',
    body: 'abc',
  })),
  ...['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST'].map((method) => ({
    name: `${method} with a chunked body`,
    sent: sent('transfer-encoding: CHUNKED\r\n', { method, body: '3\r\nabc\r\n0\r\n\r\n' }),
    start: `${method} /x`,
    host: 'a.test',
    added: 'Transfer-Encoding: chunked\r\n',
    body: '3\r\nabc\r\n0\r\n\r\n',
  })),
  ...['POST', 'PUT', 'PATCH'].map((method) => ({
    name: `${method} without a body says so`,
    sent: sent('', { method }),
    start: `${method} /x`,
    host: 'a.test',
    added: 'Content-Length: 0\r\n',
  })),
  ...['GET', 'DELETE', 'OPTIONS'].map((method) => ({
    name: `${method} with Content-Length 0 has no body`,
    sent: sent('Content-Length: 0\r\n', { method }),
    start: `${method} /x`,
    host: 'a.test',
  })),
  {
    name: 'chunk extensions go, and sizes are written anew',
    sent: sent('Transfer-Encoding: chunked\r\n', { method: 'POST', body: '0003;a=b;c="d"\r\nabc\r\n000;x\r\n\r\n' }),
    start: 'POST /x',
    host: 'a.test',
    added: 'Transfer-Encoding: chunked\r\n',
    body: '3\r\nabc\r\n0\r\n\r\n',
  },
  {
    name: 'trailers pass, but those that route, authorise or carry state',
    sent: sent('Transfer-Encoding: chunked\r\n', {
      method: 'POST',
      body: '1\r\na\r\n0\r\nX-Sum: 1\r\nHost: b\r\nAuthorization: x\r\nCookie: c\r\nConnection: close\r\nX-Forwarded-For: 1.1.1.1\r\nOrigin: x\r\n\r\n',
    }),
    start: 'POST /x',
    host: 'a.test',
    added: 'Transfer-Encoding: chunked\r\n',
    body: '1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n',
  },
  {
    name: 'what Connection lists goes',
    sent: sent('X-Hop: 1\r\nconnection: x-hop, X-Other\r\nX-Other: 2\r\nX-Kept: 3\r\n'),
    start: 'GET /x',
    host: 'a.test',
    lines: 'X-Kept: 3\r\n',
  },
  {
    name: 'Connection cannot take away what we add',
    sent: sent('Connection: X-Forwarded-For, X-Real-IP, X-Request-Id, X-Forwarded-Host, Host\r\n'),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'Connection cannot take away the framing',
    sent: sent('Connection: Content-Length\r\nContent-Length: 3\r\n', { method: 'POST', body: 'abc' }),
    start: 'POST /x',
    host: 'a.test',
    added: 'Content-Length: 3\r\n',
    body: 'abc',
  },
  {
    name: 'hop-by-hop fields go without being listed',
    sent: sent(
      'Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: x\r\nTE: gzip\r\nUpgrade: x\r\n',
    ),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'a stranger cannot say who the client is',
    sent: sent(
      'X-Forwarded-For: 6.6.6.6\r\nX-Real-Ip: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: b\r\nX-Request-Id: 6\r\n',
    ),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'TE: trailers passes, for gRPC',
    sent: sent('TE: trailers\r\nConnection: te\r\n'),
    start: 'GET /x',
    host: 'a.test',
    added: 'Connection: TE\r\nTE: trailers\r\n',
  },
  {
    name: 'Upgrade: h2c is taken away',
    sent: sent('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n'),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'an upgrade to something unknown is taken away',
    sent: sent('Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n'),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'an upgrade with a body is a plain request',
    sent: sent('Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n', { body: 'abc' }),
    start: 'GET /x',
    host: 'a.test',
    added: 'Content-Length: 3\r\n',
    body: 'abc',
  },
  {
    name: 'an upgrade in a POST is a plain request',
    sent: sent('Connection: Upgrade\r\nUpgrade: websocket\r\n', { method: 'POST' }),
    start: 'POST /x',
    host: 'a.test',
    added: 'Content-Length: 0\r\n',
  },
  {
    name: 'an upgrade that Connection does not name is a plain request',
    sent: sent('Upgrade: websocket\r\n'),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'an upgrade in HTTP/1.0 is a plain request',
    sent: sent('Connection: Upgrade\r\nUpgrade: websocket\r\n', { version: '1.0' }),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'an expectation without a body goes',
    sent: sent('Expect: 100-continue\r\n'),
    start: 'GET /x',
    host: 'a.test',
  },
  {
    name: 'an expectation of HTTP/1.0 goes',
    sent: sent('Expect: 100-continue\r\nContent-Length: 3\r\n', { method: 'POST', version: '1.0', body: 'abc' }),
    start: 'POST /x',
    host: 'a.test',
    added: 'Content-Length: 3\r\n',
    body: 'abc',
  },
  {
    name: 'header names like members of every object pass as any other',
    sent: sent('__proto__: 1\r\nconstructor: 2\r\nhasOwnProperty: 3\r\n'),
    start: 'GET /x',
    host: 'a.test',
    lines: '__proto__: 1\r\nconstructor: 2\r\nhasOwnProperty: 3\r\n',
  },
];

describe('the upstream gets exactly', () => {
  for (const normalised of CASES) {
    it(normalised.name, async () => {
      const seen = new Map(peers.map((peer) => [peer, peer.received.length]));
      const client = await gateway.connect();
      client.send(normalised.sent);
      expect((await client.answer(normalised.start.split(' ')[0])).status).toBe(200);
      client.end();
      await client.closed;
      const got = peers.map((peer) => peer.received.slice(seen.get(peer) ?? 0)).join('');
      expect(got.replace(/^(X-Request-Id: )\S+/m, '$1ID').replace(/^(Via: 1.1 )\S+/m, '$1US')).toBe(
        expected(normalised),
      );
    });
  }
});

describe('bytes behind a handshake that is not answered', () => {
  it('are never tunnelled', async () => {
    const seen = new Map(peers.map((peer) => [peer, peer.received.length]));
    const client = await gateway.connect();
    client.send(
      `${sent('Connection: Upgrade\r\nUpgrade: websocket\r\n')}GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n`,
    );
    expect((await client.answer()).status).toBe(400);
    expect(await client.rest()).toBe('');
    client.end();
    await client.closed;
    const got = peers.map((peer) => peer.received.slice(seen.get(peer) ?? 0)).join('');
    expect(got).not.toContain('smuggled');
  });
});

describe('OPTIONS *', () => {
  it('is about the gateway: no upstream is asked, and the connection stays', async () => {
    const received = peers.map((peer) => peer.received).join('');
    const client = await gateway.connect();
    client.send(sent('', { method: 'OPTIONS', target: '*' }));
    expect(await client.answer()).toMatchObject({ status: 404, problem: 'no-route' });
    expect(peers.map((peer) => peer.received).join('')).toBe(received);
    expect(await client.ask('/x')).toMatchObject({ status: 200 });
    client.end();
    await client.closed;
  });
});
