import type { CrossSiteModel } from '../../config/feature-models.ts';

/** What is known of a request's page. */
export interface CrossSiteRequest {
  readonly method: string;
  /** A WebSocket's handshake: a GET that any page can make, and read what comes of it (RFC 6455 §10.2). */
  readonly websocket: boolean;
  /** The Sec-Fetch-Site field (Fetch Metadata): only browsers send it, and no script can set it. */
  readonly site: string | undefined;
  /** The Origin field. */
  readonly origin: string | undefined;
  readonly sameOrigin: boolean;
  /** Whether the route's CORS policy lists the origin. */
  readonly listed: boolean;
}

/** Why a request is refused; undefined: it isn't. */
export type CrossSiteRefusal = 'cross-site' | 'same-site' | 'opaque-origin' | 'other-origin';

/** RFC 9110 §9.2.1, but for TRACE, which isn't served. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a page of another site makes a request that may change something. What no browser sent can't be a page's; older
 * browsers, without Sec-Fetch-Site, send Origin with every such request.
 */
export function decideCrossSite(model: CrossSiteModel, request: CrossSiteRequest): CrossSiteRefusal | undefined {
  const { method, websocket, site, origin, sameOrigin, listed } = request;
  if (SAFE.has(method) && !websocket) return undefined;
  // `none`: typed, or from a bookmark.
  if (site === 'same-origin' || site === 'none') return undefined;
  if (origin !== undefined && (sameOrigin || (listed && model.trustsPolicy) || model.allow.includes(origin)))
    return undefined;
  if (site === undefined && origin === undefined) return undefined;
  if (site === 'same-site') return model.sameSite ? undefined : 'same-site';
  if (origin === 'null') return 'opaque-origin';
  return site === undefined ? 'other-origin' : 'cross-site';
}
