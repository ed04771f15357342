import type { Command } from 'commander';
import type { ExitCode, Terminal } from '../terminal.ts';

/** Options of `explain`. */
export interface ExplainOptions {
  /** The stack whose policy is printed too. */
  readonly stack?: string;
  readonly json?: boolean;
}

const EXAMPLE = `
Examples:
  oneorigin explain "Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been …"
  oneorigin explain < console.txt
  pbpaste | oneorigin explain
  oneorigin explain doctor-preflight-auth --stack nginx

Paste whole consoles: stack traces, times and other lines don't matter. Exit code 1: nothing in it was understood.`;

/** Adds `explain` to the program. */
export function addExplain(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('explain')
    .description("Say what a browser's console, or a code of oneorigin's, means, and what to do.")
    .argument('[text...]', 'what the console says, or a code (default: standard input)')
    .option('--stack <name>', 'add a whole CORS policy for this stack')
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (words: readonly string[], options: ExplainOptions) => {
      // Loaded when it's asked for: a gateway starts without it.
      const { runExplain } = await import('../run-explain.ts');
      finish(await runExplain(words, options, terminal));
    });
}
