import type { ResolveContext } from './context.ts';
import type { RouteFeatures } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { ParsedRouteOptions } from './resolve-actions.ts';

/** What resolving a route's features needs beside its options. */
export interface FeatureContext {
  /** Where the route stands. */
  readonly path: KeyPath;
  readonly context: ResolveContext;
}

/** Of a route that turns nothing on; one object for all of them. */
const NONE: RouteFeatures = Object.freeze({});

/** The features that a route turns on, beside `cors`. */
export function resolveFeatures(_options: ParsedRouteOptions, _context: FeatureContext): RouteFeatures {
  return NONE;
}
