import type { AuthRuleModel, RouteAuthModel } from '../../config/model.ts';
import type { Identity } from '../../wire/exchange.ts';
import type { Outcome, Passed, Refused } from './authenticator.ts';
import { bearerChallenge } from './challenge.ts';
import { claimOf } from './claims.ts';

/** What a route does with what was found out: lets in somebody, or nobody in particular, or refuses. */
export type Verdict = Passed | Refused | 'anonymous';

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

/** What a route's rule for this method says to what came of asking who it is. @param challenges for who shows nothing */
export function decideRoute(
  model: RouteAuthModel,
  method: string,
  { outcome, challenges }: { readonly outcome: Exclude<Outcome, 'answered'>; readonly challenges: readonly string[] },
): Verdict {
  const rule = ruleFor(model, method);
  if (outcome === 'absent') return rule.anonymous ? 'anonymous' : nothingShown(challenges);
  if (outcome.kind === 'refused') return outcome;
  const decision = decideRule(rule, outcome.identity);
  return decision.allowed ? outcome : notEnough(decision, rule, model.use?.name ?? '');
}

function ruleFor({ methods, rule }: RouteAuthModel, method: string): AuthRuleModel {
  if (methods.size === 0) return rule;
  return methods.get(method === 'HEAD' ? 'GET' : method) ?? rule;
}

/** RFC 6750 §3.1: to whoever shows nothing no error is told. */
function nothingShown(challenges: readonly string[]): Refused {
  return { kind: 'refused', code: 'auth-required', detail: 'The request shows no credentials.', challenges };
}

function notEnough(
  decision: Exclude<RuleDecision, { allowed: true }>,
  { scopes }: AuthRuleModel,
  realm: string,
): Refused {
  const detail =
    decision.lacks === 'scopes'
      ? `This needs the scope ${decision.scopes.join(' ')}.`
      : `This needs another value of the claim ${decision.claim}.`;
  const challenge = bearerChallenge(realm, { error: 'insufficient_scope', description: detail.slice(0, -1), scopes });
  return { kind: 'refused', code: 'insufficient-scope', detail, challenges: [challenge] };
}
