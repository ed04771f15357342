import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAuthority } from '../../tls/index.ts';
import { findProgram, runProgram, type Machine } from './machine.ts';
import { done, quoted, type Outcome } from './outcome.ts';

const STORE = "the system's store (curl, wget, Python, …)";

/** Adds the authority to what all programs of a Debian machine trust; nothing where there's no such store. */
export async function trustInSystem({ certFile, cert }: LocalAuthority, machine: Machine): Promise<Outcome[]> {
  const update = updater(machine);
  if (update === undefined) return [];
  const file = fileOf(machine);
  if (existsSync(file) && readFileSync(file, 'utf8') === cert) return [done(STORE, 'trusted')];
  const command = `sudo cp ${quoted(certFile)} ${quoted(file)} && sudo ${machine.updateCommand.map(quoted).join(' ')}`;
  if (!machine.root) return [{ store: STORE, result: 'to-do', reason: 'only root may change it', command }];
  return [
    await attempt('trusted', async () => {
      copyFileSync(certFile, file);
      return runProgram(update, machine.updateCommand.slice(1));
    }),
  ];
}

/** Takes it out again. */
export async function removeFromSystem(machine: Machine): Promise<Outcome[]> {
  const update = updater(machine);
  if (update === undefined) return [];
  const file = fileOf(machine);
  if (!existsSync(file)) return [done(STORE, 'absent')];
  const command = `sudo rm ${quoted(file)} && sudo ${machine.updateCommand.map(quoted).join(' ')} --fresh`;
  if (!machine.root) return [{ store: STORE, result: 'to-do', reason: 'only root may change it', command }];
  return [
    await attempt('removed', () => {
      rmSync(file);
      return runProgram(update, [...machine.updateCommand.slice(1), '--fresh']);
    }),
  ];
}

function updater(machine: Machine): string | undefined {
  return existsSync(machine.systemFolder) ? findProgram(machine.updateCommand[0] ?? '', machine) : undefined;
}

/** One for each user: everybody has an authority of their own. */
function fileOf({ systemFolder, user }: Machine): string {
  return join(systemFolder, `oneorigin-${user.replaceAll(/[^\w.-]/g, '_')}.crt`);
}

async function attempt(result: 'trusted' | 'removed', act: () => ReturnType<typeof runProgram>): Promise<Outcome> {
  try {
    const { ok, complaint } = await act();
    return ok ? done(STORE, result) : { store: STORE, result: 'failed', reason: complaint, command: '' };
  } catch (error) {
    return { store: STORE, result: 'failed', reason: String(error), command: '' };
  }
}
