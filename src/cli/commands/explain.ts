import type { Command } from 'commander';
import { painter } from '../../diagnostics/index.ts';
import { explainConsole } from '../../explain/index.ts';
import { renderExplanation } from '../render-explanation.ts';
import { reportProblems, toJson } from '../report.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';

/** Options of `explain`. */
export interface ExplainOptions {
  readonly json?: boolean;
}

const EXAMPLE = `
Examples:
  oneorigin explain "Access to fetch at 'https://api.example.com/' from origin 'https://app.example.com' has been …"
  oneorigin explain < console.txt
  pbpaste | oneorigin explain

Paste whole consoles: stack traces, times and other lines don't matter. Exit code 1: nothing in it was understood.`;

/** Adds `explain` to the program. */
export function addExplain(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('explain')
    .description("Say what a browser's console means, and what to do.")
    .argument('[text...]', 'what the console says (default: standard input)')
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (words: readonly string[], options: ExplainOptions) =>
      finish(await explain(words, options, terminal)),
    );
}

/** Explains the text of a console: the words of the command line, or standard input if there are none. */
export async function explain(
  words: readonly string[],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const json = options.json ?? false;
  const text = words.length === 0 ? await terminal.input() : words.join(' ');
  if (text === undefined || text.trim() === '') {
    reportProblems([cliProblem('cli-no-text', {})], terminal, { json });
    return 2;
  }
  const explanation = explainConsole(text);
  if (json) terminal.out(toJson({ ok: explanation.understood, ...explanation }));
  else terminal.out(renderExplanation(explanation, painter(terminal.color)));
  return explanation.understood ? 0 : 1;
}
