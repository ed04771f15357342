import type { Command } from 'commander';
import { hashPassword } from '../make-hash.ts';
import { reportProblems, toJson } from '../report.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';

/** Options of `hash-password`. */
export interface HashPasswordOptions {
  readonly json?: boolean;
}

const EXAMPLE = `
Example:
  read -rs PASSWORD && printf %s "$PASSWORD" | oneorigin hash-password

The password is read from standard input: on a command line, everybody on the machine could read it.`;

/** Adds `hash-password` to the program. */
export function addHashPassword(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('hash-password')
    .description('Hash a password for the config, so that it need not stand there.')
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (options: HashPasswordOptions) => finish(await runHashPassword(options, terminal)));
}

async function runHashPassword({ json = false }: HashPasswordOptions, terminal: Terminal): Promise<ExitCode> {
  const password = ((await terminal.input()) ?? '').replace(/\r?\n$/, '');
  // RFC 7617 §2: with a control character it can't be sent.
  if (password === '' || /[\u0000-\u001f\u007f]/.test(password)) {
    reportProblems([cliProblem('cli-password-missing', {})], terminal, { json });
    return 2;
  }
  const hash = await hashPassword(password);
  terminal.out(json ? toJson({ ok: true, hash }) : `${hash}\n`);
  return 0;
}
