import { appendFileSync, fstatSync, openSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { HeaderList } from '../../wire/header-list.ts';
import { ChunkBuffers } from './chunk-buffers.ts';
import { FileStream } from './file-stream.ts';
import { createFiles } from './files.ts';
import { OpenFile } from './open-file.ts';

/** Too large to be kept in memory. */
const SIZE = 3_000_003;
const CONTENT = Buffer.from(Uint32Array.from({ length: SIZE / 4 + 1 }, (_, at) => at).buffer).subarray(0, SIZE);
let site: TempFolder;

beforeAll(() => {
  site = makeTempFolder();
});
beforeEach(() => {
  site.write('big.iso', CONTENT);
});
afterAll(() => site.remove());

function begin(prepare: (exchange: TestExchange) => void = () => {}): TestExchange {
  const exchange = new TestExchange({ target: '/big.iso' });
  prepare(exchange);
  answer(exchange);
  return exchange;
}

function answer(exchange: TestExchange): void {
  createFiles({ kind: 'files', root: site.path, fallback: '', index: [], stripPrefix: '' })(exchange);
}

const closed = () => expect.poll(() => (process.platform === 'linux' ? site.openDescriptors() : 0)).toBe(0);
const firstChunk = (exchange: TestExchange) => expect.poll(() => exchange.chunks.length).toBeGreaterThan(0);

describe('a large file', () => {
  it('arrives whole', async () => {
    const answer = await begin().over;
    expect([answer.status, answer.announced]).toEqual([200, SIZE]);
    expect(answer.body.equals(CONTENT)).toBe(true);
    await closed();
  });

  it('waits for a client that is full', async () => {
    const exchange = begin((it) => (it.full = true));
    await firstChunk(exchange);
    await delay(30);
    expect(exchange.chunks).toHaveLength(1);
    exchange.takeWritten();
    await expect.poll(() => exchange.chunks.length).toBe(2);
    await delay(30);
    expect(exchange.chunks).toHaveLength(2);
    exchange.drain();
    expect((await exchange.over).body.equals(CONTENT)).toBe(true);
    await closed();
  });

  it('is read once even if the client drains twice', async () => {
    const exchange = begin((it) => (it.full = true));
    await firstChunk(exchange);
    exchange.drain();
    exchange.drain();
    expect((await exchange.over).body.equals(CONTENT)).toBe(true);
  });

  it.each([
    ['before the file is open', (exchange: TestExchange) => exchange.leave()],
    ['while it is opened', (exchange: TestExchange) => setImmediate(() => exchange.leave())],
  ])('is closed when the client leaves %s', async (_when, prepare) => {
    const exchange = begin(prepare);
    await exchange.over;
    await delay(30);
    expect(exchange.body.length).toBeLessThan(SIZE);
    await closed();
  });

  it('is closed when the client leaves while it waits, and while it reads', async () => {
    const waiting = begin((it) => (it.full = true));
    await firstChunk(waiting);
    waiting.leave();
    const reading = begin((it) => (it.full = true));
    // After some chunks in one go a thread reads the next one.
    let before = 0;
    while (reading.chunks.length > before) {
      before = reading.chunks.length;
      reading.takeWritten();
    }
    reading.leave();
    await closed();
    expect(reading.chunks).toHaveLength(before);
    expect(reading.body.length).toBeLessThan(SIZE);
  });

  it('is closed when a write finds the client gone', async () => {
    const exchange = new TestExchange({ target: '/big.iso' });
    exchange.write = () => {
      exchange.leave();
      return true;
    };
    answer(exchange);
    await exchange.over;
    await closed();
  });

  it('that shrinks is cut, so that the client sees it is broken', async () => {
    const exchange = begin((it) => (it.full = true));
    await firstChunk(exchange);
    truncateSync(join(site.path, 'big.iso'), 10);
    exchange.drain();
    expect((await exchange.over).cutReason).toBe('file-truncated');
    await closed();
  });

  it('gives every buffer back, however it ends', async () => {
    const buffers = new ChunkBuffers();
    const stream = (size: number, prepare: (exchange: TestExchange) => void): TestExchange => {
      const exchange = new TestExchange();
      prepare(exchange);
      const fd = openSync(join(site.path, 'big.iso'), 'r');
      const file = new OpenFile(fd, fstatSync(fd), { segments: ['big.iso'], local: true });
      exchange.open(200, new HeaderList(), size);
      new FileStream(exchange, file, { start: 0, length: size }, buffers).start();
      return exchange;
    };
    const ends = [
      stream(SIZE, () => {}),
      stream(SIZE + 1, () => {}),
      stream(SIZE, (it) => it.leave()),
      stream(SIZE, (it) => setImmediate(() => it.leave())),
    ];
    const left = stream(SIZE, (it) => (it.full = true));
    expect(buffers.lentLarge).toBeGreaterThan(0);
    left.leave();
    await Promise.all(ends.map(({ over }) => over));
    await expect.poll(() => buffers.lentLarge).toBe(0);
    await closed();
  });

  it('that grows is sent as long as announced', async () => {
    const exchange = begin((it) => (it.full = true));
    await firstChunk(exchange);
    appendFileSync(join(site.path, 'big.iso'), 'more');
    exchange.drain();
    expect((await exchange.over).body).toHaveLength(SIZE);
    expect(exchange.cutReason).toBe('');
  });
});
