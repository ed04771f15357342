import type { ResolveContext } from './context.ts';
import type { RouteAuths } from './auth/route-auth.ts';
import type { PolicyModel, RouteAuthModel, RouteFeatures } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { ParsedRouteOptions } from './resolve-actions.ts';

/** What resolving a route's features needs beside its options. */
export interface FeatureContext {
  /** Where the route stands. */
  readonly path: KeyPath;
  readonly context: ResolveContext;
  /** The route's policy. */
  readonly cors: PolicyModel | undefined;
  readonly auths: RouteAuths;
}

/** Of a route that turns nothing on; one object for all of them. */
const NONE: RouteFeatures = Object.freeze({});

/** The features that a route turns on, beside `cors`. */
export function resolveFeatures(options: ParsedRouteOptions, context: FeatureContext): RouteFeatures {
  const auth = context.auths.of(options.auth, context);
  return auth === undefined ? NONE : sharedBy(auth);
}

const shared = new WeakMap<RouteAuthModel, RouteFeatures>();

/** One object for all routes with the same. */
function sharedBy(auth: RouteAuthModel): RouteFeatures {
  let features = shared.get(auth);
  if (features === undefined) shared.set(auth, (features = Object.freeze({ auth })));
  return features;
}
