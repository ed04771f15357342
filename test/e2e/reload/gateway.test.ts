import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/gateway/index.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

let upstream: Server;
let held: (() => void)[] = [];
let gateway: TestGateway;

beforeEach(async () => {
  held = [];
  upstream = createServer((request, response) => {
    const answer = (): void => void response.end(`upstream ${request.url}`);
    if (request.url === '/held') held.push(answer);
    else answer();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const server = (): string => `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const ask = async (path = '/', headers: Record<string, string> = {}): Promise<string> => {
  const response = await fetch(`${gateway.url}${path}`, { headers });
  return `${response.status} ${response.headers.get('access-control-allow-origin') ?? '-'} ${await response.text()}`;
};
const same = (): string => `127.0.0.1:${gateway.port}`;

describe('a reload', () => {
  it('puts routes and policies in force as a whole, on the same address and the same connections', async () => {
    gateway = await startGateway({ routes: [{ path: '/a', respond: { body: 'old' } }] });
    const client = await gateway.connect();
    expect((await client.ask('/a')).body.text).toBe('old');
    await gateway.gateway.reload({
      listen: same(),
      cors: { default: { origins: ['https://app.test'] } },
      routes: [
        { path: '/a', respond: { body: 'new' } },
        { path: '/b', proxy: server() },
      ],
    });
    expect((await client.ask('/a')).body.text).toBe('new');
    expect(await ask('/b', { Origin: 'https://app.test' })).toBe('200 https://app.test upstream /b');
    expect(await ask('/b', { Origin: 'https://other.test' })).toBe('200 - upstream /b');
  });

  it('leaves exchanges under way to the config that they began under', async () => {
    gateway = await startGateway({
      cors: { default: { origins: ['https://old.test'] } },
      routes: [{ proxy: server() }],
    });
    const answer = ask('/held', { Origin: 'https://old.test' });
    await expect.poll(() => held.length).toBe(1);
    await gateway.gateway.reload({ listen: same(), routes: [{ respond: 204 }] });
    expect(await ask('/', { Origin: 'https://old.test' })).toBe('204 - ');
    held[0]?.();
    expect(await answer).toBe('200 https://old.test upstream /held');
    expect(gateway.gateway.connections.upstreams).toBe(0);
  });

  it('keeps the connections to an upstream that it leaves as it is, and closes those of one that is gone', async () => {
    gateway = await startGateway({ upstreams: { a: server() }, routes: [{ proxy: 'a' }] });
    let connections = 0;
    upstream.on('connection', () => connections++);
    await ask();
    await gateway.gateway.reload({
      listen: same(),
      upstreams: { a: server() },
      routes: [{ path: '/x/*', proxy: 'a' }],
    });
    await ask('/x/1');
    expect(connections).toBe(1);
    await gateway.gateway.reload({ listen: same(), routes: [{ respond: 204 }] });
    await expect.poll(() => new Promise((resolve) => upstream.getConnections((_, count) => resolve(count)))).toBe(0);
  });

  it('changes nothing when the new config is wrong', async () => {
    gateway = await startGateway({ routes: [{ respond: { body: 'old' } }] });
    const wrong = gateway.gateway.reload({ routes: [{ proxy: 'nobody' }] });
    await expect(wrong).rejects.toThrow(ConfigError);
    await expect(wrong).rejects.toThrow(/nobody/);
    expect(await ask()).toBe('200 - old');
    expect(gateway.gateway.model.routes[0]?.action.kind).toBe('respond');
  });

  it('changes nothing when an address is taken', async () => {
    gateway = await startGateway({ routes: [{ respond: { body: 'old' } }] });
    const taken = new URL(server()).port;
    const port = await freePort();
    const listen = [same(), `127.0.0.1:${port}`, `127.0.0.1:${taken}`];
    await expect(gateway.gateway.reload({ listen, routes: [{ respond: { body: 'new' } }] })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(await ask()).toBe('200 - old');
    // Nor is the free one left open.
    await expect(opens(port)).resolves.toBe(false);
  });

  it('opens new addresses, and closes old ones without cutting who came through them', async () => {
    gateway = await startGateway({ routes: [{ proxy: server() }] });
    const before = gateway.port;
    const answer = ask('/held');
    await expect.poll(() => held.length).toBe(1);
    const idle = await gateway.connect();
    const listen = `127.0.0.1:${await freePort()}`;
    const [address] = await gateway.gateway.reload({ listen, routes: [{ respond: { body: 'new' } }] });
    expect(address?.port).not.toBe(before);
    expect(await (await fetch(address?.url ?? '')).text()).toBe('new');
    await expect(opens(before)).resolves.toBe(false);
    held[0]?.();
    expect(await answer).toBe('200 - upstream /held');
    // One more question, and its connection is over.
    const last = await idle.ask('/');
    expect([last.body.text, last.head.get('connection')]).toEqual(['new', 'close']);
  });

  it('cuts what is left after its deadline, if it has one', async () => {
    gateway = await startGateway({ routes: [{ proxy: server() }] });
    const answer = ask('/held');
    await expect.poll(() => held.length).toBe(1);
    await gateway.gateway.reload({ listen: same(), reload: { deadline: '50ms' }, routes: [{ respond: 204 }] });
    expect(await answer).toMatch(/^504 - .*upstream-total-timeout/s);
  });

  it('has new limits hold for new connections, and counts the old ones', async () => {
    gateway = await startGateway({ routes: [{ respond: 204 }] });
    const first = await gateway.connect();
    await first.ask('/');
    await gateway.gateway.reload({ listen: same(), limits: { connections: 1 }, routes: [{ respond: 204 }] });
    const second = await gateway.connect();
    expect((await second.ask('/')).status).toBe(503);
    first.reset();
    await expect.poll(() => ask().then((text) => text.slice(0, 3))).toBe('204');
  });

  it('is done one after the other, and not any more once the gateway closes', async () => {
    gateway = await startGateway({ routes: [{ respond: 204 }] });
    const bodies = ['1', '2', '3', '4', '5'];
    await Promise.all(
      bodies.map((body) => gateway.gateway.reload({ listen: same(), routes: [{ respond: { body } }] })),
    );
    expect(await ask()).toBe('200 - 5');
    const closed = gateway.gateway.close({ deadline: 0 });
    await expect(gateway.gateway.reload({ listen: same(), routes: [{ respond: 204 }] })).rejects.toThrow('closing');
    await closed;
  });
});

async function freePort(): Promise<number> {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  return port;
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
}
