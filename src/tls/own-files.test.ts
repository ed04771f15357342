import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import { readSecretFile, writeOwnFile, writeOwnFileOnce } from './own-files.ts';

let folder: TempFolder;
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => folder.remove());

const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe('a file of our own', () => {
  it("is this user's alone, and so is its folder", () => {
    const file = join(folder.path, 'a/b/secret');
    writeOwnFile(file, 'one', 0o600);
    expect([mode(file), mode(join(folder.path, 'a')), mode(join(folder.path, 'a/b'))]).toEqual(['600', '700', '700']);
    expect(readSecretFile(file)).toBe('one');
  });

  it('is replaced, and nothing is left beside it', () => {
    const file = join(folder.path, 'file');
    writeOwnFile(file, 'one', 0o600);
    writeOwnFile(file, 'two', 0o644);
    expect([readSecretFile(file), readdirSync(folder.path)]).toEqual(['two', ['file']]);
  });

  it('stays if it is to be written once', () => {
    const file = join(folder.path, 'file');
    expect(writeOwnFileOnce(file, 'one', 0o600)).toBe(true);
    expect(writeOwnFileOnce(file, 'two', 0o600)).toBe(false);
    expect([readSecretFile(file), readdirSync(folder.path)]).toEqual(['one', ['file']]);
  });

  it("is made this user's alone if it wasn't", () => {
    const file = folder.write('open', 'secret');
    expect(mode(file)).toBe('644');
    expect(readSecretFile(file)).toBe('secret');
    expect(mode(file)).toBe('600');
  });

  it('may not be there', () => {
    expect(readSecretFile(join(folder.path, 'none'))).toBeUndefined();
    expect(() => readSecretFile(folder.path)).toThrow('EISDIR');
  });
});
