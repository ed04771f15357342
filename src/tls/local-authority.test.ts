import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import { dataFolder } from './data-folder.ts';
import { LocalAuthority, LocalAuthorityError } from './local-authority.ts';

const DAY = 86_400_000;

let folder: TempFolder;
beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => {
  vi.useRealTimers();
  folder.remove();
});

/** The clock of a machine that many days later. */
function later(days: number): void {
  vi.useFakeTimers({ now: Date.now() + days * DAY, toFake: ['Date'] });
}

describe('the local authority', () => {
  it('is made once, with a key that only its user can read', async () => {
    const first = await LocalAuthority.open(folder.path);
    const again = await LocalAuthority.open(folder.path);
    expect(again.cert).toBe(first.cert);
    expect(readFileSync(first.certFile, 'utf8')).toBe(first.cert);
    expect(statSync(join(folder.path, 'local-authority.key')).mode & 0o777).toBe(0o600);
    expect(first.cert).not.toContain('PRIVATE');
  });

  it('is one, however many processes want it first', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => LocalAuthority.open(folder.path)));
    expect(new Set(all.map(({ cert }) => cert)).size).toBe(1);
    expect(readdirSync(folder.path).toSorted()).toEqual(['local-authority.key', 'local-authority.pem']);
  });

  it('gets its certificate back if that was removed', async () => {
    const { certFile, cert } = await LocalAuthority.open(folder.path);
    writeFileSync(certFile, 'something else');
    await LocalAuthority.open(folder.path);
    expect(readFileSync(certFile, 'utf8')).toBe(cert);
  });

  it('gives way to another one before its end', async () => {
    const first = await LocalAuthority.open(folder.path);
    later(3500);
    expect((await LocalAuthority.open(folder.path)).cert).toBe(first.cert);
    later(100);
    expect((await LocalAuthority.open(folder.path)).cert).not.toBe(first.cert);
  });

  it('says so if it is damaged or its folder is none', async () => {
    folder.write('local-authority.key', 'nonsense');
    await expect(LocalAuthority.open(folder.path)).rejects.toThrow(LocalAuthorityError);
    await expect(LocalAuthority.open(join(folder.path, 'local-authority.key/a'))).rejects.toThrow('ENOTDIR');
  });
});

describe('its certificate for the usual names', () => {
  it('is the same until a third of its life is left', async () => {
    const authority = await LocalAuthority.open(folder.path);
    const first = await authority.usual();
    const { subjectAltName, validTo } = new X509Certificate(first.cert);
    expect(subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(first.renewAt).toBeLessThan(Date.parse(validTo) - 19 * DAY);
    later(39);
    expect((await authority.usual()).cert).toBe(first.cert);
    later(2);
    const second = await authority.usual();
    expect(second.cert).not.toBe(first.cert);
    expect((await authority.usual()).cert).toBe(second.cert);
  });

  it("isn't another authority's", async () => {
    const other = makeTempFolder();
    const kept = await (await LocalAuthority.open(other.path)).usual();
    folder.write('localhost.key', kept.key + kept.cert);
    const made = await (await LocalAuthority.open(folder.path)).usual();
    expect(made.cert).not.toBe(kept.cert);
    other.remove();
  });
});

describe('where it is kept', () => {
  it.each<[Record<string, string>, NodeJS.Platform, string]>([
    [{ HOME: '/home/me' }, 'linux', '/home/me/.local/share/oneorigin'],
    [{ HOME: '/home/me', XDG_DATA_HOME: '/data' }, 'linux', '/data/oneorigin'],
    // The specification: a relative path is to be ignored.
    [{ HOME: '/home/me', XDG_DATA_HOME: 'data' }, 'linux', '/home/me/.local/share/oneorigin'],
    [{ HOME: '/Users/me' }, 'darwin', '/Users/me/Library/Application Support/oneorigin'],
    [{ HOME: '/c', LOCALAPPDATA: '/c/me/AppData/Local' }, 'win32', '/c/me/AppData/Local/oneorigin'],
  ])('%o on %s: %s', (env, platform, expected) => {
    expect(dataFolder(env, platform)).toBe(expected);
  });
});
