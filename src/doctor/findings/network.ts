import type { DoctorCode } from '../../diagnostics/catalogue/doctor.ts';
import type { Stop } from '../journey/types.ts';
import type { FailureKind } from '../probe/types.ts';
import { finding, type Examination, type Finding } from './finding.ts';
import { passes } from './headers.ts';

const CODES: Readonly<Record<FailureKind, DoctorCode>> = {
  dns: 'doctor-dns',
  refused: 'doctor-refused',
  unreachable: 'doctor-unreachable',
  'connect-timeout': 'doctor-unreachable',
  timeout: 'doctor-timeout',
  reset: 'doctor-no-answer',
  closed: 'doctor-no-answer',
  malformed: 'doctor-not-http',
  'head-too-large': 'doctor-not-http',
  untold: 'doctor-har-untold',
  'tls-expired': 'doctor-tls-expired',
  'tls-not-yet-valid': 'doctor-tls-not-yet-valid',
  'tls-name': 'doctor-tls-name',
  'tls-untrusted': 'doctor-tls-untrusted',
  'tls-handshake': 'doctor-tls-handshake',
};

/** The look-alikes: what stops a request before CORS is looked at. */
export function networkFindings({ question, journey, around }: Examination): Finding[] {
  const { stop } = journey;
  if (journey.outcome === 'opaque') {
    const data = { allowed: passes(around?.again, question.origin, question) };
    return [finding('doctor-opaque', { severity: 'warning', data, probes: asked(journey.hops) })];
  }
  switch (stop?.kind) {
    case 'fault':
      return [finding('doctor-request-fault', { data: { fault: stop.fault } })];
    case 'mode':
      return [finding('doctor-mode-same-origin')];
    case 'mixed-content':
      return [finding('doctor-mixed-content', { data: { url: journey.hops.at(-1)?.url ?? question.url } })];
    case 'redirect': {
      const { location, reason } = stop;
      const probes = asked(journey.hops).slice(-1);
      return [finding('doctor-redirect-broken', { data: { location, reason }, probes, show: ['location'] })];
    }
    case 'network':
      return [networkFinding(stop)];
    default:
      return [];
  }
}

function asked(hops: Examination['journey']['hops']) {
  return hops.flatMap(({ request }) => (request === undefined ? [] : [request.probe]));
}

function networkFinding({ at, failure }: Extract<Stop, { kind: 'network' }>): Finding {
  const { request } = at.probe;
  const data = { host: new URL(request.url).host, method: request.method, detail: failure.detail };
  return finding(CODES[failure.kind], { data, probes: [at.probe] });
}

/** The page forbids itself what it asks for. */
export function cspFindings({ question, page }: Examination): Finding[] {
  if (page?.refusal === undefined) return [];
  const { directive, text } = page.refusal;
  const data = { url: question.url, origin: new URL(question.url).origin, directive, policy: text };
  return [finding('doctor-csp', { data, probes: [page.probe], show: ['content-security-policy'] })];
}

/** OPTIONS is dropped on the way, while other methods get through. */
export function droppedPreflight({ journey, around }: Examination): Finding[] {
  const { stop } = journey;
  if (stop?.kind !== 'network' || stop.at.kind !== 'preflight' || around?.again.response === undefined) return [];
  return [finding('doctor-preflight-no-answer', { probes: [stop.at.probe, around.again] })];
}
