import { doctorCatalogue } from '../../diagnostics/catalogue/doctor.ts';
import { helpFor, proseOf } from '../../diagnostics/index.ts';
import type { Diagnosis } from '../examine.ts';
import { isMendedByPolicy, type Finding } from '../findings/index.ts';
import { BROWSERS, type BrowserName, type Hop, type Step } from '../journey/types.ts';
import type { AuditRow } from '../audit/audit.ts';
import type { Layer } from '../layers/ask-layers.ts';
import type { Probe } from '../probe/types.ts';
import { fingerprint } from '../fingerprints.ts';
import { hider } from '../secrets.ts';
import { curlOf } from './curl.ts';
import type { Report, ReportedAuditRow, ReportedFinding, ReportedLayer, ReportedStep } from './types.ts';
import { describeReason } from './preflight-reason.ts';
import { summarise } from './words.ts';

/** A diagnosis as plain data for every renderer, without the secrets that the question held. */
export function reportOf(diagnosis: Diagnosis): Report {
  const { question, journey, fix } = diagnosis;
  const first = journey.hops[0];
  const report: Report = {
    version: 1,
    request: {
      url: question.url,
      origin: question.origin,
      method: question.method,
      credentials: question.credentials,
      mode: question.mode,
    },
    outcome: diagnosis.outcome,
    summary: summarise(diagnosis),
    preflight: { needed: first?.need.needed ?? false, why: (first?.need.why ?? []).map(describeReason) },
    steps: journey.hops.flatMap((hop) => stepsOf(hop, diagnosis)),
    readable: journey.readable,
    findings: diagnosis.findings.map(reportFinding),
    checks: diagnosis.checks,
    standing: diagnosis.fingerprints.map(({ product, stack, evidence }) => ({
      product,
      evidence,
      ...(stack === undefined ? {} : { stack }),
    })),
    ...(fix === undefined ? {} : { fix }),
    ...(diagnosis.layers.length === 0 ? {} : { layers: diagnosis.layers.map(reportLayer) }),
    ...(diagnosis.audit.length === 0 ? {} : { audit: diagnosis.audit.map(reportAuditRow) }),
    milliseconds: Math.round(diagnosis.elapsed),
  };
  const hide = hider(question);
  return mapTexts(report, (text) => printable(hide(text)));
}

function stepsOf(hop: Hop, diagnosis: Diagnosis): ReportedStep[] {
  return [hop.preflight, hop.request].flatMap((step) => (step === undefined ? [] : [reportStep(step, diagnosis)]));
}

function reportStep({ kind, probe, verdicts, instead, origin }: Step, { question }: Diagnosis): ReportedStep {
  const { request, response, failure, address, timings } = probe;
  return {
    kind,
    method: request.method,
    url: request.url,
    ...(origin === undefined ? {} : { origin }),
    ...(instead === undefined ? {} : { insteadOf: instead }),
    ...(address === undefined ? {} : { address }),
    ...(response === undefined
      ? {}
      : { status: response.status, statusLine: response.statusLine, headers: response.rawHead.slice(1) }),
    ...(failure === undefined ? {} : { failure: { kind: failure.kind, detail: failure.detail } }),
    ...(verdicts === undefined
      ? {}
      : {
          verdicts: Object.fromEntries(BROWSERS.map((name) => [name, verdictOf(verdicts[name])])) as Record<
            BrowserName,
            string
          >,
        }),
    milliseconds: Math.round(timings.head ?? timings.end),
    curl: curlOf(request, question),
  };
}

function reportAuditRow({ row, code, state, hits }: AuditRow): ReportedAuditRow {
  return {
    row,
    code,
    state,
    hits: hits.map(({ origin, credentials, browsers }) => ({ origin, credentials, browsers })),
  };
}

function reportLayer({ name, preflight, request }: Layer): ReportedLayer {
  const answers = [request, preflight].flatMap(({ response }) => response ?? []);
  const said = ({ response, failure }: Probe): string => response?.statusLine ?? `no answer: ${failure?.kind ?? ''}`;
  const isCors = (line: string): boolean => /^(?:access-control-|vary\s*:)/i.test(line);
  return {
    name,
    preflight: said(preflight),
    request: said(request),
    headers: request.response?.rawHead.filter(isCors) ?? [],
    standing: fingerprint(answers).map(({ product }) => product),
  };
}

function verdictOf(verdict: { readonly passed: boolean; readonly step?: string }): string {
  return verdict.passed ? 'passed' : (verdict.step ?? 'failed');
}

function reportFinding(found: Finding): ReportedFinding {
  const { code, severity, evidence, layer, data } = found;
  const { step } = doctorCatalogue[code];
  const help = helpFor(code);
  const mendedByPolicy = isMendedByPolicy(found);
  return { code, severity, ...proseOf(found), step, layer, help, evidence, mendedByPolicy, data };
}

/** What a server sends must not speak to a terminal. */
export function printable(text: string): string {
  return text.replaceAll(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, '\uFFFD');
}

/** What holds a word of ours and never one of theirs: a secret that happens to be `cors` changes nothing there. */
const OURS = new Set([
  'code',
  'severity',
  'outcome',
  'id',
  'stack',
  'state',
  'language',
  'kind',
  'mode',
  'credentials',
]);

/** The same data with every text changed. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === 'string') return change(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const changed = ([key, item]: [string, unknown]): [string, unknown] => [
    key,
    OURS.has(key) ? item : mapTexts(item, change),
  ];
  return Object.fromEntries(Object.entries(value).map(changed)) as T;
}
