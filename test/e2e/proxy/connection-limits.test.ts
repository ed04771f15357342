import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectClient, type RawClient } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { spawnGateway } from '../../fixtures/spawn-gateway.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

/** For what takes a moment on a quiet machine. */
const PATIENCE = { timeout: 10_000 };
const ORIGIN = 'https://app.test';
const closers: (() => Promise<void> | void)[] = [];
let upstream: RawUpstream;
let gateway: TestGateway;

async function start(config: Parameters<typeof startProxy>[1]): Promise<void> {
  upstream = await startRawUpstream((peer) => answerAll(peer, plain('fine')));
  gateway = await startProxy(upstream.url, { cors: { default: { origins: [ORIGIN] } }, ...config });
  closers.push(gateway.close, upstream.close);
}

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function connectMany(count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let i = 0; i < count; i++) clients.push(await gateway.connect());
  return clients;
}

async function expectTurnedAway(client: RawClient): Promise<void> {
  const answer = await client.ask('/', { fields: `Origin: ${ORIGIN}\r\n` });
  expect([answer.status, answer.problem]).toEqual([503, 'too-many-connections']);
  expect(answer.head.get('connection')).toBe('close');
  expect(answer.head.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(await client.rest()).toBe('');
  client.end();
}

const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

describe('limits.connections', () => {
  it('turns away who comes beyond it with 503, and serves those within', async () => {
    await start({ limits: { connections: 3 } });
    const within = await connectMany(3);
    await expectTurnedAway(await gateway.connect());
    for (const client of within) expect((await client.ask('/')).status).toBe(200);
    // One leaves: there's room for one.
    within[0]?.socket.destroy();
    await vi.waitFor(() => expect(gateway.gateway.connections.clients).toBe(2), PATIENCE);
    const next = await gateway.connect();
    expect((await next.ask('/')).status).toBe(200);
    expect(upstream.peers.map(({ received }) => received).join('')).not.toContain('Origin');
    for (const client of [...within, next]) client.end();
    await gateway.quiet(64);
  });

  it('reads nothing of a body on a connection beyond it before it answers', async () => {
    await start({ limits: { connections: 1 } });
    const [within] = await connectMany(1);
    const client = await gateway.connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc');
    expect((await client.answer()).problem).toBe('too-many-connections');
    expect(await client.rest()).toBe('');
    client.end();
    within?.end();
    await gateway.quiet(64);
    expect(upstream.accepted).toBe(0);
  });

  it('closes at once, without a word, what comes far beyond it', async () => {
    await start({ limits: { connections: 4 } });
    const within = await connectMany(4);
    // They say nothing, and hold what places there are for being told so.
    const beyond = await connectMany(16);
    for (const client of await connectMany(10)) {
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      expect(await client.gone).not.toBe('');
      expect(client.received).toBe('');
      client.socket.destroy();
    }
    for (const client of within) expect((await client.ask('/')).status).toBe(200);
    for (const client of beyond) await expectTurnedAway(client);
    for (const client of within) client.end();
    await gateway.quiet(64);
  });

  it('keeps by itself what the descriptors allow: everybody within is served, everybody else told', async () => {
    const folder = makeTempFolder();
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    upstream = await startRawUpstream(async (peer: RawPeer) => {
      await peer.head();
      // All at once, so that each needs its own connection to here.
      await released;
      peer.send(plain('fine', 'Connection: close\r\n'));
    });
    closers.push(upstream.close, () => folder.remove());
    const spawned = await spawnGateway(
      folder.path,
      { listen: '127.0.0.1:0', log: { access: 'off' }, routes: [{ proxy: upstream.url }] },
      256,
    );
    const outcomes = new Map<string, number>();
    const clients: RawClient[] = [];
    const asked: Promise<void>[] = [];
    for (let i = 0; i < 300; i++) {
      const client = await connectClient(spawned.port);
      clients.push(client);
      const noted = client.ask('/').then(
        ({ status, problem }) => `${status} ${problem}`,
        () => 'closed',
      );
      asked.push(noted.then((outcome) => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)));
    }
    // Everybody has been turned away or waits for an answer of the upstream's: none is without a connection to it.
    await vi.waitFor(() => {
      const turnedAway = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
      expect(turnedAway + upstream.open).toBe(300);
    }, PATIENCE);
    const within = upstream.open;
    expect(within).toBeGreaterThan(60);
    release();
    await Promise.all(asked);
    expect(Object.fromEntries(outcomes)).toEqual({
      '200 ': within,
      '503 too-many-connections': outcomes.get('503 too-many-connections'),
      closed: outcomes.get('closed'),
    });
    expect(outcomes.get('503 too-many-connections')).toBeGreaterThanOrEqual(16);
    for (const client of clients) client.socket.destroy();
    await spawned.stop();
  });
});

describe('limits.connectionsPerAddress', () => {
  it('turns away an address that has as many, and no other', async () => {
    await start({ limits: { connectionsPerAddress: 2 } });
    const within = await connectMany(2);
    await expectTurnedAway(await gateway.connect());
    const other = await connectClient(gateway.port, '127.0.0.1', '127.0.0.2');
    expect((await other.ask('/')).status).toBe(200);
    for (const client of within) expect((await client.ask('/')).status).toBe(200);
    for (const client of [...within, other]) client.end();
    await gateway.quiet(64);
    const again = await gateway.connect();
    expect((await again.ask('/')).status).toBe(200);
    again.end();
  });

  it('does not hold for trusted proxies, from which everybody comes', async () => {
    await start({ limits: { connectionsPerAddress: 1 }, trustedProxies: ['127.0.0.0/8'] });
    const clients = await connectMany(20);
    for (const client of clients) expect((await client.ask('/')).status).toBe(200);
    for (const client of clients) client.end();
  });
});

describe('a connection beyond a limit', () => {
  it('that says nothing is closed in the time that a head may take', async () => {
    await start({ limits: { connections: 1 }, timeouts: { head: '200ms', keepAlive: '1m' } });
    const [within] = await connectMany(1);
    expect((await within?.ask('/'))?.status).toBe(200);
    const beyond = await gateway.connect();
    expect(await beyond.rest()).toBe('');
    beyond.end();
    await pause(100);
    expect((await within?.ask('/'))?.status).toBe(200);
    within?.end();
    await gateway.quiet(64);
  });
});
