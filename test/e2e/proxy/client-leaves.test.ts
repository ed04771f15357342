import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream, type Script } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

const closers: (() => Promise<void>)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;

async function start(script?: Script): Promise<RawClient> {
  upstream = await startRawUpstream(script);
  gateway = await startProxy(upstream.url);
  closers.push(gateway.close, upstream.close);
  return gateway.connect();
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const WAYS: Readonly<Record<string, (client: RawClient) => void>> = {
  closes: (client) => client.socket.destroy(),
  resets: (client) => client.reset(),
  'says that it sends no more': (client) => client.end(),
};

describe.each(Object.entries(WAYS))('when a client %s', (_, leave) => {
  it('in the middle of its head, no upstream hears of it', async () => {
    const client = await start();
    await client.deliver('GET / HTTP/1.1\r\nHost: a\r\nX-Ha');
    leave(client);
    await gateway.quiet();
    expect([upstream.accepted, gateway.records.length]).toEqual([0, 0]);
  });

  it('in the middle of its body, the upstream sees that it is not whole', async () => {
    const client = await start();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf');
    const peer = await upstream.next();
    await peer.head();
    expect(await peer.take(4)).toBe('half');
    leave(client);
    await peer.gone;
    expect(peer.unread).toBe('');
    await gateway.quiet();
    expect(gateway.records).toHaveLength(1);
    expect(gateway.records[0]).toMatchObject({ status: 0, aborted: 'client-closed' });
  });

  it('in the middle of a chunked body, the upstream gets no last chunk', async () => {
    const client = await start();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    const peer = await upstream.next();
    await peer.head();
    expect(await peer.chunk()).toBe('half');
    leave(client);
    await peer.gone;
    expect(peer.unread).toBe('');
    await gateway.quiet();
  });

  it('while it waits for the answer, the request upstream is ended', async () => {
    const client = await start();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    leave(client);
    await peer.gone;
    await gateway.quiet();
    expect(gateway.records[0]).toMatchObject({ status: 0, aborted: 'client-closed' });
  });

  // Its body is whole before the connection upstream stands: the small question to an API that answers at length.
  it('while it waits after a small body, the request upstream is ended', async () => {
    const client = await start();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody');
    const peer = await upstream.next();
    await peer.head();
    expect(await peer.take(4)).toBe('body');
    leave(client);
    await peer.gone;
    await gateway.quiet();
    expect(gateway.records[0]).toMatchObject({ status: 0, aborted: 'client-closed' });
  });

  it('while it waits and has asked for more already, the request upstream is ended', async () => {
    const client = await start();
    client.send('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    leave(client);
    await peer.gone;
    await gateway.quiet();
    expect(upstream.accepted).toBe(1);
  });

  it('in the middle of the answer, the upstream is told to stop', async () => {
    const client = await start();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    await client.head();
    expect(await client.take(4)).toBe('half');
    leave(client);
    await peer.gone;
    await gateway.quiet();
    expect(gateway.records[0]).toMatchObject({ status: 200, aborted: 'client-closed' });
  });

  it('in the middle of an answer that it did not read, the upstream is told to stop', async () => {
    const client = await start();
    client.socket.pause();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n`);
    let full = false;
    while (!full) full = !peer.socket.write(Buffer.alloc(1_000_000)) && peer.socket.writableLength > 8_000_000;
    leave(client);
    if (!client.socket.destroyed) client.socket.resume();
    await peer.gone;
    await gateway.quiet();
  });

  it('between two requests, nothing happens', async () => {
    const client = await start((peer) => void peer.head().then(() => peer.send(plain('ok'))));
    expect((await client.ask('/')).body.text).toBe('ok');
    leave(client);
    await gateway.quiet(1);
    expect(gateway.records).toHaveLength(1);
    expect(gateway.records[0]?.aborted).toBeUndefined();
  });
});

describe('when a client leaves', () => {
  it('while the upstream is being connected to, the attempt is ended', async () => {
    // TEST-NET-1: packets to it are dropped or refused; either way no connection comes about.
    gateway = await startProxy('http://192.0.2.1:81', { upstream: { timeouts: { connect: '20s' } } });
    closers.push(gateway.close);
    const client = await gateway.connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await vi.waitFor(() => expect(gateway.gateway.connections.upstreams + gateway.records.length).toBe(1));
    client.socket.destroy();
    await gateway.quiet();
  });

  it('a thousand at a time, in every phase, no connection and no descriptor is left', async () => {
    const idle = await start(async (peer) => {
      for (;;) {
        const head = await peer.head();
        if (head.start.includes('silent')) return;
        peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n');
        if (head.start.includes('endless')) return;
        await peer.body(head);
        peer.send('0\r\n\r\n');
      }
    });
    idle.socket.destroy();
    await gateway.quiet();
    const before = readdirSync('/proc/self/fd').length;
    const phases = [
      'GET / HT',
      'GET /silent HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe',
      'POST /silent HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
    ];
    for (let round = 0; round < 4; round++) {
      const clients = await Promise.all(Array.from({ length: 250 }, () => gateway.connect()));
      await Promise.all(clients.map((client, i) => client.deliver(phases[i % phases.length] ?? '')));
      // A busy machine takes its time for that.
      await vi.waitFor(() => expect(gateway.gateway.connections.upstreams).toBeGreaterThanOrEqual(200), 20_000);
      for (const [i, client] of clients.entries()) {
        if (i % 2 === 0) client.reset();
        else client.socket.destroy();
      }
      await gateway.quiet();
    }
    await vi.waitFor(() => expect(upstream.open).toBe(0), 20_000);
    await vi.waitFor(() => expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before), 20_000);
    const client = await gateway.connect();
    expect((await client.ask('/')).body.text).toBe('ok');
    client.end();
    expect(gateway.lines).toEqual([]);
  });
});
