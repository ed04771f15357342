import type { HarDiagnosis, JudgedExchange } from '../har/examine-har.ts';
import { HIDDEN } from '../secrets.ts';
import type { HarReport, HarRequest } from './har-types.ts';
import { mapTexts, printable, reportOf } from './report.ts';
import type { Report } from './types.ts';

const ORDER: readonly Report['outcome'][] = ['blocked', 'undecided', 'opaque', 'readable'];

/** A judged recording as plain data for every renderer, without what was recorded in confidence. */
export function harReportOf(diagnosis: HarDiagnosis, file: string): HarReport {
  const { recording, judged, sameOrigin, withoutCors, unknownPage, cancelled } = diagnosis;
  const count = (outcome: Report['outcome']): number =>
    judged.filter((one) => one.diagnosis.outcome === outcome).length;
  const counts = {
    entries: recording.entries.length + recording.skipped,
    skipped: recording.skipped,
    sameOrigin,
    withoutCors,
    unknownPage,
    cancelled,
    blocked: count('blocked'),
    undecided: count('undecided'),
    opaque: count('opaque'),
    readable: count('readable'),
  };
  const outcome = counts.blocked > 0 ? 'blocked' : counts.undecided > 0 ? 'undecided' : 'readable';
  const requests = group(judged).toSorted((a, b) => rankOf(a) - rankOf(b));
  return {
    version: 1,
    kind: 'har',
    file: printable(file),
    recorder: printable(recording.recorder),
    outcome,
    summary: summarise(counts),
    counts,
    requests,
  };
}

function rankOf({ report, entries }: HarRequest): number {
  return ORDER.indexOf(report.outcome) * 1e9 + (entries[0] ?? 0);
}

function summarise({ blocked, undecided, opaque, readable, unknownPage }: HarReport['counts']): string {
  const all = blocked + undecided + opaque + readable;
  if (all === 0) {
    return unknownPage > 0
      ? 'The recording does not say which page asks: name its origin with --origin.'
      : 'No page in the recording asks another origin.';
  }
  const parts = [
    blocked === 0 ? '' : `${blocked} blocked`,
    undecided === 0 ? '' : `${undecided} not to be told`,
    opaque === 0 ? '' : `${opaque} opaque (mode no-cors)`,
    readable === 0 ? '' : `${readable} readable`,
  ].filter((part) => part !== '');
  return `${all} ${all === 1 ? 'request' : 'requests'} to other origins: ${parts.join(', ')}.`;
}

/** Requests that differ in nothing but their query become one. */
function group(judged: readonly JudgedExchange[]): HarRequest[] {
  const groups = new Map<string, { first: JudgedExchange; entries: number[] }>();
  for (const one of judged) {
    const { question, outcome, findings } = one.diagnosis;
    const codes = findings.map(({ code, severity }) => (severity === 'info' ? '' : code));
    const address = question.url.replace(/\?.*$/, '');
    const key = JSON.stringify([
      question.origin,
      question.method,
      address,
      outcome,
      one.credentials,
      one.preflight,
      codes,
    ]);
    const found = groups.get(key);
    if (found === undefined) groups.set(key, { first: one, entries: [one.index] });
    else found.entries.push(one.index);
  }
  return [...groups.values()].map(({ first, entries }) => requestOf(first, entries));
}

function requestOf({ diagnosis, credentials, preflight, secrets }: JudgedExchange, entries: number[]): HarRequest {
  const hide = (text: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
  const report = mapTexts(reportOf(diagnosis), hide);
  return { entries, credentials, preflight, report: { ...report, summary: summaryOf(report.outcome, report) } };
}

function summaryOf(outcome: Report['outcome'], { summary, findings }: Report): string {
  if (outcome === 'undecided') return 'Nothing blocks as far as it is recorded, and that is not all.';
  const isUntold = /^doctor-har-(?:no-preflight|untold)$/.test(findings[0]?.code ?? '');
  return outcome === 'blocked' && isUntold ? 'The page gets no answer.' : summary;
}
