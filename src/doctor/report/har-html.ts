import { escapeHtml } from './escape-html.ts';
import { COUNTED, CREDENTIALS_FROM, listed } from './har-words.ts';
import type { HarReport, HarRequest } from './har-types.ts';
import { renderFinding } from './html.ts';
import { renderPage } from './html-page.ts';
import { drawSequence } from './sequence.ts';

const MARKS = { blocked: '✗', undecided: '?', opaque: '–', readable: '✓', unreachable: '✗' } as const;

/** The report on a recording as one file without scripts, that loads nothing. */
export function renderHarHtml(report: HarReport): string {
  const failing = report.requests.filter(({ report: { outcome } }) => outcome === 'blocked' || outcome === 'undecided');
  const rest = report.requests.filter((request) => !failing.includes(request));
  const { file: title, outcome, summary } = report;
  const body = `${failing.map(renderFailing).join('\n')}\n${renderRest(rest, failing.length === 0)}`;
  return renderPage({ title, subtitle: listed(report, COUNTED), outcome, summary }, body);
}

function renderFailing({ report, entries, credentials }: HarRequest): string {
  const { method, url, origin, credentials: mode } = report.request;
  const times = entries.length === 1 ? '' : ` <small>${entries.length} times</small>`;
  const findings = report.findings.filter(({ severity }) => severity !== 'info');
  return `<h2><span class="${report.outcome}">${MARKS[report.outcome]}</span> ${escapeHtml(`${method} ${url}`)}${times}</h2>
<p class="soft">from ${escapeHtml(origin)}, credentials: ${escapeHtml(mode + CREDENTIALS_FROM[credentials])}. ${escapeHtml(report.summary)}</p>
${findings.map((found, index) => renderFinding(found, index === 0)).join('\n')}
${report.steps.length === 0 ? '' : drawSequence(report)}`;
}

function renderRest(rest: readonly HarRequest[], isAll: boolean): string {
  if (rest.length === 0) return '';
  const rows = rest.map(({ report, entries, preflight }) => {
    const warnings = report.findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code);
    const notes = [...(preflight === 'missing' ? ['the recording holds no preflight'] : []), ...warnings].join(', ');
    const { method, url } = report.request;
    return `<tr><td class="${report.outcome}">${MARKS[report.outcome]}<td>${escapeHtml(method)}<td>${escapeHtml(url)}<td>×${entries.length}<td>${escapeHtml(notes)}</tr>`;
  });
  return `<h2>${isAll ? 'Requests' : 'The rest'}</h2>\n<table>${rows.join('\n')}</table>`;
}
