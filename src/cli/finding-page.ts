import { readFileSync } from 'node:fs';
import { nearestWord } from '../config/nearest.ts';
import { catalogue, type Diagnostic } from '../diagnostics/index.ts';
import { problemCatalogue } from '../diagnostics/catalogue/problems.ts';
import { cliProblem } from './terminal.ts';

/** A page of docs/findings, or why there's none. */
export type FoundPage = { readonly page: string } | { readonly problem: Diagnostic };

/** The code that a text consists of, alone or as it is printed: `error[config-missing]`. */
export function codeIn(text: string): string | undefined {
  const code = /^(?:(?:error|warning|info)?\[)?([a-z]+(?:-[a-z\d]+)*)\]?$/.exec(text.trim())?.[1];
  // A single word is a text, unless it's known.
  return code === undefined || (!code.includes('-') && !isCode(code)) ? undefined : code;
}

function isCode(text: string): boolean {
  return Object.hasOwn(catalogue, text) || Object.hasOwn(problemCatalogue, text);
}

/** The page of a code, in Markdown. */
export function readCodePage(code: string): FoundPage {
  if (isCode(code)) return read(code);
  const nearest = nearestWord(code, [...Object.keys(catalogue), ...Object.keys(problemCatalogue)]) ?? '';
  return { problem: cliProblem('cli-code-unknown', { text: code, nearest }) };
}

/** The page of a stack, in Markdown. */
export function readStackPage(name: string): FoundPage {
  return read(`stacks/${name}`);
}

function read(name: string): FoundPage {
  const file = `docs/findings/${name}.md`;
  try {
    // From src/cli as well as from dist/cli.
    return { page: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') };
  } catch {
    return { problem: cliProblem('cli-page-missing', { file }) };
  }
}
