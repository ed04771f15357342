import type { CorsCode } from '../diagnostics/catalogue/cors.ts';
import type { Diagnostic, DiagnosticData, Severity } from '../diagnostics/diagnostic.ts';
import type { Decision } from './decision.ts';
import type { Grant } from './grant.ts';
import { nearestRule } from './nearest.ts';
import type { Policy } from './policy.ts';

/** How many allowed origins a diagnostic lists. */
const LISTED = 8;

/**
 * Why a policy refused: first what is wrong (severity `error`), then hints (`info`), each with what to write. Empty if the
 * request was allowed. The paths lead to the option to change, within the policy's options.
 */
export function explainDecision(decision: Decision, policy: Policy): Diagnostic[] {
  const { data } = decision;
  switch (decision.reason) {
    case 'origin-not-allowed':
      return explainOrigin(data.origin ?? '', policy);
    case 'multiple-origins':
      return [diagnostic('error', 'cors-refused-several-origins', {})];
    case 'malformed-method':
      return [diagnostic('error', 'cors-refused-malformed-method', { method: data.method ?? '' })];
    case 'malformed-request-headers':
      return [diagnostic('error', 'cors-refused-malformed-headers', {})];
    case 'method-not-allowed':
      return explainMethod(data.method ?? '', placeOf('methods', data.origin ?? '', policy));
    case 'header-not-allowed':
      return explainHeaders(data.headers ?? [], placeOf('headers', data.origin ?? '', policy));
    default:
      return [];
  }
}

function diagnostic(severity: Severity, code: CorsCode, data: DiagnosticData, path?: Diagnostic['path']): Diagnostic {
  return path === undefined ? { code, severity, data } : { code, severity, data, path };
}

function explainOrigin(origin: string, policy: Policy): Diagnostic[] {
  const path = ['origins'];
  if (origin === 'null') return [diagnostic('error', 'cors-refused-null', { origin }, path)];
  const allowed = policy.rules.slice(0, LISTED).map(({ text }) => text);
  if (policy.rules.length > LISTED) allowed.push('…');
  const refusal = diagnostic('error', 'cors-refused-origin', { origin, allowed }, path);
  const nearest = nearestRule(policy.rules, origin);
  if (nearest === undefined || nearest.miss === 'other') return [refusal];
  return [refusal, diagnostic('info', `cors-hint-${nearest.miss}`, { origin, nearest: nearest.rule.text }, path)];
}

/** What was granted to an origin, and where the options say so. */
interface GrantPlace {
  readonly grant: Grant | undefined;
  readonly path: readonly (string | number)[];
}

function placeOf(key: 'methods' | 'headers', origin: string, policy: Policy): GrantPlace {
  const grant = policy.engine?.find(origin)?.compiled.grant;
  const group = grant === undefined ? -1 : policy.groups.indexOf(grant);
  const own = policy.options.groups?.[group];
  return { grant, path: own?.[key] === undefined ? [key] : ['groups', group, key] };
}

function explainMethod(method: string, { grant, path }: GrantPlace): Diagnostic[] {
  const methods = grant?.methods ?? [];
  const upper = method.toUpperCase();
  const allowed = [...new Set(['GET', 'HEAD', 'POST', ...methods])];
  if (method !== upper && allowed.includes(upper)) {
    const refusal = diagnostic('error', 'cors-refused-method', { method, allowed, line: `method: '${upper}'` }, path);
    return [refusal, diagnostic('info', 'cors-hint-method-case', { method, upper }, path)];
  }
  const line = `methods: [${[...methods, upper].join(', ')}]`;
  return [diagnostic('error', 'cors-refused-method', { method, allowed, line }, path)];
}

function explainHeaders(headers: readonly string[], { grant, path }: GrantPlace): Diagnostic[] {
  const own = headers.filter((name) => name.startsWith('access-control-'));
  const useful = headers.filter((name) => !own.includes(name));
  const before = grant?.anyHeader === true ? ["'*'", ...grant.headers] : (grant?.headers ?? []);
  const line = `headers: [${[...before, ...useful].join(', ')}]`;
  const found = [diagnostic('error', 'cors-refused-headers', { headers, allowed: before, line }, path)];
  if (grant?.anyHeader === true) found.push(diagnostic('info', 'cors-hint-authorization', { line }, path));
  if (own.length > 0) found.push(diagnostic('info', 'cors-hint-header-response-only', { headers: own }));
  return found;
}
