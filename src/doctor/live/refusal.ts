import { explainDecision } from '../../cors/index.ts';
import type { DoctorCode } from '../../diagnostics/catalogue/doctor.ts';
import { proseOf, type Diagnostic, type DiagnosticData } from '../../diagnostics/index.ts';
import { titled } from '../findings/headers.ts';
import { originDifference } from '../findings/origin-difference.ts';
import { fieldOf } from '../probe/response-parser.ts';
import type { LiveFinding, Ruling, SeenExchange } from './types.ts';

/** Hints that leave nothing to allow: the page itself has to be mended. */
const OF_PAGES: ReadonlySet<string> = new Set(['cors-hint-method-case', 'cors-hint-header-response-only']);

/** A refusal by the gateway's own policy: the doctor's code for it, and the policy's words for what to write. */
export function refusalFinding(seen: SeenExchange, { decision, model }: Ruling): LiveFinding {
  const [refusal, ...hints] = explainDecision(decision, model.policy);
  if (refusal === undefined) throw new Error(`A decision without an explanation: ${decision.reason}`);
  const found = named(seen, refusal, hints);
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

function named(seen: SeenExchange, refusal: Diagnostic, hints: readonly Diagnostic[]): Diagnostic {
  const { code, data } = refusal;
  const { origin } = seen;
  if (seen.kind === 'websocket') return { ...refusal, code: 'live-websocket-origin', data: { origin } };
  const doctor = (as: DoctorCode, facts: DiagnosticData): Diagnostic => ({ ...refusal, code: as, data: facts });
  switch (code) {
    case 'cors-refused-origin':
      return explained(seen) ?? doctor('doctor-origin-not-listed', { origin });
    case 'cors-refused-null':
      return doctor('doctor-origin-null', {});
    case 'cors-refused-method':
      return hints.some((hint) => hint.code === 'cors-hint-method-case')
        ? doctor('doctor-method-case', { method: seen.method })
        : doctor('doctor-method-not-allowed', { method: seen.method, allowed: listed(data['allowed']) });
    case 'cors-refused-headers':
      return namedHeader(refusal, hints);
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

function namedHeader(refusal: Diagnostic, hints: readonly Diagnostic[]): Diagnostic {
  const refused = refusal.data['headers'];
  const names = Array.isArray(refused) ? refused.map(String) : [];
  const [first = ''] = names;
  if (hints.some(({ code }) => code === 'cors-hint-header-response-only') && first.startsWith('access-control-')) {
    return { ...refusal, code: 'doctor-client-sends-response-header', data: { name: titled(first) } };
  }
  const data = { name: names.join(', '), allowed: listed(refusal.data['allowed']) };
  return { ...refusal, code: 'doctor-header-not-allowed', data };
}

function listed(values: DiagnosticData[string] | undefined): string {
  return Array.isArray(values) && values.length > 0 ? values.join(', ') : 'none';
}
