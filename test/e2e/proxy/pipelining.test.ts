import { afterEach, describe, expect, it, vi } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream | undefined;
let gateway: TestGateway;
let client: RawClient;

afterEach(async () => {
  client.socket.destroy();
  await gateway.close();
  await upstream?.close();
  upstream = undefined;
});

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('pipelined requests', () => {
  it('are answered in order, one at a time', async () => {
    let busy = 0;
    let most = 0;
    upstream = await startRawUpstream(async (peer) => {
      for (;;) {
        const head = await peer.head();
        const { text } = await peer.body(head);
        most = Math.max(most, ++busy);
        // The earlier, the longer: out of order if there were two at a time.
        const number = Number(/\d+/.exec(head.start)?.[0]);
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, 20 - number)));
        busy--;
        peer.send(plain(`${number}${text}`));
      }
    });
    gateway = await startProxy(upstream.url);
    client = await gateway.connect();
    const requests = Array.from({ length: 50 }, (_, i) =>
      i % 3 === 0 ? `PUT /${i} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n+` : get(`/${i}`),
    );
    client.send(requests.join(''));
    for (let i = 0; i < 50; i++) expect((await client.answer()).body.text).toBe(i % 3 === 0 ? `${i}+` : `${i}`);
    expect(most).toBe(1);
  });

  it('are answered as well when they arrive cut anywhere', async () => {
    gateway = await startGateway({ routes: [{ path: '/:n', respond: { body: 'ok' } }] });
    client = await gateway.connect();
    const text = Array.from({ length: 20 }, (_, i) => get(`/${i}`)).join('');
    for (let i = 0; i < text.length; i += 7) await client.deliver(text.slice(i, i + 7));
    for (let i = 0; i < 20; i++) expect((await client.answer()).body.text).toBe('ok');
  });

  it('behind one that closes the connection are not looked at', async () => {
    gateway = await startGateway({ routes: [{ respond: { body: 'ok' } }] });
    client = await gateway.connect();
    client.send(`GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${get('/2')}`);
    expect((await client.answer()).head.get('connection')).toBe('close');
    expect(await client.rest()).toBe('');
    client.end();
    await gateway.quiet();
    expect(gateway.records).toHaveLength(1);
  });

  it('behind a malformed one are not looked at', async () => {
    gateway = await startGateway({ routes: [{ respond: { body: 'ok' } }] });
    client = await gateway.connect();
    client.send(`${get('/1')}GET /2 HTTP/1.1\r\nHost : a\r\n\r\n${get('/3')}`);
    expect((await client.answer()).status).toBe(200);
    expect((await client.answer()).status).toBe(400);
    expect(await client.rest()).toBe('');
    client.end();
    await gateway.quiet();
    expect(gateway.records).toHaveLength(2);
  });

  it('of a client that reads no answers are held back', async () => {
    const size = 100_000;
    gateway = await startGateway({ routes: [{ respond: { body: 'x'.repeat(size) } }] });
    client = await gateway.connect();
    client.socket.pause();
    const count = 2000;
    client.send(get('/').repeat(count));
    // What the kernel's buffers and ours hold is answered; then it stands still.
    let answered = -1;
    await vi.waitFor(
      () => {
        const before = answered;
        answered = gateway.records.length;
        if (answered === 0 || answered !== before) throw new Error('still going on');
      },
      { interval: 200, timeout: 10_000 },
    );
    expect(answered).toBeLessThan(count / 4);
    client.socket.resume();
    await vi.waitFor(() => expect(gateway.records).toHaveLength(count), { timeout: 20_000 });
    for (let i = 0; i < 20; i++) expect((await client.answer()).body.text.length).toBe(size);
  });
});
