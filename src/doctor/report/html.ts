import { arrange, stackHint } from './arrange.ts';
import { escapeHtml } from './escape-html.ts';
import { renderPage } from './html-page.ts';
import { drawSequence } from './sequence.ts';
import type { Report, ReportedFinding } from './types.ts';
import { spreadCommand } from './wrap.ts';

/** The report as one file without scripts, that loads nothing. */
export function renderHtml(report: Report): string {
  const { method, url, origin, credentials, mode } = report.request;
  const title = `${method} ${url}`;
  const subtitle = `from ${origin}, credentials: ${credentials}${mode === 'cors' ? '' : `, mode: ${mode}`}`;
  const { first, rest, mendsFirst, hasChecks } = arrange(report);
  const fix = renderFix(report);
  const { outcome, summary } = report;
  return renderPage(
    { title, subtitle, outcome, summary },
    `${first.map((finding) => renderFinding(finding, true)).join('\n')}
${mendsFirst ? fix : ''}
${rest.length === 0 ? '' : '<h2>Also found</h2>'}
${rest.map((finding) => renderFinding(finding, false)).join('\n')}
${mendsFirst ? '' : fix}
<h2>What the browser does</h2>
${drawSequence(report)}
${renderPreflight(report)}
${report.steps.map(({ curl }) => `<pre>${escapeHtml(spreadCommand(curl))}</pre>`).join('\n')}
${hasChecks ? `<h2>Checklist</h2>\n<ul class="checks">${report.checks.map(renderCheck).join('')}</ul>` : ''}
${renderLayers(report)}
${renderAudit(report)}
${renderStanding(report)}
<p class="soft end">${report.milliseconds} ms</p>`,
  );
}

/** Our sentences: what stands between backticks is code. */
function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (/^`.*`$/s.test(part) ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : escapeHtml(part)))
    .join('');
}

/** One finding; of the cause the evidence stands open, of the others it waits behind a word. */
export function renderFinding(
  { severity, message, mend, layer, step, help, evidence }: ReportedFinding,
  isCause: boolean,
): string {
  const shown = evidence.length === 0 ? '' : `<pre>${evidence.map(renderEvidence).join('\n')}</pre>`;
  const folded = shown === '' ? '' : `\n<details><summary>What was seen</summary>${shown}</details>`;
  const where = layer === '' ? '' : `${prose(layer)} · `;
  return `<article${isCause ? ` class="cause ${severity}"` : ''}>
<p><span class="tag ${severity}">${severity}</span> ${prose(message)}</p>
<p>→ ${prose(mend)}</p>
${isCause ? shown : ''}<small>${where}${prose(step)} · <code>${escapeHtml(help)}</code></small>${isCause ? '' : folded}
</article>`;
}

function renderEvidence(line: string): string {
  const text = escapeHtml(line);
  return line.startsWith('>') ? `<span class="asked">${text}</span>` : text;
}

function renderFix(report: Report): string {
  const { fix } = report;
  const hint = stackHint(report);
  if (fix === undefined) return hint === undefined ? '' : `<h2>The mend</h2>\n<p>${prose(hint)}</p>`;
  const files = fix.files.map(({ name, text }) => `<p>${prose(name)}:</p>\n<pre>${escapeHtml(text.trimEnd())}</pre>`);
  const warnings = fix.warnings.map((warning) => `<li>${prose(warning)}</li>`).join('');
  const guess = fix.guessed ? ' <small>(guessed; another: <code>--stack NAME</code>)</small>' : '';
  return `<h2>The mend for ${escapeHtml(fix.title)}${guess}</h2>
${files.join('\n')}
<ul>${warnings}</ul>`;
}

function renderPreflight({ preflight }: Report): string {
  if (!preflight.needed) return '';
  return `<p>A preflight comes first, because</p><ul>${preflight.why.map((why) => `<li>${prose(why)}</li>`).join('')}</ul>`;
}

const MARKS = { yes: ['good', '✓'], no: ['bad', '✗'], 'not-needed': ['soft', '–'], unknown: ['warning', '?'] } as const;

function renderCheck({ state, title, detail }: Report['checks'][number]): string {
  const [kind, mark] = MARKS[state];
  return `<li><span class="mark ${kind}">${mark}</span>${escapeHtml(title)}: <span class="soft">${prose(detail)}</span></li>`;
}

function renderLayers({ layers }: Report): string {
  if (layers === undefined) return '';
  const rows = layers.map(({ name, preflight, request, headers, standing }) =>
    row([`${name}\n${standing.join(', ')}`.trim(), `OPTIONS: ${preflight}\nrequest: ${request}`, headers.join('\n')]),
  );
  return `<h2>Layers, from the outermost inwards</h2>
<table>${heading(['layer', 'answers', 'CORS lines'])}${rows.join('')}</table>`;
}

const AUDIT_STATES = {
  hit: '✗ let in',
  clear: '✓ clear',
  covered: '– let in by another row',
  'not-asked': '– not asked',
} as const;

function renderAudit({ audit }: Report): string {
  if (audit === undefined) return '';
  const rows = audit.map(({ row: number, code, state, hits }) => {
    const what = `${number} ${code.replace('doctor-audit-', '')}`;
    const origins = hits.map(({ origin, credentials }) => origin + (credentials ? ', with credentials' : ''));
    const cells = [
      escapeHtml(what),
      `<span class="${state}">${AUDIT_STATES[state]}</span>`,
      linesOf(origins.join('\n')),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<h2>Audit: origins that should be refused</h2>
<table>${heading(['row', 'state', 'origins'])}${rows.join('')}</table>`;
}

function renderStanding({ standing }: Report): string {
  if (standing.length === 0) return '';
  const rows = standing.map(({ product, evidence }) => row([product, evidence]));
  return `<h2>What stands there</h2>\n<table>${rows.join('')}</table>`;
}

function heading(names: readonly string[]): string {
  return `<tr>${names.map((name) => `<th>${name}</th>`).join('')}</tr>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${linesOf(cell)}</td>`).join('')}</tr>`;
}

function linesOf(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>');
}
