import { isLoopbackHost, parseOrigin } from '../protocol/origin.ts';
import type { Grant } from './grant.ts';
import { ANY_PORT, type LabelRule, type OriginRule, type SubdomainRule } from './origin-rule.ts';
import type { Report } from './problem.ts';
import { publicSuffixOf, suffixKind } from './public-suffix.ts';
import { findNeighbours } from './regex-neighbours.ts';
import { sampleOrigins } from './regex-samples.ts';
import type { PlacedRule } from './validate-origins.ts';

/** The escape hatches that are open. */
export interface Hatches {
  readonly insecureOrigins: boolean;
  readonly publicSuffix: boolean;
  readonly looseRegex: boolean;
}

/** What a rule is judged with. */
export interface TrustContext {
  readonly grant: Grant;
  readonly hatches: Hatches;
  readonly report: Report;
}

/** Reports a rule that trusts more than it seems to: who else could get an origin that it lets in? */
export function checkTrust(placed: PlacedRule, context: TrustContext): void {
  const { rule } = placed;
  if (rule.kind === 'any') return checkAny(placed, context);
  if (rule.kind === 'regex') return checkRegex(placed, context);
  checkScheme(placed, rule, context);
  checkPort(placed, rule, context);
  if (rule.kind === 'subdomain') checkSubdomain(placed, rule, context);
  if (rule.kind === 'label') checkLabel(placed, rule, context);
}

/** `*` and credentials exclude each other (Fetch, CORS check, step 5); reflecting every origin would undo that. */
function checkAny({ path }: PlacedRule, { grant, report }: TrustContext): void {
  if (grant.credentials) report.error('cors-wildcard-credentials', path, { value: '*' });
}

type HostRule = Exclude<OriginRule, { kind: 'any' | 'regex' }>;

function hostOf(rule: HostRule): string {
  return rule.kind === 'subdomain' || rule.kind === 'label' ? rule.suffix : rule.host;
}

function checkScheme({ path }: PlacedRule, rule: HostRule, { grant, hatches, report }: TrustContext): void {
  if (!grant.credentials || hatches.insecureOrigins || rule.scheme !== 'http') return;
  if (!isLoopbackHost(hostOf(rule))) report.error('cors-insecure-origin', path, { value: rule.text });
}

function checkPort({ path }: PlacedRule, rule: HostRule, { grant, report }: TrustContext): void {
  if (!grant.credentials || rule.port !== ANY_PORT || isLoopbackHost(hostOf(rule))) return;
  report.warn('cors-any-port', path, { value: rule.text });
}

function checkSubdomain(placed: PlacedRule, rule: SubdomainRule, context: TrustContext): void {
  if (suffixKind(rule.suffix) !== 'none') reportSuffix(placed, rule.text, rule.suffix, context);
}

function checkLabel(placed: PlacedRule, rule: LabelRule, context: TrustContext): void {
  const kind = suffixKind(rule.suffix);
  if (kind === 'registry') reportSuffix(placed, rule.text, rule.suffix, context);
  // The common case of preview deployments: the fixed part is all that tells the owner's from a stranger's.
  if (kind === 'private') {
    const neighbour = `${rule.scheme}://${rule.left}${rule.start}evil${rule.end}.${rule.suffix}`;
    context.report.warn('cors-open-registration', placed.path, { value: rule.text, suffix: rule.suffix, neighbour });
  }
}

function reportSuffix({ path }: PlacedRule, value: string, suffix: string, context: TrustContext): void {
  const { grant, hatches, report } = context;
  if (grant.credentials && !hatches.publicSuffix) report.error('cors-public-suffix', path, { value, suffix });
  else report.warn('cors-public-suffix-anonymous', path, { value, suffix });
}

function checkRegex(placed: PlacedRule, context: TrustContext): void {
  const { rule, path, node } = placed;
  const { grant, hatches, report } = context;
  if (rule.kind !== 'regex' || node === undefined) return;
  const value = rule.text;
  const samples = sampleOrigins(node);
  if (samples.length === 0) {
    report.error('cors-regex-no-origin', path, { value });
    return;
  }
  const insecure = samples.find(isInsecure);
  if (insecure !== undefined && grant.credentials && !hatches.insecureOrigins) {
    report.error('cors-regex-insecure', path, { value, neighbour: insecure });
  }
  if (hatches.looseRegex) return;
  const found = findNeighbours(samples, value, (origin) => rule.expression.test(origin));
  if (found.stranger !== undefined) {
    const { origin: neighbour, meant } = found.stranger;
    report.error('cors-regex-neighbour', path, { value, neighbour, meant });
  } else if (found.anyTenant !== undefined) {
    reportSuffix(placed, value, suffixOf(found.anyTenant.origin), context);
  } else if (found.tenant !== undefined) {
    const { origin: neighbour } = found.tenant;
    report.warn('cors-open-registration', path, { value, suffix: suffixOf(neighbour), neighbour });
  }
}

function suffixOf(text: string): string {
  const parsed = parseOrigin(text);
  return 'origin' in parsed ? publicSuffixOf(parsed.origin.host) : '';
}

function isInsecure(text: string): boolean {
  const parsed = parseOrigin(text);
  return 'origin' in parsed && parsed.origin.scheme === 'http' && !isLoopbackHost(parsed.origin.host);
}
