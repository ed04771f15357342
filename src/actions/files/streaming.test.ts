import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { createFiles } from './files.ts';

const SIZE = 1_000_003;
const CONTENT = Buffer.alloc(SIZE, '0123456789abcdef');
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
  createFiles({ kind: 'files', root: site.path, fallback: '', index: [], stripPrefix: '' })(exchange);
  return exchange;
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
    exchange.onDrain?.();
    await expect.poll(() => exchange.chunks.length).toBe(2);
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
    expect(exchange.chunks.length).toBeLessThan(3);
    await closed();
  });

  it('is closed when the client leaves while it waits, and while it reads', async () => {
    const waiting = begin((it) => (it.full = true));
    await firstChunk(waiting);
    waiting.leave();
    const reading = begin((it) => (it.full = true));
    await firstChunk(reading);
    reading.drain();
    reading.leave();
    await closed();
    expect(reading.chunks).toHaveLength(1);
  });

  it('is closed when a write finds the client gone', async () => {
    const exchange = begin();
    exchange.write = () => {
      exchange.leave();
      return true;
    };
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

  it('that grows is sent as long as announced', async () => {
    const exchange = begin((it) => (it.full = true));
    await firstChunk(exchange);
    appendFileSync(join(site.path, 'big.iso'), 'more');
    exchange.drain();
    expect((await exchange.over).body).toHaveLength(SIZE);
    expect(exchange.cutReason).toBe('');
  });
});
