import { escapeHtml } from './escape-html.ts';
import { drawSequence } from './sequence.ts';
import type { Report, ReportedFinding } from './types.ts';

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6675; --paper: #fff; --box: #f4f6f9; --line: #d5dbe3;
  --bad: #b3261e; --good: #1b6e3c; --warn: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e9f0; --soft: #9aa6b5; --paper: #14181e; --box: #1d232c; --line: #36404d;
  --bad: #ff8a80; --good: #7bd88f; --warn: #f3c065; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.25rem; overflow-wrap: anywhere; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .75rem; }
p { margin: .4rem 0; }
code, pre { font: .86em/1.5 ui-monospace, monospace; }
code { background: var(--box); border-radius: 4px; padding: .1em .3em; overflow-wrap: anywhere; }
pre { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; margin: .6rem 0; }
.soft, small { color: var(--soft); }
.verdict { font-size: 1.1rem; font-weight: 600; border-left: 5px solid; padding: .35rem .9rem; margin: 1rem 0; }
.bad, .error { color: var(--bad); } .good, .readable { color: var(--good); } .warning, .undecided, .opaque { color: var(--warn); }
.blocked, .unreachable { color: var(--bad); } .info { color: var(--soft); }
article { border: 1px solid var(--line); border-radius: 10px; padding: .9rem 1.1rem; margin: .8rem 0; break-inside: avoid; }
article > p:first-child { margin-top: 0; font-weight: 600; }
ul { padding-left: 1.3rem; } ul.checks { list-style: none; padding: 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td, th { border-bottom: 1px solid var(--line); padding: .35rem .5rem;
  text-align: left; vertical-align: top; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg .small { font-size: 11px; fill: var(--soft); } svg .head { font-weight: 600; }
svg text.bad { fill: var(--bad); } svg text.good { fill: var(--good); }
svg .life { stroke: var(--line); stroke-width: 2; } svg .arrow { stroke: var(--soft); stroke-width: 1.5; }
svg .arrow.bad { stroke: var(--bad); } svg .arrow.good { stroke: var(--good); } svg .tip { fill: var(--soft); }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } pre { white-space: pre-wrap; overflow-wrap: anywhere; } }
`;

/** The report as one file without scripts, that loads nothing. */
export function renderHtml(report: Report): string {
  const { method, url, origin, credentials } = report.request;
  const title = escapeHtml(`${method} ${url}`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
<h1>${title}</h1>
<p class="soft">from ${escapeHtml(origin)}, credentials: ${credentials}</p>
<p class="verdict ${report.outcome}">${escapeHtml(report.summary)}</p>
${report.findings.map(renderFinding).join('\n')}
${renderFix(report)}
<h2>What the browser does</h2>
${drawSequence(report)}
${renderPreflight(report)}
${report.steps.map(({ curl }) => `<pre>${escapeHtml(curl)}</pre>`).join('\n')}
<h2>Checklist</h2>
<ul class="checks">${report.checks.map(renderCheck).join('')}</ul>
${renderLayers(report)}
${renderAudit(report)}
${renderStanding(report)}
<p class="soft">${report.milliseconds} ms</p>
</html>
`;
}

/** Our sentences: what stands between backticks is code. */
function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (/^`.*`$/s.test(part) ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : escapeHtml(part)))
    .join('');
}

function renderFinding({ severity, message, mend, layer, step, help, evidence }: ReportedFinding): string {
  const shown = evidence.length === 0 ? '' : `<pre>${escapeHtml(evidence.join('\n'))}</pre>`;
  const where = layer === '' ? '' : `${prose(layer)} · `;
  return `<article>
<p><span class="${severity}">${severity}</span> ${prose(message)}</p>
<p>→ ${prose(mend)}</p>
${shown}<small>${where}${prose(step)} · <code>${escapeHtml(help)}</code></small>
</article>`;
}

function renderFix({ fix }: Report): string {
  if (fix === undefined) return '';
  const files = fix.files.map(({ name, text }) => `<p>${prose(name)}:</p>\n<pre>${escapeHtml(text.trimEnd())}</pre>`);
  const warnings = fix.warnings.map((warning) => `<li>${prose(warning)}</li>`).join('');
  return `<h2>The mend for ${escapeHtml(fix.title)}${fix.guessed ? ' <small>(guessed)</small>' : ''}</h2>
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
  return `<li><span class="${kind}">${mark}</span> ${escapeHtml(title)}: <span class="soft">${prose(detail)}</span></li>`;
}

function renderLayers({ layers }: Report): string {
  if (layers === undefined) return '';
  const rows = layers.map(({ name, preflight, request, headers, standing }) =>
    row([name, standing.join(', '), preflight, request, headers.join('\n')]),
  );
  return `<h2>Layers, from the outermost inwards</h2>
<table><tr><th>layer<th>standing<th>OPTIONS<th>request<th>CORS lines</tr>${rows.join('')}</table>`;
}

function renderAudit({ audit }: Report): string {
  if (audit === undefined) return '';
  const rows = audit.map(({ row: number, code, state, hits }) =>
    row([
      String(number),
      code.replace('doctor-audit-', ''),
      state,
      hits.map(({ origin, credentials }) => origin + (credentials ? ', with credentials' : '')).join('\n'),
    ]),
  );
  return `<h2>Audit: origins that should be refused</h2>
<table><tr><th>row<th><th>state<th>let in</tr>${rows.join('')}</table>`;
}

function renderStanding({ standing }: Report): string {
  if (standing.length === 0) return '';
  const rows = standing.map(({ product, evidence }) => row([product, evidence]));
  return `<h2>What stands there</h2>\n<table>${rows.join('')}</table>`;
}

function row(cells: readonly string[]): string {
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell).replaceAll('\n', '<br>')}`).join('')}</tr>`;
}
