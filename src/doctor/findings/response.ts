import type { Stop } from '../journey/types.ts';
import { redirectTarget } from '../journey/redirect.ts';
import { fieldsOf } from '../probe/response-parser.ts';
import type { Probe } from '../probe/types.ts';
import { finding, type Examination, type Finding } from './finding.ts';
import { allowOrigin, cacheSign, holdsPolicy, passes } from './headers.ts';
import { originDifference } from './origin-difference.ts';
import { redirectKind } from './redirect-kind.ts';

type CorsStop = Extract<Stop, { kind: 'cors' }>;

/** Why an answer fails the CORS check: of a preflight whose status is well, of a redirect, of the final answer. */
export function responseCause(stop: CorsStop, examination: Examination): Finding {
  return (
    redirectCause(stop, examination) ??
    nullCause(stop, examination) ??
    cacheCause(stop, examination) ??
    duplicateCause(stop) ??
    valueCause(stop, examination)
  );
}

function redirectCause({ at }: CorsStop, { journey }: Examination): Finding | undefined {
  const { response, request } = at.probe;
  const location = response && redirectTarget(response, request.url);
  const before = journey.hops.at(-2)?.request?.probe;
  const from = location === undefined ? before?.request.url : request.url;
  const target = location ?? request.url;
  if (from === undefined) return undefined;
  const probes = location === undefined && before !== undefined ? [before, at.probe] : [at.probe];
  const show = ['access-control-*', 'location', 'set-cookie'];
  const kind = redirectKind(from, target);
  if (kind === 'login') {
    const data = { location: target, covered: location === undefined };
    return finding('doctor-redirect-login', { data, probes, show });
  }
  // A policy that speaks on redirects too, and refuses: its reason is the cause.
  if (location === undefined || holdsPolicy(at.probe)) return undefined;
  return finding('doctor-redirect-no-policy', { data: { location }, probes, show });
}

/** A page without an origin, or a redirect that took it away. */
function nullCause({ at, step }: CorsStop, { question, journey }: Examination): Finding | undefined {
  if (at.origin !== 'null' || !step.startsWith('allow-origin')) return undefined;
  const probes = [at.probe];
  if (question.origin !== 'null') {
    return finding('doctor-redirect-null-origin', { data: { location: journey.hops.at(-1)?.url ?? '' }, probes });
  }
  // Whatever the server says, nobody should allow `null`: the page has to come from somewhere first.
  return finding('doctor-origin-null', { probes });
}

/** A stored answer: the same question past the cache passes. */
function cacheCause({ at }: CorsStop, { question, around }: Examination): Finding | undefined {
  if (at.kind !== 'request' || around === undefined) return undefined;
  const origin = at.origin ?? question.origin;
  if (!passes(around.uncached, origin, question) || passes(around.again, origin, question)) return undefined;
  const header = cacheSign(at.probe.response) ?? cacheSign(around.again.response) ?? '';
  const show = ['access-control-*', 'vary', 'age', 'x-cache', 'via', 'cf-cache-status', 'cache-control'];
  return finding('doctor-cached-without-vary', { data: { header }, probes: [at.probe, around.uncached], show });
}

function duplicateCause({ at }: CorsStop): Finding | undefined {
  return duplicateIn(at.probe);
}

/** A second fault that stays once the cause is mended: lines that come twice, wherever else the browser stops. */
export function duplicateBeside(cause: Finding | undefined, { journey, around, layers }: Examination): Finding[] {
  const { stop } = journey;
  // Between layers it's found whose line the second one is.
  if (cause === undefined || cause.code === 'doctor-duplicate' || layers.length > 0) return [];
  const found = (stop?.kind === 'cors' ? duplicateIn(stop.at.probe) : undefined) ?? duplicateIn(around?.again);
  return found === undefined ? [] : [found];
}

function duplicateIn(probe: Probe | undefined): Finding | undefined {
  if (probe === undefined) return undefined;
  for (const header of ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials']) {
    const count = fieldsOf(probe.response?.headers ?? [], header.toLowerCase()).length;
    if (count > 1) return finding('doctor-duplicate', { data: { header, count }, probes: [probe] });
  }
  return undefined;
}

function valueCause(stop: CorsStop, examination: Examination): Finding {
  const { at, step, value } = stop;
  const { question } = examination;
  const origin = at.origin ?? question.origin;
  const probes = [at.probe];
  switch (step) {
    case 'allow-origin-wildcard-with-credentials':
      return finding('doctor-wildcard-credentials', { data: { origin }, probes });
    case 'allow-credentials-missing':
      return finding('doctor-credentials-missing', { data: { origin }, probes });
    case 'allow-credentials-not-true':
      return finding('doctor-credentials-malformed', { data: { value }, probes });
    case 'allow-origin-several':
      return finding('doctor-origin-list', { data: { value, origin }, probes });
    case 'allow-origin-mismatch':
      if (/\S\s+\S/.test(value)) return finding('doctor-origin-list', { data: { value, origin }, probes });
      return finding('doctor-origin-mismatch', {
        data: { value, origin, reason: originDifference(value, origin) },
        probes,
      });
    default:
      return missingCause(stop, examination);
  }
}

/** No `Access-Control-Allow-Origin`: no policy, one that doesn't know this origin, or one that leaves errors out. */
function missingCause({ at }: CorsStop, examination: Examination): Finding {
  const { question, around, journey } = examination;
  const origin = at.origin ?? question.origin;
  const status = at.probe.response?.status ?? 0;
  const others = othersWithPolicy(examination, at.probe);
  // Where this very origin is let in, as by another method, others tell nothing.
  const known = passes(around?.again, origin, question) ? [] : (around?.near ?? []);
  const near = known.find((other) => passes(other.probe, other.origin, question));
  if (near !== undefined) {
    const data = { value: near.origin, origin, reason: originDifference(near.origin, origin) };
    return finding('doctor-origin-mismatch', { data, probes: [at.probe, near.probe] });
  }
  if (at.kind === 'request' && status >= 400) {
    const data = { status };
    const preflight = journey.hops.at(-1)?.preflight?.probe;
    const refuses = holdsPolicy(at.probe);
    if (status >= 502 && status <= 504 && !refuses)
      return finding('doctor-upstream-down', { data, probes: [at.probe] });
    const shows = [preflight, ...others].find((probe) => probe !== undefined && passes(probe, origin, question));
    if (shows !== undefined || (status >= 500 && !refuses)) {
      return finding('doctor-error-no-policy', { data, probes: shows === undefined ? [at.probe] : [at.probe, shows] });
    }
  }
  // Of a recording the others are other paths, which let this very origin in.
  const knows = around === undefined ? undefined : others.find(holdsPolicy);
  if (knows !== undefined || holdsPolicy(at.probe) || refusesByOrigin(examination)) {
    return finding('doctor-origin-not-listed', {
      data: { origin },
      probes: knows === undefined ? [at.probe] : [at.probe, knows],
    });
  }
  return finding('doctor-no-policy', { data: { origin }, probes: [at.probe] });
}

/** The other answers; those that are allowed for somebody first. */
function othersWithPolicy({ around, others: recorded = [] }: Examination, failed: Probe): Probe[] {
  if (around === undefined) return recorded.filter((probe) => probe !== failed);
  const { again, otherOrigin, missing, withoutOrigin, preflight, unlisted, anonymous } = around;
  const all = [again, otherOrigin, missing, withoutOrigin, preflight, unlisted, ...(anonymous ? [anonymous] : [])];
  const others = all.filter((probe) => probe.response !== undefined && probe !== failed);
  return others.toSorted((a, b) => Number(allowOrigin(b) !== undefined) - Number(allowOrigin(a) !== undefined));
}

/** A server that answers otherwise once an Origin is there holds a policy, even if it says nothing of it. */
function refusesByOrigin({ around }: Examination): boolean {
  const [with_, without] = [around?.again.response?.status ?? 0, around?.withoutOrigin.response?.status ?? 0];
  return with_ === 403 && without > 0 && without < 400;
}
