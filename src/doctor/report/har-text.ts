import { painter, type Paint } from '../../diagnostics/index.ts';
import { COUNTED, CREDENTIALS_FROM, listed } from './har-words.ts';
import type { HarReport, HarRequest } from './har-types.ts';
import { renderFinding } from './text.ts';
import { WIDTH, wrap } from './wrap.ts';

const MARKS = {
  blocked: ['error', '✗'],
  undecided: ['warning', '?'],
  opaque: ['dim', '–'],
  readable: ['info', '✓'],
  unreachable: ['error', '✗'],
} as const;

/** The report on a recording for a terminal of 80 columns. */
export function renderHarReport(report: HarReport, options: { readonly color?: boolean } = {}): string {
  const paint = painter(options.color ?? false);
  const [color, mark] = MARKS[report.outcome];
  const failing = report.requests.filter(isFailing);
  const rest = report.requests.filter((request) => !isFailing(request));
  const lines = [
    ...wrap(report.file, '').map((line) => paint('bold', line)),
    ...wrap(listed(report, COUNTED), ''),
    '',
    ...wrap(report.summary, '  ', `${mark} `).map((line) => paint(color, line)),
    ...failing.flatMap((request) => renderFailing(request, paint)),
    ...(rest.length === 0 ? [] : ['', paint('bold', failing.length === 0 ? 'Requests' : 'The rest')]),
    ...rest.flatMap((request) => renderLine(request, paint)),
  ];
  return `${lines.join('\n')}\n`;
}

function isFailing({ report }: HarRequest): boolean {
  return report.outcome === 'blocked' || report.outcome === 'undecided';
}

function renderFailing({ report, entries, credentials }: HarRequest, paint: Paint): string[] {
  const { method, url, origin, credentials: mode } = report.request;
  const [color, mark] = MARKS[report.outcome];
  const times = entries.length === 1 ? '' : ` (${entries.length} times)`;
  return [
    '',
    paint('bold', `${paint(color, mark)} ${method} ${url}${times}`),
    ...wrap(`from ${origin}, credentials: ${mode}${CREDENTIALS_FROM[credentials]}`, '  '),
    ...wrap(report.summary, '  '),
    ...report.findings
      .filter(({ severity }) => severity !== 'info')
      .flatMap((found) => {
        // The whole of it is in the JSON.
        const evidence = found.evidence.map((line) => shorten(line, WIDTH - 4));
        return renderFinding({ ...found, evidence }, paint);
      }),
  ];
}

function renderLine({ report, entries, preflight }: HarRequest, paint: Paint): string[] {
  const { method, url } = report.request;
  const [color, mark] = MARKS[report.outcome];
  const times = entries.length === 1 ? '' : ` ×${entries.length}`;
  const warnings = report.findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
  const notes = [...(preflight === 'missing' ? ['the recording holds no preflight'] : []), ...warnings];
  const row = `  ${paint(color, mark)} ${shorten(`${method} ${url}`, WIDTH - 4 - times.length)}${times}`;
  return notes.length === 0 ? [row] : [row, ...wrap(notes.join(', '), '      ').map((line) => paint('dim', line))];
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
