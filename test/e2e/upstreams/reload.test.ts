import { afterEach, expect, it, vi } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { resets, startAllNamed, type NamedServer } from './named-servers.ts';

let servers: NamedServer[] = [];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const config = (upstream: UpstreamOptions, path = '/*'): Parameters<typeof startGateway>[0] => ({
  log: { access: 'off' },
  upstreams: { all: upstream },
  routes: [{ path, proxy: 'all' }],
});

async function reload(upstream: UpstreamOptions, path?: string): Promise<void> {
  await gateway.gateway.reload({ ...config(upstream, path), listen: `127.0.0.1:${gateway.port}` });
}

async function names(count: number): Promise<string> {
  const client = await gateway.connect();
  let all = '';
  for (let i = 0; i < count; i++) all += (await client.ask('/')).body.text;
  client.end();
  return all;
}

it('what is known of servers outlives a reload that leaves the upstream as it is', async () => {
  servers = await startAllNamed('a', 'b');
  const upstream = { servers: servers.map(({ url }) => url), eject: { failures: 1, for: '1h', maxFor: '1h' } } as const;
  gateway = await startGateway(config(upstream));
  servers[1]!.does = resets;
  expect(await names(3)).toBe('aaa');
  servers[1]!.does = undefined;
  await reload(upstream, '/other/*');
  expect(await names(1)).toContain('no-route');
  await reload(upstream);
  expect(await names(4)).toBe('aaaa');
  // Another upstream knows nothing of it.
  await reload({ ...upstream, maxIdle: 3 });
  expect([...(await names(4))].toSorted().join('')).toBe('aabb');
});

it('health checks go on, and those of servers that are gone end', async () => {
  servers = await startAllNamed('a', 'b');
  const [a, b] = servers.map(({ url }) => url) as [string, string];
  const healthCheck = { path: '/health', interval: '100ms' } as const;
  const asked = (index: number): number => servers[index]!.asked.length;
  gateway = await startGateway(config({ servers: a, healthCheck }));
  await vi.waitFor(() => expect(asked(0)).toBeGreaterThan(1));
  await reload({ servers: b, healthCheck });
  await vi.waitFor(() => expect(asked(1)).toBeGreaterThan(1));
  const before = asked(0);
  const others = asked(1);
  await vi.waitFor(() => expect(asked(1)).toBeGreaterThan(others + 3));
  // One may have been under way.
  expect(asked(0)).toBeLessThanOrEqual(before + 1);
});

it('who waits in the queue of an upstream that is gone is served there', async () => {
  servers = await startAllNamed('a', 'b');
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  servers[0]!.does = async (peer) => {
    await released;
    peer.send(plain('a'));
  };
  gateway = await startGateway(config({ servers: servers[0]!.url, maxRequests: 1, queue: { timeout: '30s' } }));
  const clients = [await gateway.connect(), await gateway.connect(), await gateway.connect()];
  const answers = clients.map((client) => client.ask('/'));
  await vi.waitFor(() => expect(gateway.gateway.connections.clients).toBe(3));
  await vi.waitFor(() => expect(servers[0]!.asked).toHaveLength(1));
  // The others have come, too, and wait.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await reload({ servers: servers[1]!.url });
  expect(await names(2)).toBe('bb');
  release();
  for (const answer of answers) expect((await answer).body.text).toBe('a');
  for (const client of clients) client.end();
});
