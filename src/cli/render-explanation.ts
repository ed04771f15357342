import { BROWSER_STEPS } from '../diagnostics/catalogue/console.ts';
import { helpFor, printable, type Paint } from '../diagnostics/index.ts';
import type { ConsoleExplanation, ConsoleFinding, UnknownText } from '../explain/index.ts';

const WIDTH = 80;
const GUTTER = 10;
/** So many URLs of one finding are listed. */
const MOST_URLS = 5;

const ENGINES = { chromium: 'Chrome', firefox: 'Firefox', webkit: 'Safari', any: 'Browser' } as const;
const KINDS = {
  cors: ['error', 'CORS'],
  'look-alike': ['warning', 'not CORS'],
  'follow-up': ['info', 'goes along with a cause'],
  warning: ['warning', 'a warning'],
} as const;

/** An explanation as a person reads it, in lines of 80 columns; commands stay in one piece, to be copied. */
export function renderExplanation({ findings, unknown }: ConsoleExplanation, paint: Paint): string {
  const hasCause = findings.some(({ kind }) => kind !== 'follow-up');
  const blocks = [
    ...findings.map((finding) => renderFinding(finding, paint, hasCause && finding.kind === 'follow-up')),
    ...unknown.map((text) => renderUnknown(text, paint)),
  ];
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

function renderFinding(finding: ConsoleFinding, paint: Paint, isShort: boolean): string[] {
  const { code, engine, era, step, preflight, kind, count, data, urls, next } = finding;
  const [color, word] = KINDS[kind];
  const about = [
    word,
    step === undefined ? '' : `step ${step}: ${BROWSER_STEPS[step]}`,
    preflight && step !== 'F' ? 'of a preflight' : '',
    era === 'old' ? 'an old wording' : '',
    count > 1 ? `${count} times` : '',
  ].filter((part) => part !== '');
  const name = `${paint(color, ENGINES[engine])}${paint('dim', `[${code}]`)}`;
  // The cause has been told: what goes along with it needs no mend of its own.
  if (isShort) return [`${name} ${word}`];
  return [
    `${name} ${about.join(', ')}`,
    '',
    ...row('means', finding.message, (line) => paint('bold', line)),
    ...requestRows(data, urls),
    ...finding.causes.flatMap((cause, index) => row(index === 0 ? 'likely' : '', cause, undefined, `${index + 1}. `)),
    ...row('mend', finding.mend),
    ...(next === undefined
      ? []
      : [
          `  ${'next'.padEnd(GUTTER)}${printable(next.command)}`,
          ...(next.missing.length === 0
            ? []
            : row('', `Put in what the text doesn't tell: ${next.missing.join(', ')}.`)),
        ]),
    ...row('more', helpFor(code)),
  ];
}

function requestRows(data: ConsoleFinding['data'], urls: readonly string[]): string[] {
  const { method, firstUrl, origin } = data;
  const shown = urls.slice(0, MOST_URLS).map((url) => (method === undefined ? url : `${String(method)} ${url}`));
  if (urls.length > MOST_URLS) shown.push(`and ${urls.length - MOST_URLS} more`);
  return [
    ...shown.flatMap((url, index) => row(index === 0 ? 'request' : '', url)),
    ...(firstUrl === undefined ? [] : row('', `redirected from ${String(firstUrl)}`)),
    ...(origin === undefined ? [] : row('page', String(origin))),
  ];
}

function renderUnknown({ text, nearest, foreign }: UnknownText, paint: Paint): string[] {
  return [
    `${paint('warning', 'Not understood')}`,
    '',
    ...row('text', text),
    ...(nearest === undefined
      ? row('nearest', 'Nothing that is known comes near.')
      : [...row('nearest', nearest.text), ...row('', `${ENGINES[nearest.engine]}: ${nearest.code}`)]),
    ...row(
      'mend',
      foreign
        ? 'Consoles are understood in English only: set the browser to English and do it again.'
        : 'Paste the whole line of the console that says "CORS" or "blocked", from its beginning.',
    ),
  ];
}

/** A titled paragraph. What comes from the text must not speak to the terminal. */
function row(title: string, text: string, paint: (line: string) => string = (line) => line, mark = ''): string[] {
  const indent = ' '.repeat(2 + GUTTER + mark.length);
  return wrap(printable(text), WIDTH - indent.length).map((line, index) =>
    index === 0 ? `  ${title.padEnd(GUTTER)}${mark}${paint(line)}` : `${indent}${paint(line)}`,
  );
}

/** Breaks at blanks; a word that is too long, a URL mostly, has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
