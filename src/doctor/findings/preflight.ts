import { SAFELISTED_METHODS } from '../../protocol/fetch-names.ts';
import type { Stop, Step } from '../journey/types.ts';
import { redirectTarget } from '../journey/redirect.ts';
import { judgePreflight } from '../journey/verdicts.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import { pageRequest } from '../question.ts';
import { finding, type Examination, type Finding } from './finding.ts';
import { holdsPolicy, passes, titled } from './headers.ts';
import { redirectKind } from './redirect-kind.ts';

type CorsStop = Extract<Stop, { kind: 'cors' }>;

/** The cause of a preflight that fails, if it is the preflight's own; otherwise the answer's headers are to blame. */
export function preflightCause(stop: CorsStop, examination: Examination): Finding | undefined {
  const byStatus = statusCause(stop.at, examination);
  if (byStatus !== undefined) return byStatus;
  return stopCause(besidesStatus(stop, examination) ?? stop, examination);
}

/** Frameworks that hold a policy say 400 to what isn't in their lists; the lists say what that is. */
function besidesStatus(stop: CorsStop, { question, journey }: Examination): CorsStop | undefined {
  const { response } = stop.at.probe;
  const hop = journey.hops.findLast(({ preflight }) => preflight === stop.at);
  if (stop.step !== 'preflight-status' || hop === undefined) return undefined;
  if (response === undefined || response.status >= 500) return undefined;
  const page = pageRequest(question, hop);
  const verdict = judgePreflight({ ...response, status: 204 }, page, stop.at.origin ?? question.origin).chromium;
  if (verdict.passed || !/^(?:method|header)-not-allowed$/.test(verdict.step)) return undefined;
  const list = verdict.step === 'method-not-allowed' ? 'access-control-allow-methods' : 'access-control-allow-headers';
  const hasList = fieldsOf(response.headers, list).length > 0;
  return hasList ? { ...stop, step: verdict.step, value: verdict.value } : undefined;
}

function stopCause(stop: CorsStop, examination: Examination): Finding | undefined {
  const { at, step } = stop;
  const probes = [at.probe];
  const values = (name: string): string => fieldsOf(at.probe.response?.headers ?? [], name).join(', ');
  switch (step) {
    case 'preflight-status':
      return finding('doctor-preflight-status', { data: { status: at.probe.response?.status ?? 0 }, probes });
    case 'allow-methods-malformed':
    case 'allow-headers-malformed': {
      const name = step === 'allow-methods-malformed' ? 'access-control-allow-methods' : 'access-control-allow-headers';
      return finding('doctor-list-malformed', { data: { header: titled(name), value: values(name) }, probes });
    }
    case 'method-not-allowed':
      return methodCause(stop, examination, values('access-control-allow-methods'));
    case 'header-not-allowed':
      return headerCause(stop, examination, values('access-control-allow-headers'));
    case 'allow-origin-missing': {
      const told = toldReason(at);
      return told === undefined ? withoutPolicy(stop, examination) : toldCause(stop, examination, told);
    }
    default:
      return undefined;
  }
}

function withoutPolicy({ at }: CorsStop, examination: Examination): Finding | undefined {
  return passes(examination.around?.again, at.origin ?? '', examination.question)
    ? finding('doctor-preflight-no-policy', { probes: [at.probe, ...again(examination)] })
    : undefined;
}

/** oneorigin itself says in its refusal what it refuses, also where it doesn't say what it allows. */
function toldReason({ probe }: Step): string | undefined {
  return /"detail":"Refused: (method|header|origin)-not-allowed\."/.exec(probe.response?.body ?? '')?.[1];
}

function toldCause(stop: CorsStop, examination: Examination, reason: string): Finding | undefined {
  const need = examination.journey.hops.at(-1)?.need;
  if (need === undefined || reason === 'origin') return undefined;
  if (reason === 'method') return methodCause({ ...stop, value: need.requestMethod }, examination, '');
  // Which of several it is, it doesn't say.
  const names = need.requestHeaders;
  const mend = names.every(isOfResponses) ? names.slice(0, 1) : names.filter((name) => !isOfResponses(name));
  return headerCause({ ...stop, value: mend.join(', ') }, examination, '');
}

/** A preflight's status tells who answered: a redirect, authentication, a router. */
function statusCause(at: Step, examination: Examination): Finding | undefined {
  const { response, request } = at.probe;
  if (response === undefined || (response.status >= 200 && response.status <= 299)) return undefined;
  const { status } = response;
  const location = redirectTarget(response, request.url);
  const probes = [at.probe, ...again(examination)];
  if (location !== undefined) {
    const data = { location, reason: redirectKind(request.url, location), status };
    return finding('doctor-preflight-redirect', { data, probes: [at.probe], show: ['location'] });
  }
  if (isPolicyRefusal(examination, response.body, status)) return undefined;
  if (status === 401 || status === 403 || status === 407) {
    return finding('doctor-preflight-auth', {
      data: { status },
      probes,
      show: ['access-control-*', 'www-authenticate'],
    });
  }
  if (status >= 502 && status <= 504) return finding('doctor-upstream-down', { data: { status }, probes });
  if (status === 404 || status === 405 || status === 501) {
    return finding('doctor-preflight-unrouted', { data: { status }, probes, show: ['access-control-*', 'allow'] });
  }
  // There is a policy, and something fails before it.
  return holdsPolicy(at.probe) ? finding('doctor-preflight-status', { data: { status }, probes }) : undefined;
}

/** Frameworks that refuse an origin, method or header with 400 or 403 hold a policy: it's not authentication. */
function isPolicyRefusal({ around }: Examination, body: string, status: number): boolean {
  if (/^(?:Invalid CORS request|Disallowed CORS)|"code":"(?:preflight|origin)-refused"/.test(body)) return true;
  const withOrigin = around?.again.response?.status ?? 0;
  const without = around?.withoutOrigin.response?.status ?? 0;
  return status === 403 && withOrigin === 403 && without > 0 && without < 400;
}

function again({ around }: Examination) {
  return around?.again === undefined ? [] : [around.again];
}

function methodCause(stop: CorsStop, { question }: Examination, allowed: string): Finding {
  const method = stop.value;
  const upper = method.toUpperCase();
  const probes = [stop.at.probe];
  if (method !== upper && (SAFELISTED_METHODS.has(upper) || /^[A-Z]+$/.test(upper))) {
    return finding('doctor-method-case', { data: { method, upper, allowed }, probes });
  }
  if (allowed === '*' && question.credentials === 'include') {
    const data = { header: 'Access-Control-Allow-Methods', missing: method };
    return finding('doctor-wildcard-list-with-credentials', { data, probes });
  }
  return finding('doctor-method-not-allowed', { data: { method, allowed: allowed === '' ? 'none' : allowed }, probes });
}

function headerCause(stop: CorsStop, { question }: Examination, allowed: string): Finding {
  const name = stop.value;
  const probes = [stop.at.probe];
  if (isOfResponses(name)) {
    return finding('doctor-client-sends-response-header', { data: { name: titled(name) }, probes });
  }
  if (allowed === '*' && question.credentials === 'include') {
    const data = { header: 'Access-Control-Allow-Headers', missing: name };
    return finding('doctor-wildcard-list-with-credentials', { data, probes });
  }
  return finding('doctor-header-not-allowed', { data: { name, allowed: allowed === '' ? 'none' : allowed }, probes });
}

/** Whether only a response can use this header, and a page sends it in error. */
export function isOfResponses(name: string): boolean {
  return /^access-control-(?:allow|expose|max)-/.test(name);
}
