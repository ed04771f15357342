import { arrange, stackHint } from './arrange.ts';
import type { Report, ReportedFinding, ReportedStep } from './types.ts';

const OUTCOMES: Readonly<Record<Report['outcome'], string>> = {
  readable: '✅',
  opaque: '⚠️',
  blocked: '❌',
  undecided: '❔',
  unreachable: '❌',
};

const STATES = { yes: 'x', no: ' ', 'not-needed': 'x', unknown: ' ' } as const;

/** The report for an issue or a chat. */
export function renderMarkdown(report: Report): string {
  const { method, url, origin, credentials } = report.request;
  const { first, rest, mendsFirst, hasChecks } = arrange(report);
  const fix = renderFix(report);
  const parts = [
    `### ${OUTCOMES[report.outcome]} ${inline(`${method} ${url}`)}`,
    `From ${inline(origin)}, credentials: ${inline(credentials)}. **${report.summary}**`,
    ...first.flatMap(renderFinding),
    ...(mendsFirst ? fix : []),
    ...(rest.length === 0 ? [] : ['#### Also found']),
    ...rest.flatMap(renderFinding),
    ...(mendsFirst ? [] : fix),
    '#### What the browser does',
    ...report.steps.map(renderStep),
    ...(hasChecks ? renderChecks(report) : []),
    ...renderLayers(report),
    ...renderAudit(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A finding, with its mend and its bytes. */
export function renderFinding({
  severity,
  code,
  message,
  mend,
  layer,
  step,
  help,
  evidence,
}: ReportedFinding): string[] {
  const where = layer === '' ? prose(step) : `${prose(layer)}; ${prose(step)}`;
  return [
    `**${severity}** ${inline(code)}: ${prose(message)}\n→ ${prose(mend)}\n<sub>${where}; more: ${inline(help)}</sub>`,
    ...(evidence.length === 0 ? [] : [fence(evidence.join('\n'), 'http')]),
  ];
}

function renderFix(report: Report): string[] {
  const { fix } = report;
  const hint = stackHint(report);
  if (fix === undefined) return hint === undefined ? [] : ['#### The mend', prose(hint)];
  return [
    `#### The mend for ${fix.title}`,
    ...fix.files.flatMap(({ name, language, text }) => [`${prose(name)}:`, fence(text.trimEnd(), language)]),
    fix.warnings.map((warning) => `- ${prose(warning)}`).join('\n'),
  ];
}

function renderStep({ method, url, statusLine, failure, verdicts, insteadOf, curl }: ReportedStep): string {
  const refused = Object.entries(verdicts ?? {}).filter(([, verdict]) => verdict !== 'passed');
  const stops = refused.map(([name, verdict]) => `${name} stops at ${inline(verdict)}`).join(', ');
  const answer = statusLine === undefined ? `no answer (${failure?.kind ?? ''})` : inline(statusLine);
  const instead = insteadOf === undefined ? '' : ` in the place of ${inline(insteadOf)}`;
  return `- ${inline(`${method} ${url}`)}${instead} → ${answer}${stops === '' ? '' : `; ${stops}`}\n\n${fence(curl, 'sh')}`;
}

function renderChecks({ checks }: Report): string[] {
  const rows = checks.map(({ state, title, detail }) => `- [${STATES[state]}] ${title}: ${prose(detail)}`);
  return ['#### Checklist', rows.join('\n')];
}

function renderLayers({ layers }: Report): string[] {
  if (layers === undefined) return [];
  const rows = layers.map(({ name, preflight, request, headers }) =>
    [name, preflight, request, headers.join('; ')].map((cell) => cellOf(cell)).join(' | '),
  );
  return [
    '#### Layers',
    ['| layer | OPTIONS | request | CORS lines |', '|---|---|---|---|', ...rows.map((row) => `| ${row} |`)].join('\n'),
  ];
}

function renderAudit({ audit }: Report): string[] {
  if (audit === undefined) return [];
  const rows = audit.map(({ row, code, state, hits }) => {
    const origins = hits.map(({ origin, credentials }) => cellOf(origin) + (credentials ? ' with credentials' : ''));
    return `| ${row} | ${inline(code)} | ${state} | ${origins.join(', ')} |`;
  });
  return ['#### Audit', ['| row | | state | let in |', '|---|---|---|---|', ...rows].join('\n')];
}

/** A server's words as code: nothing in them means anything to Markdown. */
export function inline(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${mark}${space}${text.replaceAll(/\s/g, ' ')}${space}${mark}`;
}

function cellOf(text: string): string {
  return text === '' ? '' : inline(text).replaceAll('|', '\\|');
}

/** Our sentences, in which a server's words stand between backticks: outside of those nothing is markup. */
function prose(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[<>[\]*_|\\]/g, (sign) => `\\${sign}`)))
    .join('')
    .replaceAll('\n', ' ');
}

function fence(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`;
}
