import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addCheck } from './commands/check.ts';
import { addDev } from './commands/dev.ts';
import { addExplain } from './commands/explain.ts';
import { addDoctor } from './commands/doctor.ts';
import { addHashKey } from './commands/hash-key.ts';
import { addHashPassword } from './commands/hash-password.ts';
import { addServe } from './commands/serve.ts';
import { addTrust } from './commands/trust.ts';
import { reportProblems } from './report.ts';
import type { ExitCode, Terminal } from './terminal.ts';
import { usageProblem } from './usage-problem.ts';

export { processTerminal } from './terminal.ts';

/** Runs one command line. @returns the code to exit with; nothing here ends the process. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = 0;
  const finish = (result: ExitCode): void => {
    code = result;
  };
  const program = new Command('oneorigin')
    .description('A reverse proxy and API gateway that gives a frontend and its APIs one origin.')
    .version(ownVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      // Reported below, as every other problem is.
      outputError: () => {},
    });
  addDev(program, finish, terminal);
  addServe(program, finish, terminal);
  addCheck(program, finish, terminal);
  addExplain(program, finish, terminal);
  addDoctor(program, finish, terminal);
  addTrust(program, finish, terminal);
  addHashKey(program, finish, terminal);
  addHashPassword(program, finish, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    if (error.code.startsWith('commander.help')) return 2;
    const command = program.commands.find((each) => each.name() === args[0])?.name() ?? '';
    reportProblems([usageProblem(error, command)], terminal, { json: args.includes('--json') });
    return 2;
  }
}

function ownVersion(): string {
  // From src/cli as well as from dist/cli.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
