import type { LoadedConfig } from '../config/index.ts';
import { renderJson, renderText, type Diagnostic } from '../diagnostics/index.ts';
import type { Terminal } from './terminal.ts';

/** How a command speaks: to people, or to programs. */
export interface ReportOptions {
  readonly json: boolean;
}

/** Says what is wrong: text to standard error, JSON to standard output. */
export function reportProblems(diagnostics: readonly Diagnostic[], terminal: Terminal, options: ReportOptions): void {
  if (options.json) terminal.out(toJson({ ok: false, problems: renderJson(diagnostics) }));
  else terminal.err(renderText(diagnostics, { color: terminal.color }));
}

/** What was found in a config, as people read it: every problem, then how many. */
export function describeConfig(loaded: LoadedConfig, color: boolean): string {
  const found = 'model' in loaded ? loaded.warnings : loaded.problems;
  const sources = new Map(loaded.text === undefined ? [] : [[loaded.file, loaded.text]]);
  const text = renderText(found, { sources, color });
  const summary = summarise(loaded, found);
  return text === '' ? `${summary}\n` : `${text}\n${summary}\n`;
}

function summarise(loaded: LoadedConfig, found: readonly Diagnostic[]): string {
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => ({ severity, count: found.filter((each) => each.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => plural(count, severity === 'info' ? 'note' : severity));
  if (!('model' in loaded)) return `${loaded.file}: ${counts.join(', ')}`;
  const parts = [plural(loaded.model.routes.length, 'route'), ...counts];
  return `${loaded.file} is valid: ${parts.join(', ')}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** JSON as programs and people can read it. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
