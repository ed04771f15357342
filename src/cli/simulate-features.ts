import type { RouteModel } from '../config/index.ts';
import type { HeaderLine, SentRequest } from '../cors/index.ts';
import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { simulateAuth } from './simulate-auth.ts';

/** What a feature would do with a request. */
export type FeatureOutcome = FeatureRefusal | FeatureAssumption;

/** It answers, and the request goes no further. */
export interface FeatureRefusal {
  /** Its key in the config. */
  readonly feature: string;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly headers: readonly HeaderLine[];
}

/** It lets the request through as far as the config says. */
export interface FeatureAssumption {
  /** Its key in the config. */
  readonly feature: string;
  /** What only a running gateway finds out: a sentence that begins with a small letter. */
  readonly assumed: string;
}

/** One feature's part; undefined if it lets the request through, and that is all there is to say. */
export type FeatureSimulation = (route: RouteModel, sent: SentRequest) => FeatureOutcome | undefined;

/** In the order in which the gateway has them. */
const SIMULATIONS: readonly FeatureSimulation[] = [simulateAuth];

/** Whether a feature answers. */
export function refuses(outcome: FeatureOutcome): outcome is FeatureRefusal {
  return 'code' in outcome;
}

/** What a route's features would do with a request, up to the first that answers. */
export function simulateFeatures(route: RouteModel, sent: SentRequest): readonly FeatureOutcome[] {
  const outcomes: FeatureOutcome[] = [];
  for (const simulate of SIMULATIONS) {
    const outcome = simulate(route, sent);
    if (outcome !== undefined) outcomes.push(outcome);
    if (outcome !== undefined && refuses(outcome)) break;
  }
  return outcomes;
}
