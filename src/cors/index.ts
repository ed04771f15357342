/**
 * The CORS core: options → policy → decision, as pure functions. It runs wherever JavaScript does.
 *
 * @module
 */
export { applyDecision, mergeVary } from './apply.ts';
export { compareDecisions, describeDifferences, type DecisionDifference } from './compare.ts';
export { decide } from './decide.ts';
export type { CorsRequest, Decision, DecisionData, DecisionKind, DecisionReason, HeaderLine } from './decision.ts';
export { explainDecision } from './explain.ts';
export { exposeMore, exposeNames } from './expose.ts';
export type { Grant } from './grant.ts';
export type {
  DurationOption,
  GrantOptions,
  GroupOptions,
  OriginOption,
  PolicyOptions,
  RegexOrigin,
} from './options.ts';
export type { OriginRule } from './origin-rule.ts';
export { createPolicy, definePolicy, Policy, PolicyError, type PolicyContext, type PolicyResult } from './policy.ts';
export * from './browser/index.ts';
export * from './adapters/index.ts';
