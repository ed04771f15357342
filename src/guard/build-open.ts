import { createPolicy, decide, type OriginOption, type Policy } from '../cors/index.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isToken } from '../protocol/token.ts';
import { hostRules } from './build-named.ts';
import { checkAddress } from './check-address.ts';
import type { HostRule, OpenTargets } from './model.ts';
import { parseHostRule } from './parse-host.ts';
import { entriesOf, type GuardSettings, type GuardSurroundings, type Place } from './settings.ts';

type AllowsOrigin = (origin: string) => boolean;

/** Understands the form in which the URL names the host. */
export function buildOpen(settings: GuardSettings, around: GuardSurroundings): OpenTargets | undefined {
  const { at, problems, prefix, routePath, takesUrl } = around;
  if (!takesUrl) problems.error('guard-path-open', [...at.slice(0, -1), 'path'], { path: routePath });
  const requireHeader = entriesOf(settings.requireHeader, [...at, 'requireHeader']).map(([entry, place]) => {
    if (!isToken(entry)) problems.error('header-name-invalid', place, { name: entry });
    return entry.toLowerCase();
  });
  const denied =
    settings.denyOrigins === undefined ? undefined : originsOf(settings.denyOrigins, 'denyOrigins', around);
  return Object.freeze({
    kind: 'open',
    stripPrefix: prefix,
    hosts: buildHosts(settings, around),
    allowsOrigin: buildOrigins(settings, around),
    deniesOrigin: denied ?? nobody,
    requireHeader: Object.freeze(requireHeader),
  });
}

function nobody(): boolean {
  return false;
}

function buildHosts(settings: GuardSettings, around: GuardSurroundings): readonly HostRule[] | undefined {
  const { hosts } = settings;
  const { at, problems } = around;
  if (hosts === undefined) return undefined;
  const place = [...at, 'hosts'];
  if (hosts.length === 0) problems.error('guard-list-empty', place, { key: 'hosts' });
  for (const [entry, entryPlace] of entriesOf(hosts, place)) {
    const rule = parseHostRule(entry);
    if (!('reason' in rule)) checkAddress(rule, settings, { place: entryPlace, problems });
  }
  return hostRules(hosts, place, around);
}

/** Whose pages may ask. Undefined: anybody's, which is only for a guard without a list of hosts. */
function buildOrigins(settings: GuardSettings, around: GuardSurroundings): AllowsOrigin | undefined {
  const { at, problems, policy } = around;
  if (settings.origins !== undefined) return originsOf(settings.origins, 'origins', around);
  if (settings.hosts === undefined || policy === 'unknown') return undefined;
  if (policy === undefined || policy.upstream === 'pass' || allowsAll(policy)) {
    problems.error('guard-origins-missing', at);
    return undefined;
  }
  return (origin) => allows(policy, origin);
}

function originsOf(
  value: OriginOption | readonly OriginOption[],
  key: 'origins' | 'denyOrigins',
  { at, problems }: GuardSurroundings,
): AllowsOrigin | undefined {
  const made = createPolicy({ origins: value }, { path: at });
  const found = 'problems' in made ? made.problems : made.warnings;
  problems.add(found.map((each) => renamed(each, at, key)));
  if ('problems' in made) return undefined;
  const { policy } = made;
  if (allowsAll(policy)) problems.error('guard-origins-any', [...at, key]);
  return (origin) => allows(policy, origin);
}

/** A policy calls its list `origins`, whatever it's called here. */
function renamed(problem: Diagnostic, at: Place, key: string): Diagnostic {
  const path = (problem.path ?? at).map((part, index) => (index === at.length && part === 'origins' ? key : part));
  return { ...problem, path };
}

function allowsAll({ rules }: Policy): boolean {
  return rules.some(({ kind }) => kind === 'any');
}

function allows(policy: Policy, origin: string): boolean {
  const question = { method: 'GET', origin, requestMethod: undefined, requestHeaders: undefined, sameOrigin: false };
  return decide(policy, question).allowed;
}
