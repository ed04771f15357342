// Programs that the benchmark starts: each in a process group of its own, and none outlives the run.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** @param {NodeJS.Signals} signal */
function killAll(signal) {
  for (const child of running) killGroup(child, signal);
}

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

process.on('exit', () => killAll('SIGKILL'));
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
]) {
  process.on(signal, () => process.exit(128 + number));
}

/**
 * A program that was started.
 * @typedef {object} Program
 * @property {number} pid
 * @property {() => string} output what it wrote on standard error so far
 * @property {() => boolean} ended
 * @property {(line: string) => void} say
 * @property {(milliseconds: number) => Promise<any>} answer its next line on standard output, which is JSON
 * @property {() => Promise<void>} stop
 */

/**
 * Starts a program.
 * @param {readonly string[]} command
 * @param {object} [options]
 * @param {number} [options.core] where it runs; default: where this process does
 * @param {number} [options.descriptors] how many files it may have open
 * @param {boolean} [options.talks] whether it's spoken with by lines; else its output is thrown away
 * @param {string} [options.folder] where it runs
 * @returns {Program}
 */
export function start(command, { core, descriptors, talks = false, folder } = {}) {
  // Both replace themselves by what they start: the process is the program's own.
  const wrapped = [
    ...(descriptors === undefined ? [] : ['prlimit', `--nofile=${descriptors}:${descriptors}`]),
    ...(core === undefined ? [] : ['taskset', '-c', String(core)]),
    ...command,
  ];
  const child = spawn(wrapped[0], wrapped.slice(1), {
    cwd: folder,
    detached: true,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: [talks ? 'pipe' : 'ignore', talks ? 'pipe' : 'ignore', 'pipe'],
  });
  running.add(child);
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-4000)));
  let over = false;
  const closed = new Promise((resolve) => {
    child.once('exit', resolve).once('error', (error) => {
      output += error.message;
      resolve();
    });
  }).then(() => {
    over = true;
    // What it started may still be there.
    killGroup(child, 'SIGKILL');
    running.delete(child);
  });
  child.stdin?.on('error', () => {});
  const lines = talks ? createInterface({ input: child.stdout }) : undefined;
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended: () => over,
    say: (line) => child.stdin.write(`${line}\n`),
    answer: async (milliseconds) => {
      const signal = AbortSignal.timeout(milliseconds);
      const gone = closed.then(() => {
        throw new Error(`${command.slice(0, 2).join(' ')} ended: ${output}`);
      });
      gone.catch(() => {});
      try {
        const [line] = await Promise.race([once(lines, 'line', { signal }), gone]);
        return JSON.parse(line);
      } catch (error) {
        throw signal.aborted ? new Error(`${command.at(-2)} was not done in ${milliseconds} ms`) : error;
      }
    },
    stop: async () => {
      killGroup(child, 'SIGTERM');
      const timer = setTimeout(() => killGroup(child, 'SIGKILL'), 1000);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** Runs a program to its end, within a time. Returns its standard output. */
export async function run(command, { timeout = 60_000, ...options } = {}) {
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const timer = setTimeout(() => killGroup(child, 'SIGKILL'), timeout);
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code ?? 'a signal'}: ${stderr}${stdout}`);
    return stdout;
  } finally {
    clearTimeout(timer);
    running.delete(child);
  }
}
