import { painter, type Paint } from '../../diagnostics/index.ts';
import type { Check } from '../checks.ts';
import type { Report, ReportedFinding, ReportedStep } from './types.ts';
import { arrange, stackHint } from './arrange.ts';
import { breakLine, shorten, WIDTH, wrap, wrapCommand } from './wrap.ts';

const OUTCOMES = {
  readable: ['info', '✓'],
  opaque: ['warning', '!'],
  blocked: ['error', '✗'],
  undecided: ['warning', '?'],
  unreachable: ['error', '✗'],
} as const;

const STATES = {
  yes: ['info', '✓'],
  no: ['error', '✗'],
  'not-needed': ['dim', '–'],
  unknown: ['warning', '?'],
} as const satisfies Readonly<Record<Check['state'], readonly [string, string]>>;

/** The report for a terminal of 80 columns; only what is copied may be longer. */
export function renderReport(report: Report, options: { readonly color?: boolean } = {}): string {
  const paint = painter(options.color ?? false);
  const { url, origin, method, credentials, mode } = report.request;
  const [color, mark] = OUTCOMES[report.outcome];
  const { first, rest, mendsFirst, hasChecks } = arrange(report);
  const fix = renderFix(report, paint);
  const lines = [
    paint('bold', `${method} ${url}`),
    `from ${origin}, credentials: ${credentials}${mode === 'cors' ? '' : `, mode: ${mode}`}`,
    '',
    ...wrap(report.summary, '  ', `${mark} `).map((line) => paint(color, line)),
    ...first.flatMap((finding) => renderFinding(finding, paint)),
    ...(mendsFirst ? fix : []),
    ...(rest.length === 0 ? [] : section('Also found', paint)),
    ...rest.flatMap((finding) => renderFinding(finding, paint)),
    ...(mendsFirst ? [] : fix),
    ...section('What the browser does', paint),
    ...renderPreflight(report),
    ...report.steps.flatMap((step) => renderStep(step, paint)),
    ...renderReadable(report),
    ...(hasChecks ? section('Checklist', paint) : []),
    ...(hasChecks ? report.checks.flatMap((check) => renderCheck(check, paint)) : []),
    ...renderLayers(report, paint),
    ...renderAudit(report, paint),
    ...renderStanding(report, paint),
    '',
    paint('dim', `${report.milliseconds} ms`),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, paint: Paint): string[] {
  return ['', paint('bold', title)];
}

/** A finding, with its mend and its bytes. */
export function renderFinding(
  { severity, code, message, mend, layer, step, help, evidence }: ReportedFinding,
  paint: Paint,
): string[] {
  return [
    '',
    `${paint(severity, severity)}${paint('dim', `[${code}]`)}`,
    ...wrap(message, '  ').map((line) => paint('bold', line)),
    ...wrap(mend, '    ', '  → '),
    ...(layer === '' ? [] : wrap(layer, '            ', '    layer:  ').map((line) => paint('dim', line))),
    ...wrap(step, '            ', '    step:   ').map((line) => paint('dim', line)),
    paint('dim', `    more:   ${help}`),
    ...evidence.flatMap(renderEvidence).map((line) => paint('dim', line)),
  ];
}

/** What was asked gives way in its middle; what was answered is what it's about, and stays whole. */
function renderEvidence(line: string): string[] {
  const [, method = '', path = '', origin = ''] = /^> (\S+) (\S+)(.*)$/.exec(line) ?? [];
  if (method === '') return breakLine(`    ${line}`, '        ');
  const room = WIDTH - `    > ${method} `.length;
  const fits = path.length + origin.length <= room;
  return [
    `    > ${method} ${shorten(path, fits ? room - origin.length : room)}${fits ? origin : ''}`,
    ...(fits || origin === '' ? [] : breakLine(`      ${origin.trim()}`, '        ')),
  ];
}

function renderFix(report: Report, paint: Paint): string[] {
  const { fix } = report;
  const hint = stackHint(report);
  if (fix === undefined) return hint === undefined ? [] : [...section('The mend', paint), ...wrap(hint, '  ')];
  const guess = fix.guessed ? ' (guessed; another: --stack NAME)' : '';
  return [
    ...section(`The mend for ${fix.title}${guess}`, paint),
    ...fix.files.flatMap(({ name, text }) => [
      ...wrap(`${name}:`, '  ').map((line) => paint('info', line)),
      '',
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${line}`)),
      '',
    ]),
    ...fix.warnings.flatMap((warning) => wrap(warning, '    ', '  ! ')),
  ];
}

function renderPreflight({ preflight, steps }: Report): string[] {
  if (!preflight.needed) return steps.length === 0 ? ['  nothing is sent'] : [];
  return ['  A preflight comes first, because', ...preflight.why.flatMap((why) => wrap(why, '    ', '  - '))];
}

function renderStep(step: ReportedStep, paint: Paint): string[] {
  const { method, url, origin, statusLine, failure, verdicts, insteadOf, milliseconds } = step;
  const refused = Object.entries(verdicts ?? {}).filter(([, verdict]) => verdict !== 'passed');
  const failed = failure !== undefined || refused.length > 0;
  const [color, mark] = failed ? (['error', '✗'] as const) : (['info', '✓'] as const);
  const answer = statusLine ?? `no answer: ${failure?.kind ?? ''} ${failure?.detail ?? ''}`.trimEnd();
  const all = new Set(refused.map(([, verdict]) => verdict));
  const same = all.size === 1 && refused.length === Object.keys(verdicts ?? {}).length;
  const asker = origin === undefined ? '' : `Origin: ${origin}`;
  const room = WIDTH - `  ${mark} ${method} `.length;
  const fits = url.length + 2 + asker.length <= room;
  return [
    `  ${paint(color, mark)} ${method} ${shorten(url, room)}${fits ? paint('dim', `  ${asker}`) : ''}`,
    ...(fits || asker === '' ? [] : breakLine(`      ${asker}`, '        ').map((line) => paint('dim', line))),
    ...(insteadOf === undefined ? [] : [`      in the place of ${insteadOf}, which --send would send`]),
    `      ${answer}${paint('dim', `, ${milliseconds} ms`)}`,
    ...(same
      ? [`      every browser stops here: ${[...all].join('')}`]
      : refused.map(([name, verdict]) => `      ${name} stops here: ${verdict}`)),
    ...wrapCommand(step.curl, '      ').map((line) => paint('dim', line)),
  ];
}

function renderReadable({ readable, outcome }: Report): string[] {
  if (outcome !== 'readable') return [];
  return wrap(`The page reads ${readable.length === 0 ? 'no header' : readable.join(', ')}.`, '    ', '  ');
}

function renderCheck({ state, title, detail }: Check, paint: Paint): string[] {
  const [color, mark] = STATES[state];
  const [first = '', ...rest] = wrap(`${title}: ${detail}`, '    ');
  return [`  ${paint(color, mark)} ${first.trimStart()}`, ...rest];
}

function renderLayers({ layers = [] }: Report, paint: Paint): string[] {
  if (layers.length === 0) return [];
  const rows = layers.flatMap(({ name, preflight, request, headers, standing }) => [
    `  ${name}`,
    ...(standing.length === 0 ? [] : [`      is       ${standing.join(', ')}`]),
    `      OPTIONS  ${preflight}`,
    `      request  ${request}`,
    ...headers.flatMap((line) => breakLine(`               ${line}`, ' '.repeat(17))),
  ]);
  return [...section('Layers, from the outermost inwards', paint), ...rows];
}

const AUDIT_STATES = {
  hit: ['error', '✗', ''],
  clear: ['info', '✓', ''],
  covered: ['dim', '–', ' (let in by another row)'],
  'not-asked': ['dim', '–', ' (not asked)'],
} as const;

function renderAudit({ audit = [] }: Report, paint: Paint): string[] {
  if (audit.length === 0) return [];
  const rows = audit.flatMap(({ row, code, state, hits }) => {
    const [color, mark, note] = AUDIT_STATES[state];
    return [
      `  ${paint(color, mark)} ${String(row).padStart(2)} ${code.replace('doctor-audit-', '')}${note}`,
      ...hits.map(({ origin, credentials, browsers }) => {
        const who = browsers === 'all' ? '' : browsers === 'none' ? ', from no browser' : `, from ${browsers} only`;
        return `         ${origin}${credentials ? ', with credentials' : ''}${who}`;
      }),
    ];
  });
  return [...section('Audit: origins that should be refused', paint), ...rows];
}

function renderStanding({ standing }: Report, paint: Paint): string[] {
  if (standing.length === 0) return [];
  const width = Math.max(...standing.map(({ product }) => product.length));
  return [
    ...section('What stands there', paint),
    ...standing.map(({ product, evidence }) => {
      const name = product.padEnd(width);
      return `  ${name}  ${paint('dim', shorten(evidence, WIDTH - 4 - name.length))}`;
    }),
  ];
}
