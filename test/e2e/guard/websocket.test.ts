import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { RouteOptions } from '../../../src/config/types.ts';
import { PAGE } from '../../fixtures/guarded.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

let http: Server;
let server: WebSocketServer;
let gateway: TestGateway;
let handshake: IncomingMessage | undefined;

beforeEach(async () => {
  http = createServer((_req, res) => res.end('plain'));
  server = new WebSocketServer({ server: http, handleProtocols: () => 'chat' });
  server.on('connection', (socket, request) => {
    handshake = request;
    socket.on('message', (data: Buffer) => socket.send(data));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  handshake = undefined;
  await gateway.close();
  for (const socket of server.clients) socket.terminate();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

const portOf = (): number => (http.address() as AddressInfo).port;

async function start(route: Partial<RouteOptions> = {}): Promise<void> {
  const target = `http://127.0.0.1:${portOf()}`;
  const guard = { target, allow: 'GET /chat', allowPrivate: '127.0.0.1', headers: { 'x-key': 'secret' } };
  gateway = await startGateway({
    cors: { app: { origins: PAGE } },
    routes: [{ path: '/api/*', cors: 'app', guard, ...route }],
  });
}

/** Opens a WebSocket, or says the status that it's refused with. */
function open(path: string, origin?: string): Promise<WebSocket | number> {
  const options = origin === undefined ? {} : { origin };
  const client = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, ['chat'], {
    ...options,
    headers: { Cookie: 'a=1', 'X-Own': '1' },
  });
  return new Promise((resolve) => {
    client.once('open', () => resolve(client));
    client.once('unexpected-response', (_request, { statusCode = 0 }) => {
      resolve(statusCode);
      client.terminate();
    });
    client.on('error', () => {});
  });
}

describe('a WebSocket through a guard', () => {
  it('carries messages both ways, with the secret and nothing of the page', async () => {
    await start();
    const client = await open('/api/chat', PAGE);
    if (typeof client === 'number') throw new Error(`refused with ${client}`);
    expect(client.protocol).toBe('chat');
    for (const size of [1, 70_000, 3_000_000]) {
      const data = Buffer.alloc(size, size % 251);
      const back = new Promise<Buffer>((resolve) => client.once('message', (message: Buffer) => resolve(message)));
      client.send(data);
      expect((await back).equals(data)).toBe(true);
    }
    expect(handshake?.url).toBe('/chat');
    expect(handshake?.headers).toMatchObject({ 'x-key': 'secret', host: `127.0.0.1:${portOf()}` });
    for (const name of ['origin', 'cookie', 'x-own', 'x-forwarded-for'])
      expect(handshake?.headers).not.toHaveProperty(name);
    client.close();
    await gateway.quiet();
    expect(gateway.records[0]).toMatchObject({ status: 101, aborted: undefined });
  });

  it('ends for both when one leaves', async () => {
    await start();
    const client = await open('/api/chat', PAGE);
    if (typeof client === 'number') throw new Error(`refused with ${client}`);
    client.terminate();
    await gateway.quiet();
    expect(server.clients.size).toBe(0);
  });

  it('is opened only where `allow` has the path', async () => {
    await start();
    expect(await open('/api/admin', PAGE)).toBe(403);
    expect(handshake).toBeUndefined();
  });

  it('is opened for pages of the policy only', async () => {
    await start();
    expect(await open('/api/chat', 'https://else.test')).toBe(403);
    expect(handshake).toBeUndefined();
  });

  it('without a policy is for the gateway’s own pages only: a browser lets any page read it', async () => {
    await start({ cors: false });
    expect(await open('/api/chat', PAGE)).toBe(403);
    expect(gateway.records[0]?.problem).toBe('guard-origin-refused');
    expect(handshake).toBeUndefined();
    const own = await open('/api/chat', `http://127.0.0.1:${gateway.port}`);
    expect(own).toBeInstanceOf(WebSocket);
    if (own instanceof WebSocket) own.terminate();
    const noPage = await open('/api/chat');
    expect(noPage).toBeInstanceOf(WebSocket);
    if (noPage instanceof WebSocket) noPage.terminate();
  });

  it('isn’t opened to everybody by a policy that leaves CORS to the target', async () => {
    await start({ cors: { upstream: 'pass' } });
    expect(await open('/api/chat', PAGE)).toBe(403);
    expect(handshake).toBeUndefined();
  });
});
