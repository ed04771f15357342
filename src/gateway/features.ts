import type { Model, RouteModel } from '../config/model.ts';
import { createCorsFilter } from '../features/cors/filter.ts';
import { createNoPolicyNote } from '../features/cors/no-policy.ts';
import type { Filter } from '../features/filter.ts';

/**
 * The one place where the order of the features stands, because order is security: cors answers preflights, so it comes
 * before whatever could ask them for a token or count them. What follows later: rateLimit, auth, bodyLimit, headers,
 * cache.
 */
export function featuresOf(route: Pick<RouteModel, 'cors'>): readonly Filter[] {
  return [cors(route)];
}

/** For requests that match no route: only the policy named `default` applies. */
export function featuresWithoutRoute(model: Model): readonly Filter[] {
  return [cors({ cors: model.defaultPolicy })];
}

function cors(route: Pick<RouteModel, 'cors'>): Filter {
  return route.cors === undefined ? createNoPolicyNote() : createCorsFilter(route.cors);
}
