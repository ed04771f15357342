import { createServer, get, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { spawnGateway, type SpawnedGateway } from '../../fixtures/spawn-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

const MEBI = 1024 * 1024;
const GIBI = 1024 * MEBI;
/** How much more memory the gateway may take than before; a body that it collects would take a gibibyte. */
const MAX_GROWTH = 120 * MEBI;

// No power of two, so that a piece lost or repeated shows.
const PATTERN = Buffer.from(Array.from({ length: 65_521 }, (_, i) => (i * 31 + (i >> 8)) & 255));
const TWICE = Buffer.concat([PATTERN, PATTERN, PATTERN]);

/** Writes `size` bytes of the pattern, as fast as the other side takes them. */
async function pour(into: Writable, size: number, progress = { bytes: 0 }): Promise<void> {
  let goOn = (): void => {};
  into.on('drain', () => goOn()).on('close', () => goOn());
  for (let at = 0; at < size && !into.destroyed; at += PATTERN.length) {
    const piece = PATTERN.subarray(0, Math.min(PATTERN.length, size - at));
    const roomy = into.write(piece);
    progress.bytes = at + piece.length;
    if (!roomy) await new Promise<void>((resolve) => (goOn = resolve));
  }
  into.end();
}

/** Reads everything and says how much of the pattern it was; throws at the first byte that is wrong. */
async function swallow(from: Readable): Promise<number> {
  let at = 0;
  for await (const piece of from as AsyncIterable<Buffer>) {
    const offset = at % PATTERN.length;
    if (TWICE.compare(piece, 0, piece.length, offset, offset + piece.length) !== 0)
      throw new Error(`wrong after ${at}`);
    at += piece.length;
  }
  return at;
}

vi.setConfig({ testTimeout: 120_000 });

let folder: TempFolder;
let server: Server;
let gateway: SpawnedGateway;
/** How much the server has written for the download under way. */
let sent = { bytes: 0 };
/** Called with each upload before it's read. */
let beforeReading: (upload: IncomingMessage) => Promise<void> = async () => {};

beforeAll(async () => {
  folder = makeTempFolder();
  server = createServer((req, res) => {
    const size = Number(req.headers['x-size'] ?? 0);
    if (req.method === 'GET') {
      if (req.headers['x-framing'] === 'length') res.setHeader('Content-Length', size);
      sent = { bytes: 0 };
      void pour(res, size, sent);
    } else {
      void beforeReading(req)
        .then(() => swallow(req))
        .then((read) => res.end(String(read)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gateway = await spawnGateway(folder.path, {
    listen: '127.0.0.1:0',
    log: { access: 'off' },
    routes: [{ proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }],
  });
  // What the first megabytes cost is not what grows.
  await download(32 * MEBI, 'length').then(swallow);
  await upload(32 * MEBI, 'chunked');
});
afterAll(async () => {
  await gateway.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  folder.remove();
});

function download(size: number, framing: string): Promise<IncomingMessage> {
  const headers = { 'x-size': size, 'x-framing': framing };
  return new Promise((resolve, reject) => {
    get({ port: gateway.port, headers, agent: false }, resolve).on('error', reject);
  });
}

async function upload(size: number, framing: string, progress = { bytes: 0 }): Promise<number> {
  const headers = framing === 'length' ? { 'Content-Length': size } : { 'Transfer-Encoding': 'chunked' };
  const req = request({ port: gateway.port, method: 'PUT', headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    req.once('response', resolve).once('error', reject),
  );
  await pour(req, size, progress);
  let text = '';
  for await (const piece of await answered) text += String(piece);
  return Number(text);
}

/** Runs `work` and says by how much the gateway's memory grew at most. */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = gateway.memory();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, gateway.memory())), 20);
  await work();
  clearInterval(timer);
  return Math.max(most, gateway.memory()) - before;
}

/** Waits until `progress` stands still. */
async function standstill(progress: () => number): Promise<number> {
  let last = -1;
  return vi.waitFor(
    () => {
      const before = last;
      last = progress();
      if (last === 0 || last !== before) throw new Error('still going on');
      return last;
    },
    { interval: 300, timeout: 10_000 },
  );
}

describe.each(['length', 'chunked'])('a body of 1 GiB, framed by %s', (framing) => {
  it('comes down with flat memory', async () => {
    const grown = await growth(async () => {
      expect(await swallow(await download(GIBI, framing))).toBe(GIBI);
    });
    expect(grown).toBeLessThan(MAX_GROWTH);
  });

  it('goes up with flat memory', async () => {
    const grown = await growth(async () => {
      expect(await upload(GIBI, framing)).toBe(GIBI);
    });
    expect(grown).toBeLessThan(MAX_GROWTH);
  });

  it('waits for a client that does not read', async () => {
    const size = 256 * MEBI;
    const grown = await growth(async () => {
      const response = await download(size, framing);
      response.pause();
      expect(await standstill(() => sent.bytes)).toBeLessThan(64 * MEBI);
      expect(await swallow(response)).toBe(size);
    });
    expect(grown).toBeLessThan(MAX_GROWTH);
  });

  it('waits for a server that does not read', async () => {
    const size = 256 * MEBI;
    let release = (): void => {};
    beforeReading = () => new Promise((resolve) => (release = resolve));
    const progress = { bytes: 0 };
    const grown = await growth(async () => {
      const answer = upload(size, framing, progress);
      expect(await standstill(() => progress.bytes)).toBeLessThan(64 * MEBI);
      release();
      expect(await answer).toBe(size);
    });
    beforeReading = async () => {};
    expect(grown).toBeLessThan(MAX_GROWTH);
  });
});

it('a hundred downloads that nobody reads take memory only for what is under way', async () => {
  const grown = await growth(async () => {
    const responses = await Promise.all(Array.from({ length: 100 }, () => download(100 * MEBI, 'length')));
    for (const response of responses) response.pause();
    await standstill(() => sent.bytes);
    for (const response of responses) response.destroy();
  });
  expect(grown).toBeLessThan(MAX_GROWTH);
});
