import { fieldOf } from '../probe/response-parser.ts';
import type { ProbeResponse } from '../probe/types.ts';
import type { Stop } from './types.ts';

/** Fetch, HTTP-redirect fetch: how many hops a browser follows. */
export const MOST_REDIRECTS = 20;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where a browser is, on its way. */
export interface Place {
  readonly url: string;
  readonly method: string;
  /** The page's origin, or `null` once a redirect has tainted it. */
  readonly origin: string;
  /** Whether an `Authorization` that the page set is still sent. */
  readonly authorized: boolean;
  /** Whether the body is still sent. */
  readonly withBody: boolean;
  /** Whether CORS is in force: from the first cross-origin hop on. */
  readonly cors: boolean;
}

/** Where a response sends the browser; undefined if it's no redirect. Relative ones are made absolute. */
export function redirectTarget(response: ProbeResponse, base: string): string | undefined {
  const location = fieldOf(response.headers, 'location');
  if (!REDIRECTS.has(response.status) || location === undefined) return undefined;
  // Locations are bytes; those beyond ASCII are UTF-8 (Fetch, "location URL").
  const text = Buffer.from(location, 'latin1').toString('utf8');
  return URL.canParse(text, base) ? new URL(text, base).href : text;
}

/** The next place, or why there is none. Fetch, HTTP-redirect fetch, steps 5 to 18. @param pageOrigin unredirected */
export function follow(
  place: Place,
  redirect: { readonly status: number; readonly location: string; readonly count: number },
  pageOrigin: string,
): Place | Extract<Stop, { kind: 'redirect' }> {
  const { status, location, count } = redirect;
  const stopped = (reason: 'too-many' | 'scheme' | 'userinfo') => ({ kind: 'redirect', reason, location }) as const;
  if (!/^https?:/.test(location) || !URL.canParse(location)) return stopped('scheme');
  if (count >= MOST_REDIRECTS) return stopped('too-many');
  const target = new URL(location);
  const current = new URL(place.url);
  const leaves = target.origin !== current.origin;
  const hasUserinfo = target.username !== '' || target.password !== '';
  if (hasUserinfo && (place.cors || target.origin !== pageOrigin)) return stopped('userinfo');
  const toGet =
    ((status === 301 || status === 302) && place.method === 'POST') ||
    (status === 303 && place.method !== 'GET' && place.method !== 'HEAD');
  return {
    url: location,
    method: toGet ? 'GET' : place.method,
    // A hop that leaves an origin which isn't the page's taints the request's origin.
    origin: leaves && current.origin !== pageOrigin ? 'null' : place.origin,
    authorized: place.authorized && !leaves,
    withBody: place.withBody && !toGet,
    cors: place.cors || target.origin !== pageOrigin,
  };
}
