import { gzipSync, brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import type { Action } from '../../wire/exchange.ts';
import { createFiles } from './files.ts';

const SCRIPT = 'console.log("hello");'.repeat(50);
const BR = brotliCompressSync(SCRIPT);
const GZ = gzipSync(SCRIPT);
let site: TempFolder;
let files: Action;

beforeAll(() => {
  site = makeTempFolder({
    'app.js': SCRIPT,
    'app.js.br': BR,
    'app.js.gz': GZ,
    'zstd.css': 'a{}',
    'zstd.css.zst': 'zstd',
    'plain.js': SCRIPT,
    'photo.png': 'png',
    'photo.png.gz': 'never',
    'index.html': '<p>',
    'index.html.gz': gzipSync('<p>'),
  });
  files = createFiles({ kind: 'files', root: site.path, fallback: '', index: ['index.html'], stripPrefix: '' });
});
afterAll(() => site.remove());

function ask(target: string, headers: Record<string, string> = {}): Promise<TestExchange> {
  const exchange = new TestExchange({ target, headers });
  files(exchange);
  return exchange.over;
}

describe('a compressed sibling', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.1, gzip', 'gzip'],
    ['zstd, gzip', 'gzip'],
    ['identity', undefined],
    ['br;q=0, gzip;q=0', undefined],
    ['identity;q=1, *;q=0', undefined],
    ['', undefined],
  ])('for %j is %s', async (accept, coding) => {
    const answer = await ask('/app.js', { 'Accept-Encoding': accept });
    expect(answer.header('content-encoding')).toBe(coding);
    expect(answer.header('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.header('vary')).toBe('Accept-Encoding');
    const body = { br: BR, gzip: GZ }[coding ?? ''] ?? Buffer.from(SCRIPT);
    expect(answer.body.equals(body)).toBe(true);
  });

  it('of an index and in zstd is found too', async () => {
    expect((await ask('/', { 'Accept-Encoding': 'gzip' })).header('content-encoding')).toBe('gzip');
    expect((await ask('/zstd.css', { 'Accept-Encoding': 'zstd' })).header('content-encoding')).toBe('zstd');
  });

  it('is chosen by all lines of Accept-Encoding', async () => {
    const exchange = new TestExchange({ target: '/app.js' });
    exchange.headers.append('Accept-Encoding', 'gzip;q=0.5');
    exchange.headers.append('Accept-Encoding', 'br');
    files(exchange);
    expect((await exchange.over).header('content-encoding')).toBe('br');
  });

  it('has an entity tag of its own', async () => {
    const tags = new Set<string | undefined>();
    for (const accept of ['br', 'gzip', 'identity']) {
      const answer = await ask('/app.js', { 'Accept-Encoding': accept });
      tags.add(answer.header('etag'));
      const again = { 'Accept-Encoding': accept, 'If-None-Match': answer.header('etag') ?? '' };
      expect((await ask('/app.js', again)).status).toBe(304);
    }
    expect(tags.size).toBe(3);
  });

  it('is what a range is taken of, so that parts of one request fit together', async () => {
    const answer = await ask('/app.js', { 'Accept-Encoding': 'gzip', Range: 'bytes=0-9' });
    expect([answer.status, answer.header('content-encoding')]).toEqual([206, 'gzip']);
    expect(answer.header('content-range')).toBe(`bytes 0-9/${GZ.length}`);
    expect(answer.body.equals(GZ.subarray(0, 10))).toBe(true);
  });

  it('is looked for only where compressing helps, and Vary says where', async () => {
    const photo = await ask('/photo.png', { 'Accept-Encoding': 'gzip' });
    expect([photo.text, photo.header('vary'), photo.header('content-encoding')]).toEqual(['png', undefined, undefined]);
    expect((await ask('/plain.js', { 'Accept-Encoding': 'gzip' })).header('vary')).toBe('Accept-Encoding');
  });

  it('older than its file is not sent', async () => {
    site.write('stale.js', 'new', new Date(Date.now() - 3_600_000));
    site.write('stale.js.gz', gzipSync('old'), new Date(Date.now() - 7_200_000));
    expect((await ask('/stale.js', { 'Accept-Encoding': 'gzip' })).text).toBe('new');
  });

  it('asked for by its own name is a file as any', async () => {
    const answer = await ask('/app.js.gz', { 'Accept-Encoding': 'gzip' });
    expect([answer.header('content-type'), answer.header('content-encoding')]).toEqual(['application/gzip', undefined]);
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open', async () => {
    for (const accept of ['br', 'gzip', 'identity', 'zstd']) await ask('/app.js', { 'Accept-Encoding': accept });
    await expect.poll(() => site.openDescriptors()).toBe(0);
  });
});
