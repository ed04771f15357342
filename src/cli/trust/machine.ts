import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';

/** What trusting needs to know of the machine, so that tests can have one of their own. */
export interface Machine {
  /** The user's home folder. */
  readonly home: string;
  readonly user: string;
  /** Whether this process may change what belongs to all users. */
  readonly root: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where Debian looks for authorities that the machine's owner has added. */
  readonly systemFolder: string;
  /** What Debian makes them known with, and its options. */
  readonly updateCommand: readonly string[];
}

/** The machine that this process runs on. */
export function thisMachine(env: Machine['env']): Machine {
  return {
    home: env['HOME'] ?? homedir(),
    user: userInfo().username,
    root: process.getuid?.() === 0,
    env,
    systemFolder: '/usr/local/share/ca-certificates',
    updateCommand: ['update-ca-certificates'],
  };
}

/** The path of a program, undefined if it isn't installed. Daemons' folders count too: a plain user's PATH lacks them. */
export function findProgram(name: string, { env }: Pick<Machine, 'env'>): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program came to. */
export interface Ran {
  readonly ok: boolean;
  readonly output: string;
  /** The last line that it complained with. */
  readonly complaint: string;
}

/** Milliseconds: none of these programs takes long, and one that asks for a password waits for ever. */
const PATIENCE = 30_000;

/** Runs a program to its end, with nobody at its keyboard. */
export function runProgram(program: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: PATIENCE }, (error, stdout, stderr) => {
      const complaint = stderr.trim().split('\n').at(-1) || error?.message.split('\n')[0] || '';
      resolve({ ok: error === null, output: stdout, complaint });
    });
    child.stdin?.end();
  });
}
