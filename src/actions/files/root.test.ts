import { execFileSync } from 'node:child_process';
import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { FileMemory } from './file-memory.ts';
import { bestOpenWithin, checkThenOpen, openThenCheck } from './open-within.ts';
import { Root } from './root.ts';

const LINUX = process.platform === 'linux';
const strategies = LINUX ? { checkThenOpen, openThenCheck } : { checkThenOpen };
let base: TempFolder;

beforeAll(() => {
  base = makeTempFolder({ 'secret.txt': 'secret', 'site-b/secret.txt': 'secret', 'site/a/file.txt': 'file' });
  const site = join(base.path, 'site');
  symlinkSync('a/file.txt', join(site, 'inside'));
  symlinkSync('a', join(site, 'folder'));
  symlinkSync('../secret.txt', join(site, 'outside'));
  symlinkSync('../site-b', join(site, 'neighbour'));
  symlinkSync(join(base.path, 'secret.txt'), join(site, 'absolute'));
  symlinkSync('outside', join(site, 'twice'));
  symlinkSync('loop', join(site, 'loop'));
  execFileSync('mkfifo', [join(site, 'pipe')]);
});
afterAll(() => base.remove());

describe.each(Object.entries(strategies))('a root with %s', (_name, openWithin) => {
  const open = (...segments: string[]): unknown => {
    const found = new Root(join(base.path, 'site'), { memory: new FileMemory(), openWithin }).open(segments);
    if (typeof found !== 'object') return found;
    found.close();
    return found.size;
  };

  it('opens files, also by links that stay inside', () => {
    expect(open('a', 'file.txt')).toBe(4);
    expect(open('inside')).toBe(4);
    expect(open('folder', 'file.txt')).toBe(4);
  });

  it.each([
    ['outside'],
    ['absolute'],
    ['twice'],
    ['neighbour', 'secret.txt'],
    ['neighbour'],
    ['loop'],
    ['pipe'],
    ['no'],
  ])('finds nothing at %s %s', (...segments) => {
    expect(open(...segments.filter((segment) => typeof segment === 'string'))).toBe('missing');
  });

  it('knows folders, itself among them', () => {
    expect(open('a')).toBe('directory');
    expect(open()).toBe('directory');
  });

  it('follows its own link when that is turned', () => {
    const current = join(base.path, `current-${openWithin.name}`);
    symlinkSync('site', current);
    const root = new Root(current, { memory: new FileMemory(), openWithin });
    const sizeOf = (name: string): unknown => {
      const found = root.open([name]);
      if (typeof found !== 'object') return found;
      found.close();
      return found.size;
    };
    expect(sizeOf('inside')).toBe(4);
    symlinkSync('site-b', `${current}.next`);
    renameSync(`${current}.next`, current);
    expect(sizeOf('secret.txt')).toBe(6);
    expect(sizeOf('inside')).toBe('missing');
  });

  it.runIf(LINUX)('leaves nothing open', () => {
    expect(base.openDescriptors()).toBe(0);
  });
});

describe('the way of opening', () => {
  it.runIf(LINUX)('is the one step where the kernel can be asked', () => {
    expect(bestOpenWithin()).toBe(openThenCheck);
  });
});
