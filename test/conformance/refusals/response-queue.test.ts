import { afterEach, describe, expect, it } from 'vitest';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** The first connection answers its first request so; whatever comes after that is poison. */
async function start(first: string): Promise<void> {
  upstream = await startRawUpstream(async (peer, index) => {
    await peer.head();
    if (index > 0) return void peer.send(plain('clean'));
    peer.send(first);
    await peer.head();
    peer.send(plain('poison'));
  });
  gateway = await startProxy(upstream.url);
}

describe('the answer to one request is never taken for the answer to another', () => {
  it.each([
    ['a 204 that announces a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 44\r\n\r\n', 204],
    ['a 204 with chunked coding', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', 204],
    ['bytes behind the body', `${plain('fine')}${plain('early')}`, 200],
    ['a byte behind the body', `${plain('fine')}\n`, 200],
    ['bytes behind a 204', `HTTP/1.1 204 No Content\r\n\r\n${plain('early')}`, 204],
    ['bytes behind a 304', `HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nearly`, 304],
    [
      'bytes behind the last chunk',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${plain('early')}`,
      200,
    ],
    ['a response that closes', plain('fine', 'Connection: close\r\n'), 200],
    ['an HTTP/1.0 response', 'HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nfine', 200],
  ])('after %s', async (_name, first, status) => {
    await start(first);
    const client = await gateway.connect();
    expect((await client.ask('/1')).status).toBe(status);
    expect((await client.ask('/2')).body.text).toBe('clean');
    expect(upstream.accepted).toBe(2);
    client.end();
  });

  it('but a connection that did nothing wrong is used again', async () => {
    await start(plain('fine'));
    const client = await gateway.connect();
    expect((await client.ask('/1')).body.text).toBe('fine');
    expect((await client.ask('/2')).body.text).toBe('poison');
    expect(upstream.accepted).toBe(1);
    client.end();
  });
});
