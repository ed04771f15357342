import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../../../test/fixtures/start-gateway.ts';

let gateway: TestGateway;
let upstream: Server;
afterEach(async () => {
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

async function timings(serverTiming: boolean): Promise<(string | null)[]> {
  upstream = createServer((_, response) => {
    setTimeout(() => response.writeHead(200, { 'Server-Timing': 'db;dur=7' }).end('ok'), 50);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  gateway = await startGateway({
    serverTiming,
    routes: [
      { path: '/own', respond: 204 },
      { path: '/*', proxy: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` },
    ],
  });
  const asked = ['/api', '/own', '//'].map((path) => fetch(gateway.url + path));
  return (await Promise.all(asked)).map(({ headers }) => headers.get('server-timing'));
}

it('every response says how long it took, and where', async () => {
  const [proxied, own, refused] = await timings(true);
  // The upstream's own line stays.
  const [, gatewayTime, upstreamTime] =
    /^db;dur=7, gateway;dur=([\d.]+), upstream;dur=([\d.]+)$/.exec(proxied ?? '') ?? [];
  expect(Number(upstreamTime)).toBeGreaterThanOrEqual(49);
  expect(Number(gatewayTime)).toBeLessThan(Number(upstreamTime) + 5000);
  expect(own).toMatch(/^gateway;dur=[\d.]+$/);
  expect(refused).toMatch(/gateway;dur=[\d.]+/);
});

it('but not unless it is asked for', async () => {
  expect(await timings(false)).toEqual(['db;dur=7', null, 'db;dur=7']);
});
