import { isToken } from '../protocol/token.ts';
import { originsOf, originsOfPolicy } from './build-origins.ts';
import { hostRules } from './build-named.ts';
import { checkAddress } from './check-address.ts';
import type { AllowsOrigin, HostRule, OpenTargets } from './model.ts';
import { parseHostRule } from './parse-host.ts';
import { entriesOf, type GuardSettings, type GuardSurroundings } from './settings.ts';

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
    allowsOrigin: allowedOrigins(settings, around),
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
function allowedOrigins(settings: GuardSettings, around: GuardSurroundings): AllowsOrigin | undefined {
  const { at, problems, policy } = around;
  if (settings.origins !== undefined) return originsOf(settings.origins, 'origins', around);
  if (settings.hosts === undefined) return undefined;
  const ofPolicy = originsOfPolicy(policy);
  if (ofPolicy === undefined && policy !== 'unknown') problems.error('guard-origins-missing', at);
  return ofPolicy;
}
