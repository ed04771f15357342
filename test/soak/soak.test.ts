import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random, seedOf } from '../fixtures/random.ts';
import { spawnGateway, type Footprint, type SpawnedGateway } from '../fixtures/spawn-gateway.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';
import { sendTraffic } from './traffic.ts';
import { startHonest, startRude, type SoakServer } from './upstreams.ts';

// A while of everything at once, with faults on both sides; afterwards nothing of it may be left. `npm run soak` takes
// minutes for it, the suite some seconds.

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 15);
/** Until all code has been compiled and all pools are as large as they get. */
const WARM_UP = Math.min(10, SECONDS / 2);

/**
 * What may have been added to the heap, in bytes, however long it took. Code goes on being optimised and caches being
 * filled for a while, which is some hundreds of kilobytes; one small object left behind by each of a minute's exchanges
 * would be more than this.
 */
const HEAP_SLACK = 3 * 1024 * 1024;
/** Buffers: 64 for bodies, of 64 KiB each, may wait for their next use; the allocator's slabs come and go. */
const BUFFER_SLACK = 5 * 1024 * 1024;

const seed = seedOf();
const random = new Random(seed);
const folder = makeTempFolder({ 'a.txt': 'a'.repeat(200_000) });
const space = makeTempFolder();
let honest: SoakServer;
let rude: SoakServer;
let gateway: SpawnedGateway;

beforeAll(async () => {
  [honest, rude] = await Promise.all([startHonest(), startRude(random)]);
  gateway = await spawnGateway(space.path, {
    listen: '127.0.0.1:0',
    log: { access: 'off' },
    limits: { body: 200_000 },
    // Long enough for honest visitors on a machine that stands still for a moment.
    timeouts: { head: '3s', body: '3s', keepAlive: '3s', write: '3s' },
    cors: { default: { origins: ['https://app.test'], methods: ['PUT'] } },
    upstreams: {
      honest: { servers: honest.url, idleTimeout: '1s' },
      rude: { servers: rude.url, idleTimeout: '1s', timeouts: { connect: '1s', head: '500ms', idle: '1s' } },
    },
    routes: [
      { path: '/honest/*', proxy: 'honest' },
      { path: '/rude/*', proxy: 'rude' },
      { path: '/files/*', files: folder.path, stripPrefix: '/files' },
      { path: '/here', respond: { body: 'here' } },
    ],
  });
});
afterAll(async () => {
  await gateway.stop();
  await Promise.all([honest.close(), rude.close()]);
  folder.remove();
  space.remove();
});

/** What the gateway holds once all connections have come to their end. */
async function settled(): Promise<Footprint> {
  const end = performance.now() + 60_000;
  for (;;) {
    const footprint = await gateway.measure();
    if (footprint.clients === 0 && footprint.upstreams === 0) return footprint;
    if (performance.now() > end) throw new Error(`still open after a minute: ${JSON.stringify(footprint)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

it(`leaves nothing behind after ${SECONDS} s of everything`, { timeout: (SECONDS + 200) * 1000 }, async () => {
  const warmUp = await sendTraffic(gateway.port, WARM_UP * 1000, random);
  expect(warmUp.wrong, `seed ${seed}`).toEqual([]);
  const before = await settled();
  const first = await sendTraffic(gateway.port, SECONDS * 500, random);
  const between = await settled();
  const second = await sendTraffic(gateway.port, SECONDS * 500, random);
  const after = await settled();
  // What grew in both halves alike is worth a look, even if it's within its bounds.
  console.log(`soak: seed ${seed}`, { visits: second.visits, before, between, after });
  expect([...first.wrong, ...second.wrong], `seed ${seed}`).toEqual([]);
  expect(after.descriptors).toBeLessThanOrEqual(before.descriptors);
  expect(after.handles).toEqual(before.handles);
  expect(after.heap - before.heap).toBeLessThan(HEAP_SLACK);
  expect(after.buffers - before.buffers).toBeLessThan(BUFFER_SLACK);
});
