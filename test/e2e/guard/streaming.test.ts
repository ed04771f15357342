import { afterEach, describe, expect, it } from 'vitest';
import { eventually, PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;

afterEach(() => stage.close());

/** Sends a request and returns the third party's end of it, its head read. */
async function begin(request: string, setting: GuardedSetting = {}): Promise<RawPeer> {
  stage = await startGuarded(setting);
  stage.client.send(request);
  const peer = await stage.api.next();
  await peer.head();
  return peer;
}

const GET = `GET /api/x HTTP/1.1\r\nHost: g\r\nOrigin: ${PAGE}\r\n\r\n`;
const post = (fields: string): string => `POST /api/x HTTP/1.1\r\nHost: g\r\nOrigin: ${PAGE}\r\n${fields}\r\n\r\n`;

describe('a guard streams', () => {
  it('events as they come, each before the next is written', async () => {
    const peer = await begin(GET);
    peer.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    const head = await stage.client.head();
    expect([head.get('content-type'), head.get('transfer-encoding')]).toEqual(['text/event-stream', 'chunked']);
    for (const text of ['data: The\n\n', 'data:  answer\n\n', 'data: [DONE]\n\n']) {
      peer.send(`${text.length.toString(16)}\r\n${text}\r\n`);
      expect(await stage.client.chunk()).toBe(text);
    }
    peer.send('0\r\n\r\n');
    expect(await stage.client.chunk()).toBe('');
    await stage.client.until('\r\n');
    expect(await stage.client.unread).toBe('');
  });

  it('uploads as they come, and says when they end', async () => {
    const peer = await begin(post('Transfer-Encoding: chunked'));
    for (const text of ['first', 'second']) {
      stage.client.send(`${text.length.toString(16)}\r\n${text}\r\n`);
      expect(await peer.chunk()).toBe(text);
    }
    stage.client.send('0\r\n\r\n');
    expect(await peer.chunk()).toBe('');
    peer.send(plain('thanks'));
    expect((await stage.client.answer()).body.text).toBe('thanks');
  });

  it('bodies larger than any buffer, both ways, as fast as the other side reads', async () => {
    const size = 5_000_000;
    const peer = await begin(post(`Content-Length: ${size}`));
    stage.client.send('x'.repeat(size));
    await eventually(() => expect(peer.received.length).toBeGreaterThan(10_000));
    const there = await peer.take(size);
    expect(there === 'x'.repeat(size)).toBe(true);
    stage.client.socket.pause();
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${'y'.repeat(size)}`);
    await eventually(() => expect(peer.socket.writableLength).toBeGreaterThan(0));
    stage.client.socket.resume();
    expect((await stage.client.answer()).body.text === 'y'.repeat(size)).toBe(true);
  });

  it('an answer that comes before the upload is over', async () => {
    const peer = await begin(post('Content-Length: 100'));
    stage.client.send('half');
    await peer.until('half');
    peer.send('HTTP/1.1 413 X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno').end();
    const answer = await stage.client.answer();
    expect([answer.status, answer.body.text, answer.problem]).toEqual([413, 'no', '']);
  });

  it('the word to go on to a client that waits for it, once the third party gives it', async () => {
    const peer = await begin(post('Content-Length: 5\r\nExpect: 100-continue'));
    expect(peer.received).toContain('\r\nExpect: 100-continue\r\n');
    peer.send('HTTP/1.1 100 Continue\r\n\r\n');
    expect((await stage.client.answer()).status).toBe(100);
    stage.client.send('hello');
    expect(await peer.take(5)).toBe('hello');
    peer.send(plain('thanks'));
    expect((await stage.client.answer()).body.text).toBe('thanks');
  });

  it('the word to go on when it comes, not when patience ends', async () => {
    const peer = await begin(post('Content-Length: 5\r\nExpect: 100-continue'));
    peer.send(`HTTP/1.1 100 Continue\r\n\r\n${plain('enough')}`);
    expect([(await stage.client.answer()).status, (await stage.client.answer()).status]).toEqual([100, 200]);
  });

  it('a refusal to a client that waits, in place of the word to go on', async () => {
    const peer = await begin(post('Content-Length: 5\r\nExpect: 100-continue'));
    peer.send('HTTP/1.1 401 X\r\nContent-Length: 0\r\n\r\n');
    expect((await stage.client.answer()).status).toBe(401);
  });
});

describe('when the client leaves', () => {
  it.each<[string, (client: RawPeer) => unknown]>([
    ['closes', (client) => client.socket.destroy()],
    ['resets', (client) => client.reset()],
  ])('(%s) while it waits, in its upload, and in the answer, the third party hears of it', async (_, leave) => {
    const waiting = await begin(GET);
    leave(stage.client);
    await waiting.gone;
    await stage.gateway.quiet();
    expect(stage.gateway.records[0]).toMatchObject({ status: 0, aborted: 'client-closed' });
    await stage.close();

    const uploading = await begin(post('Transfer-Encoding: chunked'));
    stage.client.send('4\r\nhalf\r\n');
    expect(await uploading.chunk()).toBe('half');
    leave(stage.client);
    await uploading.gone;
    expect(uploading.unread).toBe('');
    await stage.gateway.quiet();
    await stage.close();

    const answering = await begin(GET);
    answering.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n');
    await stage.client.head();
    expect(await stage.client.chunk()).toBe('half');
    leave(stage.client);
    await answering.gone;
    await stage.gateway.quiet();
    expect(stage.gateway.records[0]).toMatchObject({ status: 200, aborted: 'client-closed' });
  });

  it('while the name is looked up, nobody is asked', async () => {
    stage = await startGuarded();
    let asked = 0;
    stage.dns.set('api.test', () => {
      asked++;
      return { a: ['127.0.0.1'], delay: 100 };
    });
    stage.client.send(GET);
    await eventually(() => expect(asked).toBeGreaterThan(0));
    stage.client.socket.destroy();
    await stage.gateway.quiet();
    // Another request, which waits for the same answer, is the one that comes.
    const client = await stage.gateway.connect();
    client.send(GET.replace('/x', '/second'));
    const peer = await stage.api.next();
    expect((await peer.head()).start).toBe('GET /second HTTP/1.1');
    client.socket.destroy();
    await stage.gateway.quiet();
    expect(stage.api.accepted).toBe(1);
  });

  it('between a redirect and where it leads, nobody else is asked', async () => {
    stage = await startGuarded({
      guard: { redirectHosts: 'http://other.test', allowPrivate: ['api.test', 'other.test'] },
      script: async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 302 X\r\nLocation: http://other.test/\r\nContent-Length: 0\r\n\r\n');
      },
    });
    stage.dns.set('other.test', { delay: 'never' });
    stage.client.send(GET);
    await eventually(() => expect(stage.dns.asked.some(({ name }) => name === 'other.test')).toBe(true));
    stage.client.socket.destroy();
    await stage.gateway.quiet(1);
    expect(stage.gateway.records).toHaveLength(1);
  });
});
