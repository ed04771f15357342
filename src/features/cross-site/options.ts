import * as z from 'zod';
import { flag, oneOrMore, strictObject } from '../../config/schema/fields.ts';

/** Which pages of other sites may do what changes something. */
export interface CrossSiteOptions {
  /** Origins whose pages may, besides those of the route's CORS policy. Default: none. */
  readonly allow?: string | readonly string[];
  /** Pages of the same site may, too: those of other subdomains, and of other ports. Default: `false`. */
  readonly sameSite?: boolean;
}

/** What a route, or the whole gateway, understands of requests from other sites. */
export interface CrossSiteRouteOptions {
  /**
   * Refuse requests that pages of other sites make and that may change something: every method but GET, HEAD and OPTIONS,
   * and WebSockets. CORS doesn't: such a request is sent and done, only its answer can't be read. `true` is short for `{}`.
   * Default: `false`.
   */
  readonly crossSite?: boolean | CrossSiteOptions;
}

/** Schema of `CrossSiteOptions`. */
export const crossSiteOptions = strictObject({
  allow: oneOrMore.exactOptional(),
  sameSite: flag.exactOptional(),
}).meta({ id: 'CrossSiteOptions' });

/** Fields of `CrossSiteRouteOptions`. */
export const crossSiteFields = { crossSite: z.union([flag, crossSiteOptions]).exactOptional() };
