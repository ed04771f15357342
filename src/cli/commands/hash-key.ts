import type { Command } from 'commander';
import { hashKey, makeKey } from '../make-hash.ts';
import { reportProblems, toJson } from '../report.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';

/** Options of `hash-key`. */
export interface HashKeyOptions {
  readonly prefix: string;
  readonly stdin?: boolean;
  readonly json?: boolean;
}

/** Shorter ones are guessed from their hash. */
const SHORTEST_KEY = 20;

const EXAMPLE = `
Examples:
  oneorigin hash-key --prefix acme
  printf %s "$KEY" | oneorigin hash-key --stdin       one that is in use already

The hash goes into the config, the key to whoever is to use it. The key isn't kept anywhere.`;

/** Adds `hash-key` to the program. */
export function addHashKey(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('hash-key')
    .description('Make an API key, and its hash for the config.')
    .option('--prefix <text>', 'what the key begins with', 'key')
    .option('--stdin', 'hash the key on standard input instead')
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (options: HashKeyOptions) => finish(await runHashKey(options, terminal)));
}

async function runHashKey(
  { prefix, stdin = false, json = false }: HashKeyOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const key = stdin ? ((await terminal.input()) ?? '').replace(/\r?\n$/, '') : makeKey(prefix);
  // As it's sent in a header, a cookie or a query.
  if (!/^[\w-]*$/.test(prefix)) return fails(cliProblem('cli-prefix-invalid', { text: prefix }));
  if (key.length < SHORTEST_KEY || !/^[\x21-\x7e]+$/.test(key)) {
    return fails(cliProblem('cli-key-weak', { shortest: SHORTEST_KEY }));
  }
  const hash = hashKey(key);
  if (json) terminal.out(toJson(stdin ? { ok: true, hash } : { ok: true, key, hash }));
  else terminal.out(stdin ? `${hash}\n` : `key   ${key}\nhash  ${hash}\n`);
  return 0;

  function fails(problem: ReturnType<typeof cliProblem>): ExitCode {
    reportProblems([problem], terminal, { json });
    return 2;
  }
}
