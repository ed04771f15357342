import { MAX_ORIGIN_LENGTH, parseOrigin, type Origin } from '../protocol/origin.ts';
import { ruleMatches, type LabelRule, type OriginRule, type RegexRule, type SubdomainRule } from './origin-rule.ts';

/** No group matches. */
export const NO_GROUP = -1;

/**
 * All origin rules of a policy, laid out so that the cost of a match doesn't grow with their number: exact origins and
 * hosts with any port in maps, wildcards in a map by what follows them, walked label by label. Only wildcards inside a
 * label that share what follows them, and regexes, are tried one by one.
 */
export class OriginIndex {
  readonly #exact = new Map<string, number>();
  readonly #anyPort = new Map<string, number>();
  readonly #bySuffix = new Map<string, (SubdomainRule | LabelRule)[]>();
  readonly #regexes: RegexRule[] = [];
  #any = NO_GROUP;

  constructor(rules: readonly OriginRule[]) {
    for (const rule of rules) this.#add(rule);
  }

  #add(rule: OriginRule): void {
    switch (rule.kind) {
      case 'any':
        if (this.#any === NO_GROUP) this.#any = rule.group;
        return;
      case 'exact':
        addFirst(this.#exact, rule.text, rule.group);
        return;
      case 'port':
        addFirst(this.#anyPort, `${rule.scheme}://${rule.host}`, rule.group);
        return;
      case 'regex':
        this.#regexes.push(rule);
        return;
      case 'subdomain':
      case 'label': {
        const rules = this.#bySuffix.get(rule.suffix);
        if (rules === undefined) this.#bySuffix.set(rule.suffix, [rule]);
        else rules.push(rule);
      }
    }
  }

  /** The exact origins with their groups. */
  get exact(): ReadonlyMap<string, number> {
    return this.#exact;
  }

  /** The group that lets every origin in, or `NO_GROUP`. */
  get any(): number {
    return this.#any;
  }

  /** Whether any rule but exact ones and `*` exists. */
  get hasPatterns(): boolean {
    return this.#anyPort.size + this.#bySuffix.size + this.#regexes.length > 0;
  }

  /**
   * The first group with a pattern that matches, or `NO_GROUP`. Exact origins and `*` aren't looked at. What isn't an
   * origin as a browser serialises it matches no pattern, however loose.
   */
  matchPattern(text: string): number {
    if (!this.hasPatterns || text.length > MAX_ORIGIN_LENGTH) return NO_GROUP;
    const parsed = parseOrigin(text);
    if ('problem' in parsed) return NO_GROUP;
    const { origin } = parsed;
    let best = this.#anyPort.get(`${origin.scheme}://${origin.host}`) ?? NO_GROUP;
    if (this.#bySuffix.size > 0 && origin.hostKind === 'name') best = this.#walk(origin, text, best);
    for (const rule of this.#regexes) {
      if (isBefore(rule.group, best) && ruleMatches(rule, origin, text)) best = rule.group;
    }
    return best;
  }

  #walk(origin: Origin, text: string, found: number): number {
    let best = found;
    const { host } = origin;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      for (const rule of this.#bySuffix.get(host.slice(dot + 1)) ?? []) {
        if (isBefore(rule.group, best) && ruleMatches(rule, origin, text)) best = rule.group;
      }
    }
    return best;
  }
}

function isBefore(group: number, best: number): boolean {
  return best === NO_GROUP || group < best;
}

function addFirst(map: Map<string, number>, key: string, group: number): void {
  if (!map.has(key)) map.set(key, group);
}
