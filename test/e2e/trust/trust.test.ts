import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trust } from '../../../src/cli/commands/trust.ts';
import type { Machine } from '../../../src/cli/trust/machine.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { FakeTerminal } from '../../fixtures/fake-terminal.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let home = '';

beforeEach(() => {
  folder = makeTempFolder();
  home = join(folder.path, 'home');
  mkdirSync(join(folder.path, 'system'));
  mkdirSync(join(folder.path, 'etc'));
  mkdirSync(join(folder.path, 'bin'));
});
afterEach(() => folder.remove());

/** A machine whose stores lie in the test's folder; Debian's own program works there too. */
function machine(more: Partial<Machine> = {}): Machine {
  const { path } = folder;
  writeFileSync(join(path, 'empty.conf'), '# none\n');
  const options = ['--certsconf', join(path, 'empty.conf'), '--certsdir', join(path, 'bin')];
  const folders = ['--localcertsdir', join(path, 'system'), '--etccertsdir', join(path, 'etc')];
  return {
    home,
    user: 'some body',
    root: false,
    env: { HOME: home, PATH: process.env['PATH'] ?? '' },
    systemFolder: join(path, 'system'),
    updateCommand: ['update-ca-certificates', ...options, ...folders, '--hooksdir', join(path, 'bin')],
    ...more,
  };
}

/** Where nothing is installed that a store would need. */
const bare = (): Partial<Machine> => ({ env: { HOME: home, PATH: join(folder.path, 'bin') } });

async function run(on: Machine, options: { uninstall?: boolean; json?: boolean } = {}): Promise<[number, string]> {
  const terminal = new FakeTerminal(folder.path);
  const code = await trust(options, terminal, on);
  return [code, terminal.output + terminal.errors];
}

const authority = (): string => join(home, '.local/share/oneorigin/local-authority.pem');
const systemFile = (): string => join(folder.path, 'system/oneorigin-some_body.crt');

/** A store as a browser leaves it. */
function makeStore(path: string): string {
  const store = join(home, path);
  mkdirSync(store, { recursive: true });
  execFileSync('certutil', ['-N', '--empty-password', '-d', `sql:${store}`]);
  return store;
}

function trustOf(store: string): string | undefined {
  const list = execFileSync('certutil', ['-L', '-d', `sql:${store}`], { encoding: 'utf8' });
  return /oneorigin local authority\s+(\S+)/.exec(list)?.[1];
}

describe("browsers' stores", () => {
  it('are told, each one that there is, and nothing else is touched without root', async () => {
    const stores = [
      makeStore('.pki/nssdb'),
      makeStore('.mozilla/firefox/abc.default-release'),
      makeStore('snap/firefox/common/.mozilla/firefox/def.default'),
    ];
    mkdirSync(join(home, '.mozilla/firefox/Crash Reports'));
    const [code, said] = await run(machine());
    expect(stores.map(trustOf)).toEqual(['C,,', 'C,,', 'C,,']);
    expect(said).toContain('  Chromium trusts it\n');
    expect(said).toContain('  Firefox, profile abc.default-release trusts it\n');
    expect(code).toBe(1);
    expect(said).toContain(`    sudo cp ${authority()} ${systemFile()} && sudo update-ca-certificates --certsconf`);
    expect(readdirSync(join(folder.path, 'system'))).toEqual([]);
  });

  it('are told once, and of a new authority instead of the old one', async () => {
    const store = makeStore('.pki/nssdb');
    await run(machine());
    await run(machine());
    const inStore = (): string =>
      execFileSync('certutil', ['-L', '-a', '-n', 'oneorigin local authority', '-d', `sql:${store}`], {
        encoding: 'utf8',
      }).replaceAll('\r', '');
    const first = readFileSync(authority(), 'utf8');
    expect(inStore().trim()).toBe(first.trim());
    execFileSync('rm', ['-r', join(home, '.local/share/oneorigin')]);
    await run(machine());
    expect(readFileSync(authority(), 'utf8')).not.toBe(first);
    expect(inStore().trim()).toBe(readFileSync(authority(), 'utf8').trim());
  });

  it('forget it with --uninstall', async () => {
    const stores = [makeStore('.pki/nssdb'), makeStore('.mozilla/firefox/abc.default-release')];
    await run(machine());
    const [code, said] = await run(machine(), { uninstall: true });
    expect(stores.map(trustOf)).toEqual([undefined, undefined]);
    expect([code, said]).toEqual([0, expect.stringContaining('  Chromium trusts it no longer\n')]);
    expect(said).toContain("doesn't have it");
    expect((await run(machine(), { uninstall: true }))[1]).toContain("  Chromium doesn't have it\n");
  });

  it("are made for Chromium, which doesn't make its own", async () => {
    writeFileSync(join(folder.path, 'bin/chromium'), '', { mode: 0o755 });
    const env = { HOME: home, PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}` };
    await run(machine({ env }));
    expect(trustOf(join(home, '.pki/nssdb'))).toBe('C,,');
  });

  it('are left to the user where certutil is missing', async () => {
    makeStore('.pki/nssdb');
    const [code, said] = await run(machine(bare()));
    expect(said).toContain(
      '  Chromium is left to you: certutil is not installed\n    sudo apt install libnss3-tools\n',
    );
    expect(code).toBe(1);
  });

  it('that are damaged are said to have failed', async () => {
    mkdirSync(join(home, '.pki/nssdb'), { recursive: true });
    writeFileSync(join(home, '.pki/nssdb/cert9.db'), 'nonsense');
    const [code, said] = await run(machine());
    expect(said).toMatch(/ {2}Chromium failed: certutil: /);
    expect(code).toBe(1);
  });
});

describe("the system's store", () => {
  it('is told by root, with the program of Debian', async () => {
    // A store is never empty.
    const other = new CertificateAuthority(folder.path, 'other');
    folder.write('system/other.crt', other.certificate);
    const [code, said] = await run(machine({ root: true }));
    expect(said).toContain("  the system's store (curl, wget, Python, …) trusts it\n");
    expect(code).toBe(0);
    const bundle = (): string => readFileSync(join(folder.path, 'etc/ca-certificates.crt'), 'utf8');
    const cert = readFileSync(authority(), 'utf8');
    expect(bundle()).toContain(cert.trim());
    // Who isn't root sees that it's done.
    expect(await run(machine())).toEqual([0, expect.stringContaining('Python, …) trusts it\n')]);
    expect((await run(machine({ root: true }), { uninstall: true }))[0]).toBe(0);
    expect(existsSync(systemFile())).toBe(false);
    expect(bundle()).not.toContain(cert.trim());
  });

  it('is said to be left with --uninstall, too', async () => {
    await run(machine({ root: true }));
    const [code, said] = await run(machine(), { uninstall: true });
    expect(said).toContain(`    sudo rm ${systemFile()} && sudo update-ca-certificates`);
    expect([code, existsSync(systemFile())]).toEqual([1, true]);
  });

  it('may refuse', async () => {
    writeFileSync(join(folder.path, 'bin/refuse'), '#!/bin/sh\necho "disk is full" >&2\nexit 3\n', { mode: 0o755 });
    const env = { HOME: home, PATH: join(folder.path, 'bin') };
    const [code, said] = await run(machine({ root: true, updateCommand: ['refuse'], env }));
    expect(said).toContain('failed: disk is full');
    expect(code).toBe(1);
  });

  it('may be none: then it says what to do', async () => {
    const [code, said] = await run(machine({ ...bare(), systemFolder: join(folder.path, 'none') }));
    expect(said).toContain('import the file where your programs keep authorities');
    expect(code).toBe(0);
  });
});

describe('oneorigin trust', () => {
  it('is refused with sudo: it would be the wrong authority', async () => {
    const env = { HOME: home, SUDO_USER: 'me' };
    const [code, said] = await run(machine({ root: true, env }));
    expect(code).toBe(2);
    expect(said).toContain('not the one of `me`');
    expect(existsSync(home)).toBe(false);
  });

  it('speaks JSON', async () => {
    makeStore('.pki/nssdb');
    const [, said] = await run(machine(), { json: true });
    expect(JSON.parse(said)).toMatchObject({
      ok: false,
      authority: authority(),
      stores: [
        { result: 'to-do', reason: 'only root may change it' },
        { store: 'Chromium', result: 'trusted', reason: '', command: '' },
      ],
    });
  });

  it('says why it has no authority', async () => {
    mkdirSync(join(home, '.local/share'), { recursive: true });
    writeFileSync(join(home, '.local/share/oneorigin'), 'a file');
    const [code, said] = await run(machine());
    expect(code).toBe(1);
    expect(said).toContain('error[local-authority-failed]');
  });
});
