import type { GuardRateLimit } from './model.ts';
import type { RateVerdict } from './rate-limit.ts';

/**
 * The lines by which an answer says what a limit says (draft-ietf-httpapi-ratelimit-headers); with Retry-After if it was
 * one too many.
 */
export function rateLimitLines(
  { requests, per }: GuardRateLimit,
  { allowed, remaining, retryAfter }: RateVerdict,
): readonly (readonly [name: string, value: string])[] {
  const policy = ['RateLimit-Policy', `"guard";q=${requests};w=${Math.ceil(per / 1000)}`] as const;
  if (allowed) return [policy, ['RateLimit', `"guard";r=${remaining}`]];
  return [['Retry-After', String(retryAfter)], policy, ['RateLimit', `"guard";r=0;t=${retryAfter}`]];
}
