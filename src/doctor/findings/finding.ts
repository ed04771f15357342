import { doctorCatalogue, type DoctorCode } from '../../diagnostics/catalogue/doctor.ts';
import type { DoctorEntry } from '../../diagnostics/catalogue/doctor-entry.ts';
import type { Diagnostic, DiagnosticData, Severity } from '../../diagnostics/index.ts';
import type { AuditRow } from '../audit/audit.ts';
import type { Surroundings } from '../around/ask-around.ts';
import { fingerprint, type Fingerprint } from '../fingerprints.ts';
import type { Layer } from '../layers/ask-layers.ts';
import type { PageView } from '../page/ask-page.ts';
import type { Journey } from '../journey/types.ts';
import type { Probe, ProbeResponse } from '../probe/types.ts';
import type { Question } from '../question.ts';

/** Everything that is known when findings are made. */
export interface Examination {
  readonly question: Question;
  readonly journey: Journey;
  /** Undefined if nothing answered. */
  readonly around: Surroundings | undefined;
  readonly fingerprints: readonly Fingerprint[];
  /** From the outermost inwards; empty if nobody named any. */
  readonly layers: readonly Layer[];
  /** The page itself, if its address was given. */
  readonly page: PageView | undefined;
  /** The 17 rows; empty if no audit was asked for. */
  readonly audit: readonly AuditRow[];
  /** Of a recording: other answers of the same server. */
  readonly others?: readonly Probe[];
}

/** Something found: a diagnostic with the bytes that show it and the layer that they come from. */
export interface Finding extends Diagnostic {
  readonly code: DoctorCode;
  /** Lines as they were sent and received. */
  readonly evidence: readonly string[];
  /** What answered so, as far as it can be told. Empty: nobody answered. */
  readonly layer: string;
}

/** What a finding is made of, beside its code. */
export interface FindingParts {
  /** Default: `error`. */
  readonly severity?: Severity;
  readonly data?: DiagnosticData;
  /** The answers that show it. */
  readonly probes?: readonly Probe[];
  /** Names of the response headers that are shown, in lower case or as prefixes ending in `*`. Default: all of CORS. */
  readonly show?: readonly string[];
}

const CORS_LINES = ['access-control-*', 'vary'];

/** Makes a finding, with its evidence. */
export function finding(code: DoctorCode, parts: FindingParts = {}): Finding {
  const { severity = 'error', data = {}, probes = [], show = CORS_LINES } = parts;
  const responses = probes.flatMap(({ response }) => (response === undefined ? [] : [response]));
  return {
    code,
    severity,
    data,
    evidence: probes.flatMap((probe) => evidenceOf(probe, show)),
    layer: layerOf(probes, responses),
  };
}

function evidenceOf(probe: Probe, show: readonly string[]): string[] {
  const { request, response, failure } = probe;
  const { pathname, search } = new URL(request.url);
  const origin = request.headers.find(([name]) => name === 'Origin')?.[1];
  const asked = `${request.method} ${pathname}${search}${origin === undefined ? '' : `  (Origin: ${origin})`}`;
  if (failure?.kind === 'untold') return [`> ${asked}`, '< no answer is recorded'];
  if (response === undefined)
    return [`> ${asked}`, `< nothing: ${failure?.kind ?? ''} ${failure?.detail ?? ''}`.trimEnd()];
  const lines = response.rawHead.slice(1).filter((line) => isShown(line, show));
  return [`> ${asked}`, `< ${response.statusLine}`, ...lines.map((line) => `< ${line}`)];
}

function isShown(line: string, show: readonly string[]): boolean {
  const name = line
    .slice(0, Math.max(0, line.indexOf(':')))
    .trim()
    .toLowerCase();
  return show.some((wanted) => (wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted));
}

function layerOf(probes: readonly Probe[], responses: readonly ProbeResponse[]): string {
  const products = fingerprint(responses).map(({ product }) => product);
  const address = probes.find((probe) => probe.address !== undefined)?.address;
  if (address === undefined) return '';
  return products.length === 0 ? `the server at ${address}` : `${products.join(' behind ')} at ${address}`;
}

/** Whether a CORS policy, written as it should be, mends it. */
export function isMendedByPolicy({ code, data }: Pick<Finding, 'code' | 'data'>): boolean {
  const { policy }: DoctorEntry = doctorCatalogue[code];
  return typeof policy === 'function' ? policy(data) : policy === true;
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const RANKS = Object.keys(doctorCatalogue);

/** The first is the one to mend: errors first, and among equals the cause before what it hides. */
export function rank(findings: readonly Finding[]): Finding[] {
  const weight = ({ severity, code }: Finding): number =>
    SEVERITIES.indexOf(severity) * RANKS.length + RANKS.indexOf(code);
  return findings.toSorted((a, b) => weight(a) - weight(b));
}
