import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

let written = 0;

/**
 * Writes a file of the gateway's own, whole or not at all, whatever else is written at the same time. The folder is made
 * if it isn't there, for this user only.
 * @param mode `0o600` for what nobody else may read
 */
export function writeOwnFile(file: string, text: string, mode: number): void {
  const fresh = writeBeside(file, text, mode);
  renameSync(fresh, file);
}

/** As `writeOwnFile`, but one that is there stays. @returns whether it was written */
export function writeOwnFileOnce(file: string, text: string, mode: number): boolean {
  const fresh = writeBeside(file, text, mode);
  try {
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(fresh);
  }
}

/** The text of a file that is to be this user's alone, and is made so; undefined if there is none. */
export function readSecretFile(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    chmodSync(file, 0o600);
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeBeside(file: string, text: string, mode: number): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}-${++written}`;
  // Made with its mode, not changed to it: nobody can open it in between. On the disk before it has its name.
  writeFileSync(fresh, text, { mode, flag: 'wx', flush: true });
  return fresh;
}
