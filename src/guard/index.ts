/**
 * The guard: what may be asked of other people's servers, and how. Pure: no Node, so that it's the same in the gateway and
 * in edge runtimes.
 */
export { addedPairs, withoutPairs } from './added-pairs.ts';
export { addressKind, mayConnect } from './address.ts';
export { admit, type Admitted, type GuardRequest } from './admit.ts';
export { buildGuard } from './build.ts';
export { describeFailure, describeNameFailure, subjectOf, type Asked } from './describe-failure.ts';
export { isListed } from './host-rules.ts';
export type * from './model.ts';
export type { GuardProblems, GuardSettings, GuardSurroundings } from './settings.ts';
export { openTargetUrl } from './open-url.ts';
export { withoutNames } from './query.ts';
export { GuardLimiter, limiterKey, type RateVerdict } from './rate-limit.ts';
export { rateLimitLines } from './rate-lines.ts';
export { firstHop, nextHop, rewriteLocation, type Hop } from './redirect.ts';
export { isRefusal, refuse, type GuardProblemCode, type GuardRefusal } from './refusal.ts';
export { passesRequestHeader } from './request-headers.ts';
export { passesResponseHeader, RESPONSE_GUARDS } from './response-headers.ts';
export { isSameTarget, originOfTarget, parseTargetUrl, type ParsedTarget } from './target-url.ts';
