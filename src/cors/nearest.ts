import { defaultPort, isLoopbackHost, parseOrigin, type Origin } from '../protocol/origin.ts';
import { ANY_PORT, ruleMatches, type OriginRule } from './origin-rule.ts';

/** In what an origin differs from one that a rule lets in. */
export type NearMiss = 'form' | 'port' | 'scheme' | 'loopback' | 'www' | 'apex' | 'subdomain' | 'similar' | 'other';

/** A rule that an origin comes close to. */
export interface Nearest {
  readonly rule: OriginRule;
  readonly miss: NearMiss;
}

/** Hosts that mean this machine and are still three origins. */
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const;

/** Of a longer name only the end is looked at: strangers send names of a hundred labels, people don't. */
const MOST_LABELS = 8;

/**
 * The rule that an origin comes nearest to, and what keeps them apart; `undefined` if there are no rules. Made for
 * explaining a refusal: its cost grows with the number of rules.
 */
export function nearestRule(rules: readonly OriginRule[], text: string): Nearest | undefined {
  const [first] = rules;
  if (first === undefined) return undefined;
  const origin = normalize(text);
  if (origin === undefined) return { rule: first, miss: 'other' };
  for (const [miss, candidate] of candidates(origin)) {
    const written = write(candidate);
    if (miss === 'form' && written === text) continue;
    const rule = rules.find((entry) => nearlyMatches(entry, candidate, written, miss));
    if (rule !== undefined) return { rule, miss };
  }
  const similar = rules.find((rule) => rule.kind === 'exact' && isSimilar(rule.host, origin.host));
  return similar === undefined ? { rule: first, miss: 'other' } : { rule: similar, miss: 'similar' };
}

/** What was probably meant: without path and slash, in lower case, without a default port. */
function normalize(text: string): Origin | undefined {
  const tidy = /^\s*([a-z][a-z\d+.-]*:\/\/[^/?#\\\s]+)/i.exec(text)?.[1]?.toLowerCase();
  if (tidy === undefined) return undefined;
  const scheme = tidy.slice(0, tidy.indexOf(':'));
  const port = defaultPort(scheme);
  const parsed = parseOrigin(port !== undefined && tidy.endsWith(`:${port}`) ? tidy.slice(0, -port.length - 1) : tidy);
  return 'origin' in parsed ? parsed.origin : undefined;
}

function* candidates(origin: Origin): Generator<[NearMiss, Origin]> {
  const { host } = origin;
  yield ['form', origin];
  yield ['port', origin];
  yield ['scheme', { ...origin, scheme: origin.scheme === 'https' ? 'http' : 'https' }];
  if (isLoopbackHost(host)) {
    for (const other of LOOPBACK) if (other !== host) yield ['loopback', { ...origin, host: other }];
  }
  if (origin.hostKind !== 'name') return;
  yield ['apex', { ...origin, host: `a.${host}` }];
  yield ['www', { ...origin, host: host.startsWith('www.') ? host.slice(4) : `www.${host}` }];
  const labels = host.split('.');
  for (let from = Math.max(1, labels.length - MOST_LABELS); from < labels.length; from++) {
    yield ['subdomain', { ...origin, host: labels.slice(from).join('.') }];
  }
}

function nearlyMatches(rule: OriginRule, origin: Origin, text: string, miss: NearMiss): boolean {
  if (rule.kind === 'any' || (rule.kind === 'exact' && rule.text === 'null')) return false;
  if (ruleMatches(rule, origin, text)) return true;
  if (miss === 'form' || rule.kind === 'regex' || rule.kind === 'port') return false;
  if (rule.kind === 'exact') return rule.scheme === origin.scheme && rule.host === origin.host;
  return ruleMatches({ ...rule, port: ANY_PORT }, origin, '');
}

function write({ scheme, host, port }: Origin): string {
  return `${scheme}://${host}${port === '' ? '' : `:${port}`}`;
}

/** At most two letters apart (Levenshtein), and more alike than not. */
function isSimilar(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2 || a.length < 6 || a.length > 64) return false;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    // Rows never come down again: most pairs are told apart in three.
    if (Math.min(...next) > 2) return false;
    row = next;
  }
  return (row[b.length] ?? 3) <= 2;
}
