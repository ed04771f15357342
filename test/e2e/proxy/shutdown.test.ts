import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: RawUpstream;
let gateway: TestGateway;
let client: RawClient;

beforeEach(async () => {
  upstream = await startRawUpstream();
  gateway = await startProxy(upstream.url);
  client = await gateway.connect();
});
afterEach(async () => {
  client.socket.destroy();
  await gateway.close();
  await upstream.close();
});

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

describe('a gateway that is closed', () => {
  it('lets the exchange under way come to its end, and says that it was the last', async () => {
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    const closed = gateway.gateway.close();
    await expect(gateway.connect()).rejects.toThrow('ECONNREFUSED');
    peer.send(plain('last'));
    const answer = await client.answer();
    expect([answer.body.text, answer.head.get('connection')]).toEqual(['last', 'close']);
    expect(await client.rest()).toBe('');
    client.end();
    await closed;
    await peer.gone;
  });

  it('lets a body that streams come to its end', async () => {
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
    await client.head();
    expect(await client.chunk()).toBe('a');
    const closed = gateway.gateway.close();
    peer.send('1\r\nb\r\n0\r\n\r\n');
    expect([await client.chunk(), await client.chunk(), await client.until('\r\n')]).toEqual(['b', '', '\r\n']);
    expect(await client.rest()).toBe('');
    client.end();
    await closed;
  });

  it('lets an upload come to its end', async () => {
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab');
    const peer = await upstream.next();
    const head = await peer.head();
    const closed = gateway.gateway.close();
    client.send('cd');
    expect((await peer.body(head)).text).toBe('abcd');
    peer.send(plain('done'));
    expect((await client.answer()).body.text).toBe('done');
    client.end();
    await closed;
  });

  it('lets a request whose head has begun come in', async () => {
    await client.deliver('GET / HTTP/1.1\r\nHo');
    const other = await gateway.connect();
    other.send(GET);
    await (await upstream.next()).head();
    const closed = gateway.gateway.close();
    client.send('st: a\r\n\r\n');
    const peer = await upstream.next();
    await peer.head();
    peer.send(plain('in'));
    const answer = await client.answer();
    expect([answer.body.text, answer.head.get('connection')]).toEqual(['in', 'close']);
    client.end();
    other.socket.destroy();
    await closed;
  });

  it('closes idle connections on both sides at once', async () => {
    const answered = client.ask('/');
    const peer = await upstream.next();
    await peer.head();
    peer.send(plain('ok'));
    await answered;
    const closed = gateway.gateway.close();
    expect(await client.rest()).toBe('');
    client.end();
    await closed;
    await peer.gone;
    expect(gateway.gateway.connections).toEqual({ clients: 0, upstreams: 0 });
  });

  it('cuts after its deadline what is still open: exchanges, tunnels, silent clients', async () => {
    client.send(GET);
    const peer = await upstream.next();
    await peer.head();
    const tunnel = await gateway.connect();
    tunnel.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const end = await upstream.next();
    await end.head();
    end.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await tunnel.head();
    const stubborn = await gateway.connect();
    await gateway.gateway.close({ deadline: 100 });
    await Promise.all([client.gone, peer.gone, tunnel.gone, end.gone, stubborn.gone]);
    expect(gateway.gateway.connections).toEqual({ clients: 0, upstreams: 0 });
    for (const { socket } of [tunnel, stubborn]) socket.destroy();
  });

  it('may be closed twice', async () => {
    await Promise.all([gateway.gateway.close({ deadline: 50 }), gateway.gateway.close({ deadline: 50 })]);
    await gateway.gateway.close();
  });
});
