import type { PolicyOptions } from '../options.ts';
import { Policy, definePolicy } from '../policy.ts';

/**
 * A policy, or the options of one.
 *
 * @throws {PolicyError} if the options are wrong: at start, not at the first request.
 */
export function toPolicy(input: Policy | PolicyOptions): Policy {
  return input instanceof Policy ? input : definePolicy(input);
}
