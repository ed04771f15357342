import { afterEach, describe, expect, it } from 'vitest';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;
/** What the server executed: the start lines and bodies that it read whole. */
let executed: string[] = [];

/** A server whose connections die in a certain way when they are used for the second time, before any byte of an answer. */
async function start(die: (peer: RawPeer) => void, when: 'head' | 'request' = 'head'): Promise<void> {
  executed = [];
  upstream = await startRawUpstream(async (peer) => {
    for (let i = 0; ; i++) {
      const head = await peer.head();
      if (i > 0 && when === 'head') return die(peer);
      const { text } = await peer.body(head);
      if (head.start.startsWith('GET /first')) {
        peer.send(plain('first'));
        continue;
      }
      executed.push(`${head.start.split(' ')[0]} ${text.length}`);
      if (i > 0) return die(peer);
      peer.send(plain(`${text.length}`));
    }
  });
  gateway = await startProxy(upstream.url);
  closers.push(gateway.close, upstream.close);
}

/** Sends a request over a connection that has been used already. */
async function reuse(request: string): Promise<string> {
  const client = await gateway.connect();
  expect((await client.ask('/first')).body.text).toBe('first');
  client.send(request);
  const answer = await client.answer(request.split(' ')[0]);
  client.end();
  return `${answer.status} ${answer.problem || answer.body.text}`;
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const DEATHS: Readonly<Record<string, (peer: RawPeer) => void>> = {
  closed: (peer) => peer.socket.destroy(),
  'closed halfway': (peer) => peer.end(),
  reset: (peer) => peer.reset(),
};
const big = 1_000_000;
const chunk = `${(1000).toString(16)}\r\n${'x'.repeat(1000)}\r\n`;

const EXPECTING = 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello';

const SAFE: readonly [name: string, request: string, answer: string][] = [
  ['GET', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', '200 0'],
  ['HEAD', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', '200 '],
  ['DELETE', 'DELETE / HTTP/1.1\r\nHost: a\r\n\r\n', '200 0'],
  ['POST without a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n', '200 0'],
  ['PUT with a body', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello', '200 5'],
  [
    'PUT with a chunked body',
    `PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`,
    '200 1000',
  ],
  ['PUT with 60 kB', `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n${'x'.repeat(60_000)}`, '200 60000'],
];

describe.each(Object.entries(DEATHS))('a kept connection that is %s as it is reused', (_, die) => {
  it.each(SAFE)('costs nothing: %s is sent again', async (_, request, answer) => {
    await start(die);
    for (let i = 0; i < 20; i++) expect(await reuse(request)).toBe(answer);
    expect(executed).toHaveLength(20);
    await gateway.quiet(64);
  });

  it('is a 502 for POST with a body, which is never executed twice', async () => {
    await start(die, 'request');
    for (let i = 0; i < 20; i++) {
      const answer = await reuse('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello');
      expect(answer).toBe('502 upstream-reset');
    }
    expect(executed).toEqual(Array.from({ length: 20 }, () => 'POST 5'));
    await gateway.quiet(64);
  });

  it('is a 502 at worst for what is too large to be kept, which is never executed twice', async () => {
    await start(die, 'request');
    const answer = await reuse(`PATCH / HTTP/1.1\r\nHost: a\r\nContent-Length: ${big}\r\n\r\n${'x'.repeat(big)}`);
    expect(['502 upstream-reset', `200 ${big}`]).toContain(answer);
    expect(executed).toHaveLength(1);
  });

  it('is not tried for ever', async () => {
    upstream = await startRawUpstream(async (peer, index) => {
      await peer.head();
      if (index === 0) peer.send(plain('first'));
      await peer.head().catch(() => {});
      if (index > 0) executed.push('again');
      die(peer);
    });
    executed = [];
    gateway = await startProxy(upstream.url);
    closers.push(gateway.close, upstream.close);
    const client = await gateway.connect();
    expect((await client.ask('/first')).body.text).toBe('first');
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await new Promise<RawPeer>((resolve) => {
      const timer = setInterval(() => {
        const second = upstream.peers[1];
        if (second === undefined) return;
        clearInterval(timer);
        resolve(second);
      }, 5);
    });
    die(peer);
    const answer = await client.answer();
    expect([answer.status, answer.problem, upstream.accepted]).toEqual([502, 'upstream-reset', 2]);
    client.end();
  });
});

describe('a request that cannot be sent again', () => {
  it('does not go out on a connection that has been idle for a while', async () => {
    executed = [];
    upstream = await startRawUpstream(async (peer) => {
      await peer.body(await peer.head());
      peer.send(plain('ok'));
      // As a server does whose idle time is over: whatever comes now is too late.
      await peer.body(await peer.head());
      peer.reset();
    });
    gateway = await startProxy(upstream.url);
    closers.push(gateway.close, upstream.close);
    const client = await gateway.connect();
    const post = { method: 'POST', fields: 'Content-Length: 5\r\n', body: 'hello' };
    for (let i = 0; i < 3; i++) {
      expect((await client.ask('/', post)).body.text).toBe('ok');
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    client.end();
  });

  it('goes out on one that has just been used', async () => {
    executed = [];
    upstream = await startRawUpstream(async (peer) => {
      for (;;) {
        await peer.body(await peer.head());
        peer.send(plain('ok'));
      }
    });
    gateway = await startProxy(upstream.url);
    closers.push(gateway.close, upstream.close);
    const client = await gateway.connect();
    const post = { method: 'POST', fields: 'Content-Length: 5\r\n', body: 'hello' };
    for (let i = 0; i < 20; i++) expect((await client.ask('/', post)).body.text).toBe('ok');
    expect(upstream.accepted).toBeLessThan(5);
    client.end();
  });
});

it('a request that waits for 100 Continue is sent again with its expectation', async () => {
  await start((peer) => peer.reset());
  const client = await gateway.connect();
  expect((await client.ask('/first')).body.text).toBe('first');
  client.send(EXPECTING);
  let answer = await client.answer();
  if (answer.status === 100) answer = await client.answer();
  expect([answer.status, answer.body.text]).toEqual([200, '5']);
  client.end();
});

describe('an idle connection', () => {
  it('is closed before the server would, if the server says when that is', async () => {
    upstream = await startRawUpstream(async (peer) => {
      await peer.head();
      peer.send(plain('ok', 'Keep-Alive: timeout=1\r\n'));
    });
    gateway = await startProxy(upstream.url);
    closers.push(gateway.close, upstream.close);
    const client = await gateway.connect();
    expect((await client.ask('/')).body.text).toBe('ok');
    client.end();
    await gateway.quiet();
  });

  it('is not kept where either side says close, or speaks HTTP/1.0', async () => {
    for (const head of [
      'HTTP/1.1 200 OK\r\nConnection: close',
      'HTTP/1.0 200 OK',
      'HTTP/1.1 200 OK\r\nConnection: x, CLOSE',
    ]) {
      upstream = await startRawUpstream(async (peer) => {
        await peer.head();
        peer.send(`${head}\r\nContent-Length: 2\r\n\r\nok`);
      });
      gateway = await startProxy(upstream.url);
      const client = await gateway.connect();
      expect((await client.ask('/')).body.text).toBe('ok');
      client.end();
      await gateway.quiet();
      await gateway.close();
      await upstream.close();
    }
  });

  it('is closed after its idle time, and beyond the number that may be kept', async () => {
    upstream = await startRawUpstream(async (peer) => {
      for (;;) {
        await peer.head();
        setTimeout(() => peer.socket.writable && peer.send(plain('ok')), 50);
      }
    });
    gateway = await startProxy(upstream.url, { upstream: { maxIdle: 2, idleTimeout: '300ms' } });
    closers.push(gateway.close, upstream.close);
    const clients = await Promise.all(Array.from({ length: 10 }, () => gateway.connect()));
    await Promise.all(clients.map((client) => client.ask('/')));
    for (const client of clients) client.end();
    await gateway.quiet(2);
    await gateway.quiet(0);
  });
});
