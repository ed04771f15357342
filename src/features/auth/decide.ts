import type { AuthRuleModel } from '../../config/model.ts';
import type { Identity } from '../../wire/exchange.ts';
import { claimOf } from './claims.ts';

/** What a rule says to somebody who has shown who it is. */
export type RuleDecision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly lacks: 'scopes'; readonly scopes: readonly string[] }
  | { readonly allowed: false; readonly lacks: 'claim'; readonly claim: string };

const ALLOWED: RuleDecision = Object.freeze({ allowed: true });

/** Whether what is known of who asks is enough for a route's rule. */
export function decideRule(rule: AuthRuleModel, identity: Pick<Identity, 'claims' | 'scopes'>): RuleDecision {
  const missing = rule.scopes.filter((scope) => !identity.scopes.has(scope));
  if (missing.length > 0) return { allowed: false, lacks: 'scopes', scopes: missing };
  for (const [claim, values] of rule.claims) {
    const has = claimOf(identity.claims, claim);
    const found: readonly unknown[] = Array.isArray(has) ? has : [has];
    if (!values.some((value) => found.includes(value))) return { allowed: false, lacks: 'claim', claim };
  }
  return ALLOWED;
}
