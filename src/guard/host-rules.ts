import type { HostRule, Target } from './model.ts';
import { isBelow } from './path-rules.ts';

/**
 * Whether one of the rules lets a server be asked for a path.
 *
 * @param readings every reading of the path, see `readingsOf`
 */
export function isListed(rules: readonly HostRule[], target: Target, readings: readonly string[]): boolean {
  return rules.some((rule) => matchesServer(rule, target) && isBelow(rule.pathPrefix, readings));
}

/** Whether a rule is about this server, whatever the path. */
export function matchesServer(rule: HostRule, { protocol, host, port }: Target): boolean {
  if (rule.protocol !== protocol || rule.port !== port) return false;
  // The dot keeps `evilexample.com` out of `*.example.com`.
  return rule.subdomains ? host.length > rule.host.length + 1 && host.endsWith(`.${rule.host}`) : host === rule.host;
}
