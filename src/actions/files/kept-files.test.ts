import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TestExchange } from '../../../test/fixtures/test-exchange.ts';
import { FileMemory } from './file-memory.ts';
import { createFiles } from './files.ts';
import { OpenFile } from './open-file.ts';
import { Root } from './root.ts';

/** Nothing but time makes a file's last change older. */
const SETTLE = 2500;
/** As long it's taken for granted that there's no sibling, and that a file lies below the root. */
const A_WHILE = 1200;

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const LARGE = Buffer.alloc(900_000, 'large');
let base: TempFolder;
let site: string;

beforeAll(async () => {
  base = makeTempFolder({
    'secret.txt': 'secret',
    'site/replaced.txt': 'before',
    'site/rewritten.txt': 'before',
    'site/removed.txt': 'here',
    'site/shrunk.txt': 'long enough',
    'site/ten.txt': '0123456789',
    'site/large.bin': LARGE,
    'site/huge.bin': Buffer.alloc(1_100_000),
    'site/bytes.bin': BYTES,
    'site/empty.txt': '',
    'site/app.js': 'app();',
    'site/alone.js': 'alone();',
    'site/shared.txt': 'shared',
    'site/folder/file.txt': 'inside',
  });
  base.write('site/app.js.gz', 'compressed');
  mkdirSync(join(base.path, 'site/public'));
  symlinkSync('../shared.txt', join(base.path, 'site/public/link.txt'));
  site = join(base.path, 'site');
  await delay(SETTLE);
});
afterAll(() => base.remove());

const files = (root = site) => createFiles({ kind: 'files', root, fallback: '', index: [], stripPrefix: '' });

async function ask(target: string, headers: Record<string, string> = {}, root = site): Promise<TestExchange> {
  const exchange = new TestExchange({ target, headers });
  files(root)(exchange);
  return exchange.over;
}

const kept = (...segments: string[]) => {
  const found = new Root(site, { memory: new FileMemory() }).open(segments);
  if (!(found instanceof OpenFile)) return found;
  found.close();
  return found.content !== undefined;
};

describe.runIf(process.platform === 'linux')('a file in memory', () => {
  it('is a small one that has not changed for a while, and has no descriptor', async () => {
    expect([kept('ten.txt'), kept('large.bin'), kept('empty.txt'), kept('huge.bin')]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    base.write('site/young.txt', 'young');
    expect(kept('young.txt')).toBe(false);
    expect(base.openDescriptors()).toBe(0);
  });

  it('is found again as the same one', () => {
    const root = new Root(site, { memory: new FileMemory() });
    expect(root.open(['ten.txt'])).toBe(root.open(['ten.txt']));
  });

  it.each([
    ['/ten.txt', Buffer.from('0123456789')] as const,
    ['/bytes.bin', BYTES] as const,
    ['/large.bin', LARGE] as const,
  ])('is sent whole and in ranges: %s', async (target, content) => {
    for (let i = 0; i < 2; i++) {
      const answer = await ask(target);
      expect([answer.status, answer.announced]).toEqual([200, content.length]);
      expect(answer.body.equals(content)).toBe(true);
    }
    const range = await ask(target, { Range: 'bytes=2-4' });
    expect([range.status, range.header('content-range')]).toEqual([206, `bytes 2-4/${content.length}`]);
    expect(range.body.equals(content.subarray(2, 5))).toBe(true);
    const tag = range.header('etag') ?? '';
    expect((await ask(target, { 'If-None-Match': tag })).status).toBe(304);
  });

  it('is sent empty if it is empty', async () => {
    const answer = await ask('/empty.txt');
    expect([answer.status, answer.announced]).toEqual([200, 0]);
  });

  it('replaced by one of the same size and modification time is seen with the next request', async () => {
    expect((await ask('/replaced.txt')).text).toBe('before');
    const { mtime } = statSync(join(site, 'replaced.txt'));
    base.write('site/.next', 'behind', mtime);
    renameSync(join(site, '.next'), join(site, 'replaced.txt'));
    expect(statSync(join(site, 'replaced.txt')).mtime).toEqual(mtime);
    expect((await ask('/replaced.txt')).text).toBe('behind');
  });

  it('rewritten in place, with its modification time set back, is seen with the next request', async () => {
    const path = join(site, 'rewritten.txt');
    expect((await ask('/rewritten.txt')).text).toBe('before');
    const { atime, mtime, ino } = statSync(path);
    writeFileSync(path, 'behind');
    utimesSync(path, atime, mtime);
    expect(statSync(path)).toMatchObject({ ino, mtime });
    expect((await ask('/rewritten.txt')).text).toBe('behind');
    writeFileSync(path, 'latest');
    utimesSync(path, atime, mtime);
    expect((await ask('/rewritten.txt')).text).toBe('latest');
  });

  it('removed or shortened is seen with the next request', async () => {
    await ask('/removed.txt');
    await ask('/shrunk.txt');
    rmSync(join(site, 'removed.txt'));
    truncateSync(join(site, 'shrunk.txt'), 4);
    expect((await ask('/removed.txt')).status).toBe(404);
    expect((await ask('/shrunk.txt')).text).toBe('long');
  });

  it('whose folder was moved out of the root is refused in a while', async () => {
    expect((await ask('/folder/file.txt')).text).toBe('inside');
    renameSync(join(site, 'folder'), join(base.path, 'moved'));
    symlinkSync('../moved', join(site, 'folder'));
    await delay(A_WHILE);
    expect((await ask('/folder/file.txt')).status).toBe(404);
  });

  it('of one root is not one of another that only links to it', async () => {
    expect((await ask('/public/link.txt')).text).toBe('shared');
    expect((await ask('/link.txt', {}, join(site, 'public'))).status).toBe(404);
  });

  it('has its compressed sibling, until that is older', async () => {
    const gzip = { 'Accept-Encoding': 'gzip' };
    for (let i = 0; i < 2; i++) expect((await ask('/app.js', gzip)).text).toBe('compressed');
    expect((await ask('/app.js')).text).toBe('app();');
    expect((await ask('/app.js.gz', gzip)).header('content-encoding')).toBeUndefined();
    base.write('site/app.js', 'changed', new Date());
    expect((await ask('/app.js', gzip)).text).toBe('changed');
  });

  it('gets a new sibling in a while', async () => {
    const gzip = { 'Accept-Encoding': 'gzip' };
    const folder = files();
    const get = () => {
      const exchange = new TestExchange({ target: '/alone.js', headers: gzip });
      folder(exchange);
      return exchange.over;
    };
    expect((await get()).text).toBe('alone();');
    base.write('site/alone.js.gz', 'compressed');
    await delay(A_WHILE);
    expect((await get()).text).toBe('compressed');
  });
});
