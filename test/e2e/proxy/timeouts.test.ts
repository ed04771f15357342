import { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamTimeoutOptions } from '../../../src/actions/proxy/options.ts';
import type { ClientTimeoutOptions } from '../../../src/config/types.ts';
import { startFrozenServer } from '../../fixtures/frozen-server.ts';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream, type Script } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;

interface Setup {
  readonly upstream?: UpstreamTimeoutOptions;
  readonly client?: ClientTimeoutOptions;
  readonly route?: UpstreamTimeoutOptions;
}

async function start(setup: Setup, script?: Script): Promise<RawClient> {
  upstream = await startRawUpstream(script);
  gateway = await startProxy(upstream.url, {
    upstream: { timeouts: setup.upstream ?? {} },
    ...(setup.client === undefined ? {} : { timeouts: setup.client }),
    ...(setup.route === undefined ? {} : { route: { timeouts: setup.route } }),
  });
  closers.push(gateway.close, upstream.close);
  return gateway.connect();
}

/** After what went wrong with the first connection. */
async function expectUnharmed(client: RawClient): Promise<void> {
  const next = client.fate === '' ? client : await gateway.connect();
  next.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
  const peer = await upstream.next();
  expect((await peer.head()).start).toBe('GET /next HTTP/1.1');
  peer.send(plain('fine'));
  expect((await next.answer()).body.text).toBe('fine');
  next.end();
  client.socket.destroy();
  await gateway.quiet(1);
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

describe('an upstream', () => {
  it('that accepts no connection is a 504 of its own', async () => {
    // Once the queue of a server that accepts nothing is full, further connections hang.
    const frozen = await startFrozenServer();
    const fillers = Array.from({ length: 8 }, () =>
      new Socket().on('error', () => {}).connect(frozen.port, '127.0.0.1'),
    );
    await pause(100);
    gateway = await startProxy(`http://127.0.0.1:${frozen.port}`, { upstream: { timeouts: { connect: '300ms' } } });
    closers.push(gateway.close);
    const client = await gateway.connect();
    const answer = await client.ask('/', { method: 'POST', fields: 'Content-Length: 5\r\n', body: 'hello' });
    expect([answer.status, answer.problem]).toEqual([504, 'upstream-connect-timeout']);
    client.end();
    await gateway.quiet();
    for (const filler of fillers) filler.destroy();
    frozen.stop();
  });

  it.each([
    ['GET', GET],
    ['POST', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello'],
  ])('that says nothing to %s is a 504 of its own', async (_, request) => {
    const client = await start({ upstream: { head: '200ms' } });
    client.send(request);
    const peer = await upstream.next();
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([504, 'upstream-head-timeout']);
    await peer.gone;
    expect(peer.received.startsWith(request.slice(0, 14))).toBe(true);
    await expectUnharmed(client);
  });

  it('has a route’s own time where the route says so', async () => {
    const client = await start({ upstream: { head: '10m' }, route: { head: '200ms' } });
    client.send(GET);
    await upstream.next();
    expect((await client.answer()).problem).toBe('upstream-head-timeout');
    await expectUnharmed(client);
  });

  it('that stops in the middle of its head is a 504', async () => {
    const client = await start({ upstream: { head: '200ms' } });
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nX-A');
    expect((await client.answer()).problem).toBe('upstream-head-timeout');
    await peer.gone;
    await expectUnharmed(client);
  });

  it('that sends interim responses for ever is a 504', async () => {
    const client = await start({ upstream: { head: '300ms' } });
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    const timer = setInterval(() => peer.socket.writable && peer.send('HTTP/1.1 102 Processing\r\n\r\n'), 50);
    let answer = await client.answer();
    while (answer.status === 102) answer = await client.answer();
    clearInterval(timer);
    expect(answer.problem).toBe('upstream-head-timeout');
    await expectUnharmed(client);
  });

  it('that stops in the middle of its body is cut', async () => {
    const client = await start({ upstream: { idle: '200ms' } });
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await expect(client.answer()).rejects.toThrow('before "100 bytes"');
    await peer.gone;
    await expectUnharmed(client);
    expect(gateway.records[0]).toMatchObject({ status: 200, aborted: 'upstream-idle-timeout' });
  });

  it('that stops reading a body is a 504', async () => {
    const client = await start({ upstream: { idle: '200ms' } }, undefined);
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n');
    const peer = await upstream.next();
    peer.socket.pause();
    client.send(Buffer.alloc(50_000_000));
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([504, 'upstream-idle-timeout']);
    client.socket.destroy();
    peer.socket.resume();
    await peer.gone;
    await gateway.quiet();
  });

  it('that goes on slowly is left in peace', async () => {
    const client = await start({ upstream: { idle: '300ms', head: '300ms' } });
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
    for (let i = 0; i < 10; i++) {
      await pause(100);
      peer.send('x');
    }
    expect((await client.answer()).body.text).toBe('xxxxxxxxxx');
    client.end();
  });

  it('is not blamed for a client that reads slowly', async () => {
    const size = 40_000_000;
    const client = await start({ upstream: { idle: '200ms' } });
    client.socket.pause();
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 'x'));
    await pause(1000);
    client.socket.resume();
    expect((await client.answer()).body.text.length).toBe(size);
    client.end();
    await gateway.quiet(1);
  });

  it('may take so long in total and no longer, before its head and in its body', async () => {
    let client = await start({ upstream: { total: '300ms' } });
    client.send(GET);
    await upstream.next();
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([504, 'upstream-total-timeout']);
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const timer = setInterval(() => peer.socket.writable && peer.send('1\r\nx\r\n'), 50);
    await expect(client.answer()).rejects.toThrow('before');
    clearInterval(timer);
    await peer.gone;
    client = await gateway.connect();
    await expectUnharmed(client);
    expect(gateway.records[1]).toMatchObject({ status: 200, aborted: 'upstream-total-timeout' });
  });
});

describe('a client', () => {
  it('that takes too long over its head gets a 408', async () => {
    const client = await start({ client: { head: '200ms' } });
    client.send('GET / HTTP/1.1\r\nHost: a\r\n');
    const answer = await client.answer();
    expect([answer.status, answer.problem, answer.head.get('connection')]).toEqual([408, 'header-timeout', 'close']);
    expect(await client.rest()).toBe('');
    client.end();
    await gateway.quiet();
    expect(upstream.accepted).toBe(0);
  });

  it('that drips its head gets a 408 too', async () => {
    const client = await start({ client: { head: '300ms' } });
    client.send('GET / HTTP/1.1\r\nHost: a\r\nX-A: ');
    const timer = setInterval(() => client.fate === '' && client.send('x'), 50);
    expect((await client.answer()).problem).toBe('header-timeout');
    clearInterval(timer);
    client.end();
    await gateway.quiet();
  });

  it('that never says a word is closed without one', async () => {
    const client = await start({ client: { head: '200ms' } });
    expect(await client.rest()).toBe('');
    client.end();
    await gateway.quiet();
    expect(gateway.records).toEqual([]);
  });

  it('that stops in the middle of its body gets a 408, and the upstream no whole request', async () => {
    const client = await start({ client: { body: '200ms' } });
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    const peer = await upstream.next();
    const answer = await client.answer();
    expect([answer.status, answer.problem, answer.head.get('connection')]).toEqual([408, 'body-timeout', 'close']);
    expect(await client.rest()).toBe('');
    await peer.gone;
    client.end();
    await gateway.quiet();
  });

  it('is not blamed for an upstream that reads slowly', async () => {
    const size = 40_000_000;
    const client = await start({ client: { body: '200ms' } });
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    const peer = await upstream.next();
    peer.socket.pause();
    client.send(Buffer.alloc(size, 'x'));
    await pause(1000);
    peer.socket.resume();
    expect((await peer.body(await peer.head())).text.length).toBe(size);
    peer.send(plain('ok'));
    expect((await client.answer()).body.text).toBe('ok');
    client.end();
  });

  it('that asks for nothing more is closed', async () => {
    const client = await start({ client: { keepAlive: '200ms' } }, async (peer) => {
      await peer.head();
      peer.send(plain('ok'));
    });
    expect((await client.ask('/')).body.text).toBe('ok');
    expect(await client.rest()).toBe('');
    client.end();
    await gateway.quiet(1);
  });

  it('that does not read is given up, and the upstream with it', async () => {
    const client = await start({ client: { write: '300ms' } });
    client.socket.pause();
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n').send(Buffer.alloc(50_000_000));
    await peer.gone;
    client.socket.destroy();
    await gateway.quiet();
    expect(gateway.records[0]).toMatchObject({ status: 200, aborted: 'write-timeout' });
  });

  it('that reads on slowly is left in peace', async () => {
    const size = 30_000_000;
    const client = await start({ client: { write: '400ms' } });
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 'x'));
    const head = await client.head();
    // A few megabytes at a time, as the kernel's buffers hold them.
    for (let i = 0; i < 15 && client.received.length < size; i++) {
      client.socket.resume();
      await pause(2);
      client.socket.pause();
      await pause(100);
    }
    client.socket.resume();
    expect((await client.body(head)).text.length).toBe(size);
    client.end();
    await gateway.quiet(1);
  });

  it('whose last bytes left in silence is not given up later', async () => {
    const client = await start({ client: { write: '300ms' }, upstream: {} });
    client.socket.pause();
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const size = 12_000_000;
    peer
      .send(`${size.toString(16)}\r\n`)
      .send(Buffer.alloc(size, 'x'))
      .send('\r\n');
    await pause(100);
    client.socket.resume();
    await client.head();
    expect((await client.take(size)).length).toBe(size);
    await pause(1000);
    peer.send('1\r\ny\r\n0\r\n\r\n');
    await client.until('y\r\n0\r\n\r\n');
    client.end();
    await gateway.quiet(1);
  });
});
