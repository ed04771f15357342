import { helpFor, painter, type Diagnostic } from '../diagnostics/index.ts';
import { isStackName, STACKS } from '../doctor/stacks/names.ts';
import { explainConsole, type ConsoleExplanation } from '../explain/index.ts';
import type { ExplainOptions } from './commands/explain.ts';
import { codeIn, readCodePage, readStackPage } from './finding-page.ts';
import { renderExplanation } from './render-explanation.ts';
import { renderPage } from './render-page.ts';
import { reportProblems, toJson } from './report.ts';
import { cliProblem, type ExitCode, type Terminal } from './terminal.ts';

/** What is said about a text: the explanation of a console, or the page of a code; and the page of a stack. */
interface Explained {
  readonly explanation?: ConsoleExplanation;
  readonly code?: { readonly code: string; readonly page: string };
  readonly stack?: { readonly name: string; readonly page: string };
}

/** Explains a code, or the text of a console: the words of the command line, or standard input if there are none. */
export async function runExplain(
  words: readonly string[],
  options: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { json = false, stack } = options;
  const fail = (problem: Diagnostic, exit: ExitCode): ExitCode => {
    reportProblems([problem], terminal, { json });
    return exit;
  };
  const text = words.length === 0 ? await terminal.input() : words.join(' ');
  if (text === undefined || text.trim() === '') return fail(cliProblem('cli-no-text', {}), 2);
  if (stack !== undefined && !isStackName(stack)) {
    return fail(cliProblem('cli-stack-unknown', { text: stack, known: STACKS }), 2);
  }
  const explained = explain(text, stack);
  if ('problem' in explained) return fail(explained.problem, 1);
  terminal.out(json ? asJson(explained) : asText(explained, terminal));
  return isUnderstood(explained) ? 0 : 1;
}

function explain(text: string, stack: string | undefined): Explained | { readonly problem: Diagnostic } {
  const code = codeIn(text);
  const page = code === undefined ? undefined : readCodePage(code);
  if (page !== undefined && 'problem' in page) return page;
  const policy = stack === undefined ? undefined : readStackPage(stack);
  if (policy !== undefined && 'problem' in policy) return policy;
  return {
    ...(code === undefined || page === undefined ? { explanation: explainConsole(text) } : { code: { code, ...page } }),
    ...(stack === undefined || policy === undefined ? {} : { stack: { name: stack, ...policy } }),
  };
}

function isUnderstood({ explanation }: Explained): boolean {
  return explanation === undefined || explanation.understood;
}

function asJson(explained: Explained): string {
  const { explanation, code, stack } = explained;
  const findings = explanation?.findings.map((finding) => Object.assign({ help: helpFor(finding.code) }, finding));
  const said = explanation === undefined ? code : { ...explanation, findings };
  return toJson({ ok: isUnderstood(explained), ...said, ...(stack === undefined ? {} : { stack }) });
}

function asText({ explanation, code, stack }: Explained, { color }: Terminal): string {
  const paint = painter(color);
  const parts = [
    explanation === undefined ? '' : renderExplanation(explanation, paint),
    code === undefined ? '' : renderPage(code.page, paint),
    stack === undefined ? '' : renderPage(stack.page, paint),
  ];
  return parts.filter((part) => part !== '').join('\n');
}
