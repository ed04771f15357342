import { painter } from '../diagnostics/index.ts';
import { explainConsole } from '../explain/index.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { renderExplanation } from './render-explanation.ts';
import { reportProblems, toJson } from './report.ts';
import { cliProblem, type ExitCode, type Terminal } from './terminal.ts';

/** Explains the text of a console: the words of the command line, or standard input if there are none. */
export async function runExplain(
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
