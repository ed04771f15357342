import { checkResponse, decide, explainDecision, type Policy } from '../../cors/index.ts';
import type { DoctorCode } from '../../diagnostics/catalogue/doctor.ts';
import { proseOf, type Diagnostic, type DiagnosticData } from '../../diagnostics/index.ts';
import { nearOrigins } from '../around/near-origins.ts';
import { titled } from '../findings/headers.ts';
import { isOfResponses } from '../findings/preflight.ts';
import { originDifference } from '../findings/origin-difference.ts';
import { fieldOf } from '../probe/response-parser.ts';
import type { LiveFinding, Ruling, SeenExchange } from './types.ts';

/** Hints that leave nothing to allow: the page itself has to be mended. */
const OF_PAGES: ReadonlySet<string> = new Set(['cors-hint-method-case', 'cors-hint-header-response-only']);

/** A refusal by the gateway's own policy: the doctor's code for it, and the policy's words for what to write. */
export function refusalFinding(seen: SeenExchange, { decision, model }: Ruling): LiveFinding {
  const [refusal, ...hints] = explainDecision(decision, model.policy);
  if (refusal === undefined) throw new Error(`A decision without an explanation: ${decision.reason}`);
  const found = named(seen, refusal, model.policy);
  const { message } = proseOf(found);
  const ofPage = hints.find(({ code }) => OF_PAGES.has(code) && found.code !== 'doctor-header-not-allowed');
  if (ofPage !== undefined) return { code: found.code, message, mend: proseOf(ofPage).mend, place: undefined };
  const told = [refusal, ...hints].map((each) => proseOf(each));
  const mends = [...new Set(told.map(({ mend }) => mend))];
  const isPlaced = refusal.path !== undefined && refusal.code !== 'cors-refused-null';
  return {
    code: found.code,
    message: [message, ...told.slice(1).map((each) => each.message)].join(' '),
    // A hint that repeats what the refusal says has more to say.
    mend: mends.filter((mend) => !mends.some((other) => other !== mend && other.startsWith(mend))).join(' '),
    place: isPlaced ? { part: 'policy', path: refusal.path ?? [] } : undefined,
  };
}

function named(seen: SeenExchange, refusal: Diagnostic, policy: Policy): Diagnostic {
  const { code, data } = refusal;
  const { origin } = seen;
  if (seen.kind === 'websocket') return { ...refusal, code: 'live-websocket-origin', data: { origin } };
  const doctor = (as: DoctorCode, facts: DiagnosticData): Diagnostic => ({ ...refusal, code: as, data: facts });
  switch (code) {
    case 'cors-refused-origin':
      return explained(seen) ?? nearMiss(seen, policy) ?? doctor('doctor-origin-not-listed', { origin });
    case 'cors-refused-null':
      return doctor('doctor-origin-null', {});
    case 'cors-refused-method':
      return seen.method !== seen.method.toUpperCase() && /^[a-z]+$/i.test(seen.method)
        ? doctor('doctor-method-case', { method: seen.method, upper: seen.method.toUpperCase() })
        : doctor('doctor-method-not-allowed', { method: seen.method, allowed: listed(data['allowed']) });
    case 'cors-refused-headers':
      return namedHeader(seen, refusal);
    default:
      return refusal;
  }
}

/** A policy that explains itself names its one origin to the others. */
function explained({ headers, origin }: SeenExchange): Diagnostic | undefined {
  const value = fieldOf(headers, 'access-control-allow-origin');
  if (value === undefined) return undefined;
  const data = { value, origin, reason: originDifference(value, origin) };
  return { code: 'doctor-origin-mismatch', severity: 'error', data };
}

/** An origin that is easily taken for this one, and that the policy lets read. */
function nearMiss({ origin, method, cookies }: SeenExchange, policy: Policy): Diagnostic | undefined {
  const question = { method, requestMethod: undefined, requestHeaders: undefined, sameOrigin: false };
  const credentials = cookies ? 'include' : 'same-origin';
  const value = nearOrigins(origin).find((near) => {
    const { headers } = decide(policy, { ...question, origin: near });
    return checkResponse({ status: 200, headers }, { origin: near, credentials }).passed;
  });
  if (value === undefined) return undefined;
  const data = { value, origin, reason: originDifference(value, origin) };
  return { code: 'doctor-origin-mismatch', severity: 'error', data };
}

function namedHeader(seen: SeenExchange, refusal: Diagnostic): Diagnostic {
  const refused = refusal.data['headers'];
  const names = Array.isArray(refused) ? refused.map(String) : [];
  const [first = ''] = names;
  // A policy that explains itself shows which name is the first; of another, all that was asked for is in question.
  const isExplained = fieldOf(seen.headers, 'access-control-allow-origin') !== undefined;
  if (isExplained ? isOfResponses(first) : seen.names.every(isOfResponses)) {
    return { ...refusal, code: 'doctor-client-sends-response-header', data: { name: titled(first) } };
  }
  const data = { name: names.join(', '), allowed: listed(refusal.data['allowed']) };
  return { ...refusal, code: 'doctor-header-not-allowed', data };
}

function listed(values: DiagnosticData[string] | undefined): string {
  return Array.isArray(values) && values.length > 0 ? values.join(', ') : 'none';
}
