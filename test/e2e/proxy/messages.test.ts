import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RawAnswer, RawClient } from '../../fixtures/raw-client.ts';
import type { RawBody, RawHead, RawPeer } from '../../fixtures/raw-peer.ts';
import { startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

interface Seen {
  readonly head: RawHead;
  readonly body: RawBody;
}

let response = '';
let seen: Seen[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;
let client: RawClient;

/** Answers each request with what `response` holds at the time; without a length, the connection's end ends it. */
async function play(peer: RawPeer): Promise<void> {
  for (;;) {
    const head = await peer.head();
    seen.push({ head, body: await peer.body(head) });
    peer.send(response);
    if (!/content-length|chunked|HTTP\/1.1 (204|304)/i.test(response)) peer.end();
  }
}

beforeAll(async () => {
  upstream = await startRawUpstream(play);
  gateway = await startProxy(upstream.url);
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

async function exchange(request: string, answer: string, method = 'GET'): Promise<{ answer: RawAnswer; seen: Seen }> {
  response = answer;
  seen = [];
  client = await gateway.connect();
  client.send(request);
  const got = await client.answer(method);
  client.end();
  expect(seen).toHaveLength(1);
  return { answer: got, seen: seen[0] as Seen };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the fields of a message', () => {
  it('keep their order and their case in a request', async () => {
    const own = ['x-Second: 2', 'ACCEPT: */*', 'X-First: 1', 'cookie: a=1', 'Cookie: b=2', 'x-empty:'];
    const { seen } = await exchange(`GET / HTTP/1.1\r\nHost: a\r\n${own.join('\r\n')}\r\n\r\n`, OK);
    const lines = seen.head.text.split('\r\n').slice(1);
    expect(lines.slice(1, 1 + own.length)).toEqual(own);
  });

  it('keep their order and their case in a response, several Set-Cookie lines each its own', async () => {
    const own = ['X-b: 2', 'set-cookie: a=1; Path=/', 'Set-Cookie: b=2, c', 'x-A: 1', 'SET-COOKIE: d', 'Date: now'];
    const { answer } = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
      `HTTP/1.1 200 OK\r\n${own.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`,
    );
    expect(answer.head.text.split('\r\n').slice(1, 1 + own.length)).toEqual(own);
    expect(answer.head.all('set-cookie')).toEqual(['a=1; Path=/', 'b=2, c', 'd']);
  });

  it('pass with bytes beyond ASCII unchanged', async () => {
    const { answer, seen } = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\nX-Name: caf\xc3\xa9\r\n\r\n',
      'HTTP/1.1 200 OK\r\nX-Name: na\xefve\r\nContent-Length: 0\r\n\r\n',
    );
    expect([seen.head.get('x-name'), answer.head.get('x-name')]).toEqual(['caf\xc3\xa9', 'na\xefve']);
  });

  it('may be called __proto__ and constructor', async () => {
    const { answer, seen } = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\n__proto__: 1\r\nconstructor: 2\r\n\r\n',
      'HTTP/1.1 200 OK\r\n__proto__: 3\r\nContent-Length: 0\r\n\r\n',
    );
    expect([seen.head.get('__proto__'), seen.head.get('constructor'), answer.head.get('__proto__')]).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('that Connection lists end here, in both directions', async () => {
    const { answer, seen } = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: x-hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\nX-Stays: 1\r\n\r\n',
      'HTTP/1.1 200 OK\r\nConnection: X-Back\r\nX-Back: 1\r\nKeep-Alive: timeout=9\r\nContent-Length: 0\r\n\r\n',
    );
    expect([seen.head.get('x-hop'), seen.head.get('keep-alive'), seen.head.get('connection')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(seen.head.get('x-stays')).toBe('1');
    expect([answer.head.get('x-back'), answer.head.get('keep-alive')]).toEqual([undefined, undefined]);
  });

  it('TE: trailers is passed on and nothing else of TE', async () => {
    const { seen } = await exchange('GET / HTTP/1.1\r\nHost: a\r\nConnection: TE\r\nTE: trailers, deflate\r\n\r\n', OK);
    expect([seen.head.get('te'), seen.head.get('connection')]).toEqual(['trailers', 'TE']);
  });

  it('h2c is never offered upstream', async () => {
    const { seen } = await exchange(
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
      OK,
    );
    expect(['upgrade', 'http2-settings', 'connection'].map((name) => seen.head.get(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a body in a request', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'PROPFIND'])(
    'of %s is forwarded as it is framed',
    async (method) => {
      const counted = await exchange(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`, OK, method);
      expect(counted.seen.body).toEqual({ framing: 'length', text: 'hello', trailers: [] });
      expect(counted.seen.head.get('transfer-encoding')).toBeUndefined();
      const chunked = await exchange(
        `${method} / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n3\r\n...\r\n0\r\n\r\n`,
        OK,
        method,
      );
      expect(chunked.seen.body).toEqual({ framing: 'chunked', text: 'hello...', trailers: [] });
      expect(chunked.seen.head.get('content-length')).toBeUndefined();
    },
  );

  it('that is empty is told for POST and not invented for GET', async () => {
    const post = await exchange('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', OK, 'POST');
    expect(post.seen.head.get('content-length')).toBe('0');
    const get = await exchange('GET / HTTP/1.1\r\nHost: a\r\n\r\n', OK);
    expect([get.seen.head.get('content-length'), get.seen.head.get('transfer-encoding')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('that comes byte by byte arrives whole', async () => {
    response = OK;
    seen = [];
    client = await gateway.connect();
    const request =
      'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\nX-T: 1\r\n\r\n';
    for (const byte of request) await client.deliver(byte);
    expect((await client.answer()).body.text).toBe('ok');
    client.end();
    expect(seen[0]?.body).toEqual({ framing: 'chunked', text: 'hello world', trailers: [['X-T', '1']] });
  });

  it('brings its trailers along, but none that frames, routes or authorises', async () => {
    const { seen } = await exchange(
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
        '2\r\nab\r\n0\r\nX-Sum: 12\r\nAuthorization: x\r\nHost: b\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n',
      OK,
      'POST',
    );
    expect(seen.body.trailers).toEqual([['X-Sum', '12']]);
    expect(seen.head.get('trailer')).toBe('X-Sum');
  });
});

describe('a body in a response', () => {
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  it('of known length, chunked or ended by the connection arrives whole', async () => {
    expect((await exchange(get, OK)).answer.body).toMatchObject({ framing: 'length', text: 'ok' });
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n';
    expect((await exchange(get, chunked)).answer.body).toMatchObject({ framing: 'chunked', text: 'ok' });
    const toTheEnd = await exchange(get, 'HTTP/1.1 200 OK\r\n\r\nok');
    expect(toTheEnd.answer.body).toMatchObject({ framing: 'chunked', text: 'ok' });
    expect((await exchange(get, 'HTTP/1.0 200 OK\r\n\r\nold')).answer.body).toMatchObject({ text: 'old' });
  });

  it('brings its trailers along', async () => {
    const { answer } = await exchange(
      get,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: grpc-status\r\n\r\n2\r\nok\r\n0\r\ngrpc-status: 0\r\nX-B: 2\r\nSet-Cookie: a\r\n\r\n',
    );
    expect(answer.body.trailers).toEqual([
      ['grpc-status', '0'],
      ['X-B', '2'],
    ]);
  });

  it('is never sent for HEAD, whose length still is', async () => {
    const head = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n';
    const told = await exchange(head, 'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n', 'HEAD');
    expect(told.answer.head.get('content-length')).toBe('5000');
    const untold = await exchange(head, 'HTTP/1.1 204 No Content\r\n\r\n', 'HEAD');
    expect(untold.answer.status).toBe(204);
    const chunked = await exchange(head, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 'HEAD');
    expect([chunked.answer.status, chunked.answer.head.get('content-length')]).toEqual([200, undefined]);
  });

  it('is never sent with 204 and 304', async () => {
    for (const length of ['', 'Content-Length: 0\r\n']) {
      const { answer } = await exchange(get, `HTTP/1.1 204 No Content\r\n${length}\r\n`);
      expect([answer.status, answer.head.get('content-length'), answer.head.get('transfer-encoding')]).toEqual([
        204,
        undefined,
        undefined,
      ]);
    }
    const unchanged = await exchange(get, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: "a"\r\n\r\n');
    expect([unchanged.answer.status, unchanged.answer.head.get('content-length')]).toEqual([304, '5']);
    const bare = await exchange(get, 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n');
    expect([bare.answer.head.get('content-length'), bare.answer.head.get('etag')]).toEqual([undefined, '"a"']);
  });

  it('that is empty is empty', async () => {
    expect((await exchange(get, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')).answer.body.text).toBe('');
    const chunked = await exchange(get, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    expect(chunked.answer.body).toEqual({ framing: 'chunked', text: '', trailers: [] });
  });
});

describe('a client that speaks HTTP/1.0', () => {
  it('gets a whole body and the end of the connection', async () => {
    const { answer, seen } = await exchange('GET / HTTP/1.0\r\n\r\n', OK);
    expect([answer.head.get('connection'), answer.body.text]).toEqual(['close', 'ok']);
    expect(seen.head.start).toBe('GET / HTTP/1.1');
    expect(seen.head.get('host')).toBe(`127.0.0.1:${upstream.port}`);
    expect(await client.rest()).toBe('');
  });

  it('gets a body of unknown length without chunks', async () => {
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n';
    const { answer } = await exchange('GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n', chunked);
    expect(answer.body).toEqual({ framing: 'close', text: 'ok', trailers: [] });
    expect(answer.head.get('transfer-encoding')).toBeUndefined();
  });

  it('keeps its connection if it asks for it', async () => {
    response = OK;
    client = await gateway.connect();
    for (let i = 0; i < 3; i++) {
      client.send('GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n');
      const answer = await client.answer();
      expect([answer.head.get('connection'), answer.body.text]).toEqual(['keep-alive', 'ok']);
    }
    client.end();
  });
});

it('leaves no connection behind', async () => {
  await gateway.quiet(64);
  expect(gateway.lines).toEqual([]);
});
