import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawClient } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

let gateway: TestGateway;

describe('a WebSocket', () => {
  let http: Server;
  let server: WebSocketServer;

  beforeEach(async () => {
    http = createServer((_req, res) => res.end('plain'));
    server = new WebSocketServer({
      server: http,
      verifyClient: (info: { req: IncomingMessage }) => info.req.url !== '/no',
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    gateway = await startProxy(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  });
  afterEach(async () => {
    await gateway.close();
    for (const socket of server.clients) socket.terminate();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const accepted = (): Promise<WebSocket> => new Promise((resolve) => server.once('connection', resolve));
  const message = (socket: WebSocket): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      socket.once('message', (data: Buffer) => resolve(data));
      socket.once('error', reject);
    });
  const closing = (socket: WebSocket): Promise<[number, string]> =>
    new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, reason.toString()])));

  async function open(protocols: string[] = []): Promise<[client: WebSocket, peer: WebSocket]> {
    const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, protocols);
    const peer = await accepted();
    peer.on('error', () => {});
    client.on('error', () => {});
    await new Promise((resolve) => client.once('open', resolve));
    return [client, peer];
  }

  it('carries messages both ways, large ones too', async () => {
    const [client, peer] = await open(['chat']);
    expect([client.protocol, peer.protocol]).toEqual(['chat', 'chat']);
    for (const size of [1, 125, 126, 70_000, 20_000_000]) {
      const data = Buffer.alloc(size, size % 251);
      const there = message(peer);
      client.send(data);
      expect((await there).equals(data)).toBe(true);
      const back = message(client);
      peer.send(data);
      expect((await back).equals(data)).toBe(true);
    }
    client.close();
    await gateway.quiet();
  });

  it('carries pings and pongs', async () => {
    const [client, peer] = await open();
    const pong = new Promise<Buffer>((resolve) => client.once('pong', resolve));
    client.ping('there');
    expect((await pong).toString()).toBe('there');
    const back = new Promise<Buffer>((resolve) => peer.once('pong', resolve));
    peer.ping('back');
    expect((await back).toString()).toBe('back');
    client.close();
    await gateway.quiet();
  });

  it('closes with its code and reason, whoever closes', async () => {
    const [first, firstPeer] = await open();
    const heard = closing(firstPeer);
    const echoed = closing(first);
    first.close(4001, 'bye');
    expect([await heard, await echoed]).toEqual([
      [4001, 'bye'],
      [4001, 'bye'],
    ]);
    const [second, secondPeer] = await open();
    const told = closing(second);
    secondPeer.close(4002, 'enough');
    expect(await told).toEqual([4002, 'enough']);
    await gateway.quiet();
    expect(gateway.records.map(({ status, aborted }) => [status, aborted])).toEqual([
      [101, undefined],
      [101, undefined],
    ]);
  });

  it('ends for the other when one dies', async () => {
    const [first, firstPeer] = await open();
    const heard = closing(firstPeer);
    first.terminate();
    expect((await heard)[0]).toBe(1006);
    const [second, secondPeer] = await open();
    const told = closing(second);
    secondPeer.terminate();
    expect((await told)[0]).toBe(1006);
    await gateway.quiet();
  });

  it('that the server refuses is a plain answer, and leaks nothing', async () => {
    for (let i = 0; i < 20; i++) {
      const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/no`);
      const status = await new Promise((resolve, reject) => {
        client.on('unexpected-response', (_req, res) => {
          res.resume().on('end', () => {
            resolve(res.statusCode);
            client.terminate();
          });
        });
        client.on('error', reject);
      });
      expect(status).toBe(401);
    }
    await gateway.quiet();
  });

  it('opens and closes a hundred at a time', async () => {
    const clients = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const client = new WebSocket(`ws://127.0.0.1:${gateway.port}/`);
        client.on('error', () => {});
        await new Promise((resolve) => client.once('open', resolve));
        if (i % 2 === 0) client.close();
        else client.terminate();
        return client;
      }),
    );
    expect(clients).toHaveLength(100);
    await gateway.quiet();
  });
});

describe('an upgrade', () => {
  let upstream: RawUpstream;
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

  const FIELDS = 'Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: a\r\n';
  const ASK = `GET /ws HTTP/1.1\r\nHost: a\r\n${FIELDS}\r\n`;
  const SWITCH =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: b\r\n\r\n';

  async function tunnel(): Promise<RawPeer> {
    client.send(ASK);
    const peer = await upstream.next();
    const head = await peer.head();
    expect([head.get('connection'), head.get('upgrade'), head.get('sec-websocket-key')]).toEqual([
      'Upgrade',
      'websocket',
      'a',
    ]);
    peer.send(SWITCH);
    const answer = await client.answer();
    expect(answer.status).toBe(101);
    expect(answer.head.get('connection')?.toLowerCase()).toBe('upgrade');
    expect([answer.head.get('upgrade'), answer.head.get('sec-websocket-accept')]).toEqual(['websocket', 'b']);
    return peer;
  }

  it('makes a tunnel: bytes pass both ways as they come', async () => {
    const peer = await tunnel();
    peer.send('down');
    expect(await client.take(4)).toBe('down');
    client.send('up');
    expect(await peer.take(2)).toBe('up');
  });

  it('passes on what the server sent right behind its 101', async () => {
    client.send(ASK);
    const peer = await upstream.next();
    await peer.head();
    peer.send(`${SWITCH}hello`);
    expect((await client.answer()).status).toBe(101);
    expect(await client.take(5)).toBe('hello');
  });

  it('passes a half-close on, and the other direction stays open', async () => {
    const peer = await tunnel();
    client.end();
    expect(await peer.gone).toBe('end');
    peer.send('still here');
    expect(await client.take(10)).toBe('still here');
    peer.end();
    expect(await client.gone).toBe('end');
    await gateway.quiet();
  });

  it.each(['client', 'server'])('lets a slow reader read all that was sent before the %s closed', async (sender) => {
    const peer = await tunnel();
    const [from, to] = sender === 'client' ? [client, peer] : [peer, client];
    to.socket.pause();
    const size = 30_000_000;
    // The reader has said all it has to say, so that the sender's close is the last thing to happen.
    to.end();
    await from.gone;
    from.send(Buffer.alloc(size, 'x')).end();
    await new Promise((resolve) => setTimeout(resolve, 300));
    to.socket.resume();
    expect((await to.rest()).length).toBe(size);
    await gateway.quiet();
  });

  it('passes a reset on as an end', async () => {
    const peer = await tunnel();
    client.reset();
    await peer.gone;
    await gateway.quiet();
  });

  it('that a server refuses leaves the connection usable, and bytes behind it are a request', async () => {
    client.send(ASK);
    const peer = await upstream.next();
    await peer.head();
    peer.send('HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\n\r\nno');
    expect((await client.head()).status).toBe(401);
    client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    peer.send('pe');
    expect(await client.take(4)).toBe('nope');
    const other = await upstream.next();
    expect((await other.head()).start).toBe('GET /next HTTP/1.1');
    other.send(plain('next'));
    expect((await client.answer()).body.text).toBe('next');
  });

  it.each([
    ['early bytes', `${ASK}early`],
    ['a request hidden behind it', `${ASK}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n`],
  ])('with %s is never made a tunnel', async (_, bytes) => {
    client.send(bytes);
    const answer = await client.answer();
    expect([answer.status, answer.problem, await client.rest()]).toEqual([400, 'malformed-request', '']);
    client.end();
    await gateway.quiet();
    expect(upstream.peers.map(({ received }) => received).join('')).not.toContain('admin');
  });

  it.each([
    ['a body', `POST /ws HTTP/1.1\r\nHost: a\r\n${FIELDS}Content-Length: 5\r\n\r\nhello`],
    ['a body behind GET', `GET /ws HTTP/1.1\r\nHost: a\r\n${FIELDS}Content-Length: 5\r\n\r\nhello`],
    ['h2c', ASK.replace('WebSocket', 'h2c')],
    ['two protocols', ASK.replace('WebSocket', 'websocket, h2c')],
    ['no Connection', ASK.replace('Connection: keep-alive, Upgrade\r\n', '')],
    ['HTTP/1.0', ASK.replace('HTTP/1.1', 'HTTP/1.0')],
  ])('with %s goes on as a plain request, and a 101 to it is a fault', async (_, bytes) => {
    client.send(bytes);
    const peer = await upstream.next();
    const head = await peer.head();
    expect([head.get('upgrade'), head.get('connection')]).toEqual([undefined, undefined]);
    await peer.body(head);
    peer.send(SWITCH);
    const answer = await client.answer();
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-malformed']);
  });

  it('to another protocol than was asked for is a fault', async () => {
    client.send(ASK);
    const peer = await upstream.next();
    await peer.head();
    peer.send(SWITCH.replace('Upgrade: websocket', 'Upgrade: h2c'));
    expect((await client.answer()).problem).toBe('upstream-malformed');
    await peer.gone;
  });

  it('whose client leaves before the answer is ended upstream', async () => {
    client.send(ASK);
    const peer = await upstream.next();
    await peer.head();
    client.socket.destroy();
    await peer.gone;
    await gateway.quiet();
  });
});

it('a silent tunnel is ended after the idle time, a busy one is not', async () => {
  const upstream = await startRawUpstream();
  gateway = await startProxy(upstream.url, { upstream: { timeouts: { idle: '500ms' } } });
  const client = await gateway.connect();
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  const peer = await upstream.next();
  await peer.head();
  peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  expect((await client.head()).status).toBe(101);
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    client.send('x');
    expect(await peer.take(1)).toBe('x');
  }
  await Promise.all([client.gone, peer.gone]);
  await gateway.quiet();
  await gateway.close();
  await upstream.close();
});
