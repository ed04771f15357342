import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAuthority } from '../../tls/index.ts';
import { findProgram, runProgram, type Machine, type Ran } from './machine.ts';
import { done, type Outcome } from './outcome.ts';

/** What browsers list it as. */
const NICKNAME = 'oneorigin local authority';

const TOOL = 'certutil';
const INSTALL = 'sudo apt install libnss3-tools';

const CHROMIUM = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'brave-browser',
  'microsoft-edge',
];

/** Below the home folder: where Chromium and its kin keep what their user trusts, also in the forms of Snap and Flatpak. */
const CHROMIUM_STORES = [
  '.pki/nssdb',
  '.local/share/pki/nssdb',
  'snap/chromium/current/.pki/nssdb',
  '.var/app/org.chromium.Chromium/.pki/nssdb',
  '.var/app/com.google.Chrome/.pki/nssdb',
];

/** Folders with Firefox's profiles. */
const FIREFOX_PROFILES = [
  '.mozilla/firefox',
  '.config/mozilla/firefox',
  'snap/firefox/common/.mozilla/firefox',
  '.var/app/org.mozilla.firefox/.mozilla/firefox',
];

/** A database of Mozilla's security library: browsers on Linux trust what is in it. */
interface Store {
  readonly name: string;
  readonly folder: string;
}

/** Adds the authority to what this user's browsers trust. */
export async function trustInBrowsers({ certFile, cert }: LocalAuthority, machine: Machine): Promise<Outcome[]> {
  const stores = storesOf(machine);
  const fresh = stores.some(({ name }) => name === 'Chromium') ? [] : newChromiumStore(machine);
  return forEach([...fresh, ...stores], machine, async (certutil, { folder, name }) => {
    if (!existsSync(join(folder, 'cert9.db'))) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      await certutil(folder, '-N', '--empty-password');
    }
    const known = await certutil(folder, '-L', '-n', NICKNAME, '-a');
    if (known.ok && sameText(known.output, cert)) return done(name, 'trusted');
    if (known.ok) await removeAll(certutil, folder);
    // C: it may say who a server is, and nothing else.
    const { ok, complaint } = await certutil(folder, '-A', '-t', 'C,,', '-n', NICKNAME, '-i', certFile);
    return ok ? done(name, 'trusted') : { store: name, result: 'failed', reason: complaint, command: '' };
  });
}

/** Takes it out again. */
export function removeFromBrowsers(machine: Machine): Promise<Outcome[]> {
  return forEach(storesOf(machine), machine, async (certutil, { folder, name }) => {
    const { ok } = await certutil(folder, '-L', '-n', NICKNAME);
    if (!ok) return done(name, 'absent');
    const complaint = await removeAll(certutil, folder);
    return complaint === '' ? done(name, 'removed') : { store: name, result: 'failed', reason: complaint, command: '' };
  });
}

type Certutil = (folder: string, ...args: readonly string[]) => Promise<Ran>;

async function forEach(
  stores: readonly Store[],
  machine: Machine,
  act: (certutil: Certutil, store: Store) => Promise<Outcome>,
): Promise<Outcome[]> {
  const program = findProgram(TOOL, machine);
  if (program === undefined) {
    const reason = `${TOOL} is not installed`;
    return stores.map(({ name }) => ({ store: name, result: 'to-do', reason, command: INSTALL }));
  }
  const certutil: Certutil = (folder, ...args) => runProgram(program, [...args, '-d', `sql:${folder}`]);
  const outcomes: Outcome[] = [];
  for (const store of stores) outcomes.push(await act(certutil, store));
  return outcomes;
}

/** One of an earlier authority may be there under the same name. @returns what went wrong, '' for nothing */
async function removeAll(certutil: Certutil, folder: string): Promise<string> {
  for (;;) {
    const removed = await certutil(folder, '-D', '-n', NICKNAME);
    if (!removed.ok) return (await certutil(folder, '-L', '-n', NICKNAME)).ok ? removed.complaint : '';
  }
}

function storesOf({ home }: Machine): Store[] {
  const chromium = CHROMIUM_STORES.map((path) => ({ name: 'Chromium', folder: join(home, path) }));
  const firefox = FIREFOX_PROFILES.flatMap((path) =>
    foldersIn(join(home, path)).map((profile) => ({
      name: `Firefox, profile ${profile}`,
      folder: join(home, path, profile),
    })),
  );
  return [...chromium, ...firefox].filter(({ folder }) => existsSync(join(folder, 'cert9.db')));
}

/** Chromium reads this store, but doesn't make it. */
function newChromiumStore(machine: Machine): Store[] {
  const installed = CHROMIUM.some((name) => findProgram(name, machine) !== undefined);
  return installed ? [{ name: 'Chromium', folder: join(machine.home, '.pki/nssdb') }] : [];
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

/** Line breaks are each program's own. */
function sameText(a: string, b: string): boolean {
  return a.replaceAll(/\s/g, '') === b.replaceAll(/\s/g, '');
}
