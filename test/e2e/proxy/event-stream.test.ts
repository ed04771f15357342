import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let client: RawClient;
let peer: RawPeer;

beforeEach(async () => {
  upstream = await startRawUpstream();
  gateway = await startProxy(upstream.url);
  client = await gateway.connect();
  client.send('GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nAccept-Encoding: gzip\r\n\r\n');
  peer = await upstream.next();
  await peer.head();
});
afterEach(async () => {
  client.socket.destroy();
  await gateway.close();
  await upstream.close();
});

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n';

describe('an event stream', () => {
  it.each([
    [
      'chunked',
      `${HEAD}Transfer-Encoding: chunked\r\n\r\n`,
      (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`,
    ],
    ['ended by its connection', `${HEAD}\r\n`, (text: string) => text],
  ])('that is %s arrives event by event, each before the next is sent', async (_, head, frame) => {
    peer.send(head);
    const got = await client.head();
    expect([got.get('content-type'), got.get('content-encoding')]).toEqual(['text/event-stream', undefined]);
    for (let i = 0; i < 50; i++) {
      const event = `id: ${i}\ndata: ${'x'.repeat(i * 50)}\n\n`;
      peer.send(frame(event));
      expect(await client.chunk()).toBe(event);
    }
  });

  it('begins before its first event', async () => {
    peer.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    expect((await client.head()).status).toBe(200);
  });

  it('arrives in whatever pieces it comes, also when a chunk is cut in the middle', async () => {
    peer.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    await client.head();
    peer.send('6\r\nabc');
    expect(await client.chunk()).toBe('abc');
    peer.send('def\r\n');
    expect(await client.chunk()).toBe('def');
  });

  it('ends for the client when the upstream ends it', async () => {
    peer.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`);
    await client.head();
    expect([await client.chunk(), await client.chunk()]).toEqual(['abc', '']);
    client.end();
    await gateway.quiet(1);
    expect(gateway.records[0]?.aborted).toBeUndefined();
  });

  it('ends upstream when the client leaves', async () => {
    peer.send(`${HEAD}\r\ndata: 1\n\n`);
    await client.head();
    expect(await client.chunk()).toBe('data: 1\n\n');
    client.socket.destroy();
    await peer.gone;
    await gateway.quiet();
  });

  it('breaks for the client when it breaks upstream', async () => {
    peer.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`);
    await client.head();
    expect(await client.chunk()).toBe('abc');
    peer.reset();
    await client.gone;
    expect(client.unread).toBe('');
    await gateway.quiet();
  });
});
