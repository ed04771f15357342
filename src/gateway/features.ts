import type { Model, PolicyModel, RouteFeatures, RouteModel } from '../config/model.ts';
import { createAccess } from '../features/access/filter.ts';
import { createBodyLimit } from '../features/body-limit/filter.ts';
import type { Authenticators } from '../features/auth/authenticators.ts';
import { createAuth } from '../features/auth/filter.ts';
import { createCorsFilter } from '../features/cors/filter.ts';
import { createNoPolicyNote } from '../features/cors/no-policy.ts';
import { createCrossSite } from '../features/cross-site/filter.ts';
import type { Filter } from '../features/filter.ts';
import { createMaintenance } from '../features/maintenance/filter.ts';
import { createServerTiming } from '../features/server-timing/filter.ts';
import { FilterChain } from './pipeline.ts';

/** What filters are made of. */
export interface FeatureParts {
  readonly model: Model;
  readonly authenticators: Authenticators;
}

/** Makes a route's filter; undefined where the feature is off. */
type FilterOf = (route: FeatureRoute, parts: FeatureParts) => Filter | undefined;

/** What of a route decides on its filters. */
type FeatureRoute = Pick<RouteModel, 'cors' | 'features'>;

/**
 * The one place where the order of the features stands, because order is security: cors answers preflights, so it comes
 * before whatever could ask them for a token or count them. Each feature is a line; responses pass the filters in the
 * opposite order, so that cors has the last word on every one of them.
 */
const ORDER: readonly FilterOf[] = [
  ({ cors }) => (cors === undefined ? createNoPolicyNote() : createCorsFilter(cors)),
  ({ features: { access } }) => (access === undefined ? undefined : createAccess(access)),
  ({ features: { maintenance } }) => (maintenance === undefined ? undefined : createMaintenance(maintenance)),
  ({ features: { auth } }, { authenticators }) => (auth === undefined ? undefined : createAuth(auth, authenticators)),
  ({ features: { crossSite } }) => (crossSite === undefined ? undefined : createCrossSite(crossSite)),
  ({ features: { bodyLimit } }) => (bodyLimit === undefined ? undefined : createBodyLimit(bodyLimit)),
  (_, { model }) => (model.serverTiming ? createServerTiming() : undefined),
];

/** The filters of all routes. */
export class Features {
  private readonly made = new Map<RouteFeatures, Map<PolicyModel | undefined, FilterChain>>();
  private readonly parts: FeatureParts;
  private readonly first: readonly Filter[];

  /** @param first filters before all features; none by default */
  constructor(parts: FeatureParts, first: readonly Filter[] = []) {
    this.parts = parts;
    this.first = first;
  }

  /** The same for all routes that ask for the same: thousands of them then share what is in the caches. */
  of(route: FeatureRoute): FilterChain {
    let byPolicy = this.made.get(route.features);
    if (byPolicy === undefined) this.made.set(route.features, (byPolicy = new Map()));
    let chain = byPolicy.get(route.cors);
    if (chain === undefined) {
      const filters = ORDER.flatMap((filterOf) => filterOf(route, this.parts) ?? []);
      byPolicy.set(route.cors, (chain = new FilterChain([...this.first, ...filters])));
    }
    return chain;
  }

  /** For requests that match no route: the policy named `default` applies, and what holds for the whole gateway. */
  withoutRoute(): FilterChain {
    const { defaultPolicy, defaultFeatures } = this.parts.model;
    return this.of({ cors: defaultPolicy, features: defaultFeatures });
  }
}
