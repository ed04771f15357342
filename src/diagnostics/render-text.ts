import { proseOf } from './catalogue/index.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import { formatPath } from './format-path.ts';

/** How diagnostics become text. */
export interface TextOptions {
  /** Texts of the files that diagnostics stand in, for quoting the line. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Default: `false`. */
  readonly color?: boolean;
}

const COLORS: Readonly<Record<Severity | 'dim' | 'bold', string>> = {
  error: '31',
  warning: '33',
  info: '36',
  dim: '2',
  bold: '1',
};

/** Colours a text, or doesn't. */
export type Paint = (color: keyof typeof COLORS, text: string) => string;

/** The painter for a terminal (or none). */
export function painter(color: boolean): Paint {
  return color ? (name, text) => `\u001B[${COLORS[name]}m${text}\u001B[0m` : (_, text) => text;
}

/** All diagnostics, a blank line between two. */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions = {}): string {
  return diagnostics.map((diagnostic) => renderOne(diagnostic, options)).join('\n');
}

function renderOne(diagnostic: Diagnostic, { sources, color = false }: TextOptions): string {
  const paint = painter(color);
  const { place, severity, code, path } = diagnostic;
  const { message, mend } = proseOf(diagnostic);
  const where = place === undefined ? '' : [place.file ?? 'config', place.line, place.column].join(':');
  const key = formatPath(path ?? []);
  const head = [where, `${paint(severity, severity)}${paint('dim', `[${code}]`)}`, key].filter((part) => part !== '');
  const lines = [`${head.join(' ')}: ${paint('bold', message)}`];
  lines.push(...quote(diagnostic, sources, paint));
  if (mend !== '') lines.push(`  ${paint('dim', '→')} ${mend}`);
  return `${lines.join('\n')}\n`;
}

/** The longest piece of a line that is quoted. */
const WIDTH = 100;

/** The line, and a caret below what is wrong. */
function quote({ place }: Diagnostic, sources: TextOptions['sources'], paint: Paint): string[] {
  const text = place === undefined ? undefined : sources?.get(place.file ?? '');
  const line = text?.split(/\r\n?|\n/)[(place?.line ?? 1) - 1];
  if (place === undefined || line === undefined || line.trim() === '') return [];
  const from = Math.max(0, place.column - 1 - WIDTH / 2);
  const shown = printable(line.slice(from, from + WIDTH));
  const gutter = String(place.line);
  const blank = ' '.repeat(gutter.length);
  const caret = ' '.repeat(place.column - 1 - from);
  return [
    `  ${paint('dim', `${gutter} |`)} ${shown}`,
    `  ${paint('dim', `${blank} |`)} ${caret}${paint('error', '^')}`,
  ];
}

/** A text from outside must not speak to the terminal. Every character keeps its width, so that the caret stays right. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(/[\0-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}
