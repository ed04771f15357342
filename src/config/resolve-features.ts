import type { RouteAuths } from './auth/route-auth.ts';
import type { PolicyModel, RouteFeatures } from './model.ts';
import { Problems, type KeyPath } from './problems.ts';
import { resolveRanges } from './resolve-access.ts';
import type { ParsedRouteOptions } from './resolve-actions.ts';
import { resolveCrossSite } from './resolve-cross-site.ts';
import { resolveMaintenance } from './resolve-maintenance.ts';

/** The options that turn features on, of a route or of the whole gateway. */
export type FeatureOptions = Pick<
  ParsedRouteOptions,
  'ipAllow' | 'ipDeny' | 'maintenance' | 'auth' | 'crossSite' | 'bodyLimit'
>;

/** What resolving features needs beside the options. */
export interface FeatureContext {
  /** Where the options stand. */
  readonly path: KeyPath;
  readonly problems: Problems;
  /** The policy in force there. */
  readonly cors: PolicyModel | undefined;
}

/** Understands what routes turn on, over what holds for all of them. Routes that have the same get one object. */
export class RouteFeatureSets {
  private readonly defaults: FeatureOptions;
  private readonly auths: RouteAuths;
  private readonly made = new Map<string, RouteFeatures>();
  /** Models of `auth` are shared already, and hold what JSON doesn't. */
  private readonly authIds = new Map<RouteFeatures['auth'], number>();

  /** @param defaults the gateway's own, which hold where a route doesn't say otherwise */
  constructor(defaults: FeatureOptions, auths: RouteAuths) {
    this.defaults = defaults;
    this.auths = auths;
  }

  /** The features that are on for a route. */
  of(options: FeatureOptions, context: FeatureContext): RouteFeatures {
    const { defaults } = this;
    // What is wrong with the gateway's own is told once, and not for every route.
    const quiet = { ...context, problems: new Problems() };
    const contextOf = (key: keyof FeatureOptions): FeatureContext => (options[key] === undefined ? quiet : context);
    const { bodyLimit = defaults.bodyLimit ?? 0 } = options;
    const allow = resolveRanges('ipAllow', options.ipAllow ?? defaults.ipAllow, contextOf('ipAllow'));
    const deny = resolveRanges('ipDeny', options.ipDeny ?? defaults.ipDeny, contextOf('ipDeny')) ?? [];
    const maintenance = resolveMaintenance(options.maintenance ?? defaults.maintenance);
    const auth = this.auths.of(options.auth, { path: context.path, context, cors: context.cors });
    // Credentials that browsers add by themselves are what pages of other sites abuse.
    const wanted = options.crossSite ?? defaults.crossSite ?? auth?.ambient === true;
    const crossSite = resolveCrossSite(wanted, contextOf('crossSite'));
    return this.shared({
      ...(allow === undefined && deny.length === 0 ? {} : { access: Object.freeze({ allow, deny }) }),
      ...(maintenance === undefined ? {} : { maintenance }),
      ...(auth === undefined ? {} : { auth }),
      ...(crossSite === undefined ? {} : { crossSite }),
      ...(bodyLimit === 0 ? {} : { bodyLimit }),
    });
  }

  /** Those of requests that no route matches. Reports what is wrong with the gateway's own. */
  ofNoRoute(context: FeatureContext): RouteFeatures {
    // Nothing is done there, so nobody is asked who it is.
    return this.of({ ...this.defaults, auth: false }, context);
  }

  private shared(features: RouteFeatures): RouteFeatures {
    const { auth, ...plain } = features;
    const id = this.authIds.get(auth) ?? this.authIds.size;
    this.authIds.set(auth, id);
    const key = `${id} ${JSON.stringify(plain)}`;
    const known = this.made.get(key) ?? Object.freeze(features);
    this.made.set(key, known);
    return known;
  }
}
