import { afterEach, expect, it, vi } from 'vitest';
import type { MetricFamily } from '../../../src/observe/metrics/families.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { resets, startAllNamed, type NamedServer } from './named-servers.ts';

let servers: NamedServer[];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

/** The values of a family, by the names of its servers. */
function valuesOf(name: string): Record<string, number> {
  const family = gateway.gateway
    .snapshot()
    .find((one): one is Extract<MetricFamily, { type: 'gauge' | 'counter' }> => one.name === name);
  const nameOf = (label: string): string => servers.find(({ port }) => label === `127.0.0.1:${port}`)?.name ?? label;
  return Object.fromEntries(
    (family?.series ?? []).map(({ labels, value }) => [nameOf(Object.values(labels).at(-1) ?? ''), value]),
  );
}

it('metrics tell which servers get requests, what they have to do, who waits, and what was sent again', async () => {
  servers = await startAllNamed('a', 'b');
  gateway = await startGateway({
    admin: { listen: '127.0.0.1:0' },
    upstreams: {
      all: {
        servers: servers.map(({ url }) => url),
        eject: { failures: 1, for: '1h', maxFor: '1h' },
        maxRequests: 1,
        queue: { timeout: '30s' },
        breaker: { minRequests: 8, failureRate: '50%' },
      },
    },
    routes: [{ name: 'route', proxy: 'all' }],
  });
  expect(valuesOf('oneorigin_upstream_server_live')).toEqual({ a: 1, b: 1 });
  expect(valuesOf('oneorigin_upstream_circuit_open')).toEqual({ all: 0 });
  servers[1]!.does = resets;
  const client = await gateway.connect();
  for (let i = 0; i < 2; i++) expect((await client.ask('/')).body.text).toBe('a');
  expect(valuesOf('oneorigin_upstream_server_live')).toEqual({ a: 1, b: 0 });
  expect(valuesOf('oneorigin_retries_total')).toEqual({ route: 1 });
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  servers[0]!.does = async (peer) => {
    await released;
    peer.send(plain('late'));
  };
  const waiting = [await gateway.connect(), await gateway.connect()];
  const answers = waiting.map((one) => one.ask('/'));
  await vi.waitFor(() => expect(valuesOf('oneorigin_upstream_waiting')).toEqual({ all: 1 }));
  expect(valuesOf('oneorigin_upstream_requests')).toEqual({ a: 1, b: 0 });
  expect(valuesOf('oneorigin_upstream_connections')).toEqual({ a: 1, b: 0 });
  release();
  for (const answer of answers) expect((await answer).body.text).toBe('late');
  servers[0]!.does = resets;
  // Four have succeeded.
  for (let i = 0; i < 4; i++) await client.ask('/');
  expect(valuesOf('oneorigin_upstream_circuit_open')).toEqual({ all: 1 });
  for (const one of [...waiting, client]) one.end();
  await gateway.quiet();
  expect(valuesOf('oneorigin_upstream_waiting')).toEqual({ all: 0 });
});
