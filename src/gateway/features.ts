import type { Model, PolicyModel, RouteModel } from '../config/model.ts';
import { createCorsFilter } from '../features/cors/filter.ts';
import { createNoPolicyNote } from '../features/cors/no-policy.ts';
import type { Filter } from '../features/filter.ts';
import { createServerTiming } from '../features/server-timing/filter.ts';
import { FilterChain } from './pipeline.ts';

/**
 * The one place where the order of the features stands, because order is security: cors answers preflights, so it comes
 * before whatever could ask them for a token or count them. What follows later: rateLimit, auth, bodyLimit, headers,
 * cache.
 */
export class Features {
  private readonly made = new Map<PolicyModel | undefined, FilterChain>();
  private readonly model: Model;
  private readonly first: readonly Filter[];
  private readonly forAll: readonly Filter[];

  /** @param first filters before all features; none by default */
  constructor(model: Model, first: readonly Filter[] = []) {
    this.model = model;
    this.first = first;
    this.forAll = model.serverTiming ? [createServerTiming()] : [];
  }

  /** The same for all routes that ask for the same. */
  of(route: Pick<RouteModel, 'cors'>): FilterChain {
    const made = this.made.get(route.cors) ?? new FilterChain([...this.first, ...this.forAll, cors(route)]);
    this.made.set(route.cors, made);
    return made;
  }

  /** For requests that match no route: only the policy named `default` applies. */
  withoutRoute(): FilterChain {
    return this.of({ cors: this.model.defaultPolicy });
  }
}

function cors(route: Pick<RouteModel, 'cors'>): Filter {
  return route.cors === undefined ? createNoPolicyNote() : createCorsFilter(route.cors);
}
