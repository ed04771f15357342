import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Config } from '../../../src/config/types.ts';
import type { EdgeSite } from '../../fixtures/edge/runtimes.ts';
import { connectClient, type RawClient } from '../../fixtures/raw-client.ts';
import type { RawHead, RawPeer } from '../../fixtures/raw-peer.ts';
import { startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { APP } from './config.ts';
import { PLACES } from './places.ts';

const LIMIT = 100_000;
const OK = 'HTTP/1.1 200 OK\r\n';
const EVENTS = `${OK}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n`;

const config = (target: string): Config => ({
  cors: { app: { origins: [APP] } },
  routes: [
    {
      path: '/api/*',
      guard: {
        target,
        allow: '* /**',
        headers: { authorization: 'Bearer ${SECRET}' },
        allowPrivate: '127.0.0.1',
        maxBody: LIMIT,
        maxResponse: LIMIT,
      },
      timeouts: { idle: '1500ms' },
      cors: 'app',
    },
  ],
});

const chunk = (data: string): string => `${data.length.toString(16)}\r\n${data}\r\n`;

describe.each(PLACES)('a guard streams in %s', (place, startSite) => {
  let target: RawUpstream;
  let site: EdgeSite;
  let client: RawClient;
  let count = 0;

  beforeAll(async () => {
    target = await startRawUpstream((peer) => peer.closed);
    site = await startSite(config(target.url), { SECRET: 'sesame' });
  });
  beforeEach(async () => {
    client = await connectClient(site.port);
  });
  afterEach(() => client.socket.destroy());
  afterAll(async () => {
    await site?.close();
    await target?.close();
  });

  /** Asks, and waits for the target to be asked: on whichever of the connections to it. */
  const ask = async (method: string, fields = '', body = ''): Promise<{ peer: RawPeer; head: RawHead }> => {
    const path = `/asked-${(count += 1)}`;
    client.send(`${method} /api${path} HTTP/1.1\r\nHost: guarded.test\r\nOrigin: ${APP}\r\n${fields}\r\n${body}`);
    const start = `${path} HTTP/1.1`;
    const find = (): RawPeer | undefined => target.peers.find(({ received }) => received.includes(start));
    const peer = await vi.waitFor(() => find() ?? Promise.reject(new Error('nobody was asked')), { timeout: 10_000 });
    await peer.until(start);
    return { peer, head: await peer.head() };
  };

  /** workerd takes who says nothing more for somebody who still listens, until the connection is reset. */
  const leave = (): void => void (place === 'workerd' ? client.reset() : client.socket.destroy());

  /** workerd itself ends chunks that break off as if that were all; with a length it can't. */
  const expectNoEnd = (): void => {
    if (place !== 'workerd') expect(client.received).not.toContain('\r\n0\r\n');
  };

  it('events, each as it comes', async () => {
    const { peer } = await ask('GET');
    peer.send(EVENTS + chunk('data: 1\n\n'));
    const answer = await client.head();
    expect(answer.status).toBe(200);
    expect(answer.get('access-control-allow-origin')).toBe(APP);
    for (const next of ['2', '3']) {
      // Nothing more was sent, so nothing is waited for.
      await client.until(`data: ${Number(next) - 1}\n\n`);
      peer.send(chunk(`data: ${next}\n\n`));
    }
    await client.until('data: 3\n\n');
    peer.send('0\r\n\r\n').end();
    await client.until('0\r\n\r\n');
  });

  it('a body of unknown length, as it comes', async () => {
    const { peer, head } = await ask('POST', 'Transfer-Encoding: chunked\r\n', chunk('first'));
    expect(head.get('transfer-encoding')).toBe('chunked');
    await peer.until('first');
    client.send(`${chunk('second')}0\r\n\r\n`);
    await peer.until('second');
    await peer.until('0\r\n\r\n');
    peer.send(`${OK}Content-Length: 2\r\nConnection: close\r\n\r\nok`).end();
    expect(await client.answer('POST')).toMatchObject({ status: 200, body: { text: 'ok' } });
  });

  it('a large body, whole', async () => {
    const body = 'abcdefghij'.repeat(9000);
    const { peer, head } = await ask('POST', `Content-Length: ${body.length}\r\n`, body);
    // Deno knows no way to announce the length of a stream.
    expect(head.get('content-length')).toBe(place === 'Deno' ? undefined : String(body.length));
    expect((await peer.body(head)).text).toBe(body);
    peer.send(`${OK}Content-Length: 2\r\nConnection: close\r\n\r\nok`).end();
    expect((await client.answer('POST')).body.text).toBe('ok');
  });

  it('a large answer, whole, with its length where the runtime can say it', async () => {
    const body = 'klmnopqrst'.repeat(9000);
    const { peer } = await ask('GET');
    peer.send(`${OK}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`).end();
    const answer = await client.answer();
    expect(answer.body.text).toBe(body);
    // Bun sends every stream in chunks.
    expect(answer.head.get('content-length')).toBe(place === 'Bun' ? undefined : String(body.length));
  });

  it('nothing more to who has left in the middle of an answer', async () => {
    const { peer } = await ask('GET');
    peer.send(EVENTS + chunk('data: 1\n\n'));
    await client.until('data: 1\n\n');
    leave();
    await peer.gone;
  });

  it('nothing more to who has left before the answer', async () => {
    const { peer } = await ask('GET');
    leave();
    await peer.gone;
  });

  it('nothing more of who has left in the middle of a body', async () => {
    const { peer } = await ask('POST', 'Content-Length: 90000\r\n', 'x'.repeat(70_000));
    await peer.until('xxx');
    leave();
    await peer.gone;
  });

  it('no end to an answer that breaks off', async () => {
    const { peer } = await ask('GET');
    peer.send(`${OK}Content-Length: 100\r\n\r\nhalf of it`);
    await client.until('half of it');
    peer.reset();
    await client.gone;
    expectNoEnd();
  });

  it('no end to an answer that stands still', async () => {
    const { peer } = await ask('GET');
    peer.send(EVENTS + chunk('data: 1\n\n'));
    await client.until('data: 1\n\n');
    await client.gone;
    await peer.gone;
    expectNoEnd();
  });

  it('no end to an answer that is larger than allowed', async () => {
    const { peer } = await ask('GET');
    peer.send(EVENTS);
    for (let i = 0; i < 11; i++) peer.send(chunk('x'.repeat(LIMIT / 10)));
    await client.gone;
    await peer.gone;
    expectNoEnd();
  });

  it('a refusal to a body that turns out to be larger than allowed', async () => {
    const { peer } = await ask('POST', 'Transfer-Encoding: chunked\r\n', chunk('x'.repeat(LIMIT)));
    client.send(chunk('y'));
    const answer = await client.answer('POST');
    expect([answer.status, answer.problem]).toEqual([413, 'body-too-large']);
    expect(answer.head.get('access-control-allow-origin')).toBe(APP);
    await peer.gone;
    expect(peer.received).not.toContain('\r\n0\r\n');
  });

  it('an answer that comes before the body has', async () => {
    const { peer } = await ask('POST', 'Transfer-Encoding: chunked\r\n', chunk('x'.repeat(70_000)));
    peer.send('HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
    const answer = await client.answer('POST');
    expect([answer.status, answer.body.text]).toEqual([401, 'no']);
    client.socket.destroy();
    await peer.gone;
  });
});
