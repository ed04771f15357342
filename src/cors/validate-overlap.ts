import { NO_GROUP, OriginIndex } from './origin-index.ts';
import { ANY_PORT, type OriginRule } from './origin-rule.ts';
import type { Report } from './problem.ts';
import type { PlacedRule } from './validate-origins.ts';

/**
 * Reports entries that do nothing: `*` beside others, repeats, and what an earlier group already takes, so that the later
 * group's grants would never be used.
 */
export function checkOverlap(placed: readonly PlacedRule[], report: Report): void {
  const index = new OriginIndex(placed.map(({ rule }) => rule));
  const bySuffix = suffixMap(placed);
  const seen = new Map<string, number>();
  const alone = groupsWithStar(placed);
  for (const { rule, path } of placed) {
    if (rule.kind !== 'any' && alone.has(rule.group))
      report.error('cors-wildcard-not-alone', path, { value: rule.text });
    const key = `${rule.kind} ${rule.text}`;
    const before = seen.get(key);
    seen.set(key, before ?? rule.group);
    if (before === rule.group) {
      report.warn('cors-name-repeated', path, { value: rule.text });
      continue;
    }
    const taker = before ?? takenBy(rule, index, bySuffix);
    if (taker !== NO_GROUP && taker < rule.group) report.error('cors-origin-unreachable', path, { value: rule.text });
  }
}

function groupsWithStar(placed: readonly PlacedRule[]): Set<number> {
  return new Set(placed.filter(({ rule }) => rule.kind === 'any').map(({ rule }) => rule.group));
}

type SuffixMap = ReadonlyMap<string, readonly OriginRule[]>;

function suffixMap(placed: readonly PlacedRule[]): SuffixMap {
  const map = new Map<string, OriginRule[]>();
  for (const { rule } of placed) {
    if (rule.kind !== 'subdomain') continue;
    const rules = map.get(rule.suffix) ?? [];
    rules.push(rule);
    map.set(rule.suffix, rules);
  }
  return map;
}

/** The first group that takes all that a rule would let in, or `NO_GROUP` if there's none that is sure to. */
function takenBy(rule: OriginRule, index: OriginIndex, bySuffix: SuffixMap): number {
  const groups = [index.any];
  if (rule.kind === 'exact') groups.push(index.exact.get(rule.text) ?? NO_GROUP, index.matchPattern(rule.text));
  if (rule.kind === 'subdomain' || rule.kind === 'label') {
    for (const wider of widerRules(rule.suffix, bySuffix)) {
      if (wider.kind !== 'subdomain' || wider.scheme !== rule.scheme) continue;
      if (wider.port === ANY_PORT || wider.port === rule.port) groups.push(wider.group);
    }
  }
  const found = groups.filter((group) => group !== NO_GROUP);
  return found.length === 0 ? NO_GROUP : Math.min(...found);
}

function* widerRules(suffix: string, bySuffix: SuffixMap): Generator<OriginRule> {
  for (let rest = suffix; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '') {
    yield* bySuffix.get(rest) ?? [];
  }
}
