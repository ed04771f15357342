import type { HostKind, Origin } from '../protocol/origin.ts';

/** Any port in a rule: `http://localhost:*`. */
export const ANY_PORT = '*';

interface RuleBase {
  /** As written in the options; of a regex, its source. */
  readonly text: string;
  /** The group it belongs to, by its place in `Policy.groups`. */
  readonly group: number;
}

/** `*`: every origin. */
export interface AnyRule extends RuleBase {
  readonly kind: 'any';
}

/** One origin; `null` where the escape hatch lets it in. */
export interface ExactRule extends RuleBase {
  readonly kind: 'exact';
  readonly scheme: string;
  readonly host: string;
  readonly hostKind: HostKind;
  readonly port: string;
}

/** One host with any port. */
export interface PortRule extends RuleBase {
  readonly kind: 'port';
  readonly scheme: string;
  readonly host: string;
  readonly port: typeof ANY_PORT;
}

/** A wildcard for whole labels, one or more: `https://*.example.com`. */
export interface SubdomainRule extends RuleBase {
  readonly kind: 'subdomain';
  readonly scheme: string;
  /** What must follow the wildcard's labels: `example.com`. */
  readonly suffix: string;
  /** `''` for the default port, `ANY_PORT` for any. */
  readonly port: string;
}

/** A wildcard inside one label: `https://left.start-*end.suffix`. */
export interface LabelRule extends RuleBase {
  readonly kind: 'label';
  readonly scheme: string;
  /** Labels before the one with the wildcard, with their last dot, or `''`. */
  readonly left: string;
  readonly start: string;
  readonly end: string;
  readonly suffix: string;
  readonly port: string;
}

/** A regular expression, anchored at both ends. */
export interface RegexRule extends RuleBase {
  readonly kind: 'regex';
  readonly expression: RegExp;
}

/** One entry of `origins`, understood. */
export type OriginRule = AnyRule | ExactRule | PortRule | SubdomainRule | LabelRule | RegexRule;

/** Whether a rule lets an origin in. `text` is the serialised form of `origin`. */
export function ruleMatches(rule: OriginRule, origin: Origin, text: string): boolean {
  switch (rule.kind) {
    case 'any':
      return true;
    case 'exact':
      return rule.text === text;
    case 'regex':
      return rule.expression.test(text);
    case 'port':
      return rule.scheme === origin.scheme && rule.host === origin.host;
    case 'subdomain':
      return schemeAndPortMatch(rule, origin) && endsWithLabels(origin, rule.suffix);
    case 'label':
      return schemeAndPortMatch(rule, origin) && labelMatches(rule, origin);
  }
}

function schemeAndPortMatch(rule: SubdomainRule | LabelRule, origin: Origin): boolean {
  return rule.scheme === origin.scheme && (rule.port === ANY_PORT || rule.port === origin.port);
}

function endsWithLabels(origin: Origin, suffix: string): boolean {
  const { host } = origin;
  // The dot is what keeps `eviltest.com` out of `https://*.test.com`.
  return (
    origin.hostKind === 'name' && host.endsWith(suffix) && host.charCodeAt(host.length - suffix.length - 1) === 0x2e
  );
}

function labelMatches(rule: LabelRule, origin: Origin): boolean {
  const { host } = origin;
  if (!endsWithLabels(origin, rule.suffix) || !host.startsWith(rule.left)) return false;
  const label = host.slice(rule.left.length, host.length - rule.suffix.length - 1);
  if (label.length <= rule.start.length + rule.end.length) return false;
  if (!label.startsWith(rule.start) || !label.endsWith(rule.end)) return false;
  return /^[\da-z-]+$/.test(label.slice(rule.start.length, label.length - rule.end.length));
}
