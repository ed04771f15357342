import { COUNTED, CREDENTIALS_FROM, listed } from './har-words.ts';
import type { HarReport, HarRequest } from './har-types.ts';
import { inline, renderFinding } from './markdown.ts';

const MARKS = { blocked: '❌', undecided: '❔', opaque: '⚪', readable: '✅', unreachable: '❌' } as const;

/** The report on a recording for an issue or a chat. */
export function renderHarMarkdown(report: HarReport): string {
  const failing = report.requests.filter(({ report: { outcome } }) => outcome === 'blocked' || outcome === 'undecided');
  const rest = report.requests.filter((request) => !failing.includes(request));
  const parts = [
    `### ${MARKS[report.outcome]} ${inline(report.file)}`,
    `**${report.summary}**`,
    inline(listed(report, COUNTED)),
    ...failing.flatMap(renderFailing),
    ...(rest.length === 0
      ? []
      : [`#### ${failing.length === 0 ? 'Requests' : 'The rest'}`, rest.map(renderLine).join('\n')]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderFailing(request: HarRequest): string[] {
  const { report, credentials } = request;
  const { origin, credentials: mode } = report.request;
  return [
    `#### ${head(request)}`,
    `From ${inline(origin)}, credentials: ${inline(mode)}${CREDENTIALS_FROM[credentials]}. ${report.summary}`,
    ...report.findings.filter(({ severity }) => severity !== 'info').flatMap(renderFinding),
  ];
}

function renderLine(request: HarRequest): string {
  const warnings = request.report.findings.filter(({ severity }) => severity === 'warning');
  const codes = warnings.map(({ code }) => inline(code)).join(', ');
  const missing = request.preflight === 'missing' ? '; the recording holds no preflight' : '';
  return `- ${head(request)}${missing}${codes === '' ? '' : `: ${codes}`}`;
}

function head({ report, entries }: HarRequest): string {
  const { method, url } = report.request;
  return `${MARKS[report.outcome]} ${inline(`${method} ${url}`)}${entries.length === 1 ? '' : ` ×${entries.length}`}`;
}
