import { isFieldValue } from '../protocol/field-value.ts';
import { isToken } from '../protocol/token.ts';
import { originsOfPolicy } from './build-origins.ts';
import { checkAddress } from './check-address.ts';
import { CONNECTION_HEADERS } from './header-names.ts';
import type { HostRule, NamedTarget } from './model.ts';
import { parseHostRule } from './parse-host.ts';
import { isRefusal } from './refusal.ts';
import { entriesOf, type GuardSettings, type GuardSurroundings, type OneOrMore, type Place } from './settings.ts';
import { parseTargetUrl } from './target-url.ts';

/** Understands the form with one API. */
export function buildNamed(settings: GuardSettings, around: GuardSurroundings): NamedTarget | undefined {
  const { at, problems, prefix } = around;
  const { target: url = '' } = settings;
  const headers = addedHeaders(settings, around);
  const query = Object.entries(settings.query ?? {});
  for (const [name, value] of query) {
    // Half a surrogate pair can't be percent-encoded.
    if (/^[^=&#]+$/.test(name) && !/\p{Surrogate}/u.test(name + value)) continue;
    problems.error('guard-query-invalid', [...at, 'query', name], { name });
  }
  const redirectHosts = hostRules(settings.redirectHosts, [...at, 'redirectHosts'], around);
  const problem = targetProblem(url);
  const parsed = parseTargetUrl(url);
  if (problem !== undefined || isRefusal(parsed)) {
    const { reason = 'host', suggestion = '' } = problem ?? {};
    problems.error('guard-target-invalid', [...at, 'target'], { url: masked(url), reason, suggestion });
    return undefined;
  }
  const { target, path } = parsed;
  checkAddress(target, settings, { place: [...at, 'target'], problems });
  return Object.freeze({
    kind: 'named',
    target: Object.freeze(target),
    basePath: path.replace(/\/+$/, ''),
    stripPrefix: prefix,
    headers: Object.freeze(headers),
    query: Object.freeze(query.map((pair) => Object.freeze(pair))),
    redirectHosts,
    allowsOrigin: originsOfPolicy(around.policy),
  });
}

/** A URL without the secrets that it may hold: a password, a query. */
function masked(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@').replace(/([?#]).+$/s, '$1…');
}

function targetProblem(url: string): { readonly reason: string; readonly suggestion?: string } | undefined {
  const [, scheme] = /^([a-z][a-z\d+.-]*):\/\//i.exec(url) ?? [];
  if (scheme === undefined) {
    const isHost = /^[\w.-]+(?::\d+)?(?:\/|$)/.test(url);
    return { reason: 'no-scheme', ...(isHost ? { suggestion: `https://${url}` } : {}) };
  }
  if (!/^https?$/i.test(scheme)) {
    return { reason: 'scheme', ...(/^wss?$/i.test(scheme) ? { suggestion: url.replace(/^ws/i, 'http') } : {}) };
  }
  if (/^[^/]*\/\/[^/?#]*@/.test(url)) return { reason: 'userinfo' };
  if (/[?#]/.test(url)) return { reason: 'query', suggestion: url.replace(/[?#].*$/s, '') };
  if (/^[^/]*\/\/[^/]*:0+(?:\/|$)/.test(url)) return { reason: 'port' };
  return undefined;
}

function addedHeaders(
  { headers = {} }: GuardSettings,
  { at, problems }: GuardSurroundings,
): (readonly [string, string])[] {
  return Object.entries(headers).map(([name, value]) => {
    const place = [...at, 'headers', name];
    if (!isToken(name)) problems.error('header-name-invalid', place, { name });
    else if (CONNECTION_HEADERS.has(name.toLowerCase())) {
      problems.error('guard-header-refused', place, { name, reason: 'connection' });
    }
    if (!isFieldValue(value)) problems.error('header-value-invalid', place, { name });
    return Object.freeze([name, value] as const);
  });
}

/** Understands a list of hosts. */
export function hostRules(
  value: OneOrMore | undefined,
  place: Place,
  { problems }: GuardSurroundings,
): readonly HostRule[] {
  const rules: HostRule[] = [];
  for (const [entry, entryPlace] of entriesOf(value, place)) {
    const rule = parseHostRule(entry);
    if ('reason' in rule) problems.error('guard-host-invalid', entryPlace, { value: entry, ...rule });
    else rules.push(rule);
  }
  return Object.freeze(rules);
}
