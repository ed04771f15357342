import * as z from 'zod';
import type { OriginOption } from '../../cors/index.ts';
import {
  count,
  duration,
  flag,
  oneOrMore,
  size,
  strictObject,
  type Duration,
  type Size,
} from '../../config/schema/fields.ts';

/**
 * The guarded way to an API of somebody else's: to one (`target`), or to whichever of a list the URL names (`hosts`, as in
 * `/proxy/https://api.example.com/users`).
 */
export interface GuardOptions {
  /**
   * The API: the URL of one server, a base path may follow. What is behind the fixed part of the route's path is appended.
   */
  readonly target?: string;
  /**
   * Instead of `target`: the hosts that the URL behind the route's path may name. `api.example.com`, `*.example.com` (one
   * label or more, not itself), `https://data.example.com:8443/v1` (this port, this path and below). `https` unless it says
   * `http://`.
   */
  readonly hosts?: string | readonly string[];
  /**
   * What may be asked: a method (`GET|POST` for several, `*` for any; `GET` includes HEAD) and a path, as in
   * `GET /users/*`. With `target` it's the path behind the route's; with `hosts` the whole path at the host. `*` is one
   * segment, `**` at the end any number. All else is refused with 403. Needed with `target`; default with `hosts`:
   * everything.
   */
  readonly allow?: string | readonly string[];
  /**
   * Headers added to each request on the server, over those of the page: where a secret goes. With `target` only. Whoever
   * may ask uses the secret, within `allow` and `rateLimit`: pages of the origins that the route's policy lists, and what is
   * no browser. Default: none.
   */
  readonly headers?: Readonly<Record<string, string>>;
  /** Query parameters added to each request on the server, over those of the page. With `target` only. Default: none. */
  readonly query?: Readonly<Record<string, string>>;
  /**
   * Headers of the page's that are passed on besides those that say what is wanted (`Accept…`, `Content-Type`, `Range`,
   * `If-…`, `Cache-Control`, `User-Agent`, `Last-Event-ID`). Cookies, `Authorization`, `Origin` and `Referer` only if they
   * are listed. Default: none.
   */
  readonly requestHeaders?: string | readonly string[];
  /**
   * Response headers that are passed back although they usually aren't: `set-cookie`, `server`, and those by which an
   * origin governs itself. Default: none.
   */
  readonly responseHeaders?: string | readonly string[];
  /**
   * What happens to redirects: followed on the server, each hop checked as the first; or rewritten, so that the browser
   * comes back through the gateway. Default: `follow`.
   */
  readonly redirects?: 'follow' | 'rewrite';
  /** Redirects followed for one request. Default: `5`. */
  readonly maxRedirects?: number;
  /**
   * With `target`: other hosts that it may redirect to, written as in `hosts`. They get no secret, and neither the page's
   * cookies nor its `Authorization`. Default: none, only to itself, where `allow` holds too.
   */
  readonly redirectHosts?: string | readonly string[];
  /**
   * Addresses, ranges and names that may be connected to although they aren't on the public Internet: `10.1.2.0/24`,
   * `intranet.example.com`. Default: none.
   */
  readonly allowPrivate?: string | readonly string[];
  /** The body of a request. `0`: no limit. Default: `10MiB`. */
  readonly maxBody?: Size;
  /** The body of a response. `0`: no limit. Default: `100MiB`. */
  readonly maxResponse?: Size;
  /** How many requests are passed on in a length of time; beyond, they're answered with 429. Default: no limit. */
  readonly rateLimit?: GuardRateLimitOptions;
  /** DNS servers to ask instead of the system's resolver: `127.0.0.1:5300`. Default: the system's. */
  readonly resolver?: string | readonly string[];
  /** TLS towards the API. Its certificate is always verified. */
  readonly tls?: GuardTlsOptions;
  /**
   * With `hosts`: the origins whose pages may ask, written as in a CORS policy; not `*`. Pages of the gateway's own origin
   * always may. Default: those of the route's policy. (With `target` it's always the policy; without one that lists origins,
   * anybody may ask.)
   */
  readonly origins?: OriginOption | readonly OriginOption[];
  /** With `hosts`: origins whose pages may not ask although `origins` lets them. Default: none. */
  readonly denyOrigins?: OriginOption | readonly OriginOption[];
  /** With `hosts`: a request must have at least one of these headers. Default: none. */
  readonly requireHeader?: string | readonly string[];
  /**
   * Instead of `hosts`: let the URL name any server on the public Internet, for any page. Only for a gateway that listens
   * to nobody but this machine. Default: `false`.
   */
  readonly dangerouslyAllowAnyTarget?: boolean;
}

/** At most so many requests in any window of that length. */
export interface GuardRateLimitOptions {
  /** How many. */
  readonly requests: number;
  /** In which length of time. */
  readonly per: Duration;
  /**
   * Whose requests are counted together: those of one client (its address, or its /64 of IPv6), or those of all pages of one
   * of the origins that may ask (the rest by client). Default: `client`.
   */
  readonly by?: 'client' | 'origin';
}

/** TLS towards an API. */
export interface GuardTlsOptions {
  /** File with the certificate authorities to trust (PEM) instead of the system's. Relative to the config file. */
  readonly ca?: string;
  /** With `target`: the name that the certificate must carry, instead of the target's host. */
  readonly serverName?: string;
}

/** What a route with `guard` understands, beside `timeouts` and `via`. */
export interface GuardRouteOptions {
  /** Answer with what an API of somebody else's answers, asked in a guarded way. */
  readonly guard?: GuardOptions;
}

const origin = z.union([z.string(), strictObject({ regex: z.string() })]);
const origins = z.union([origin, z.array(origin)]);

/** Schema of `GuardOptions`; which of them go together is checked with what they mean. */
export const guardOptions = strictObject({
  target: z.string().exactOptional(),
  hosts: oneOrMore.exactOptional(),
  allow: oneOrMore.exactOptional(),
  headers: z.record(z.string(), z.string()).exactOptional(),
  query: z.record(z.string(), z.string()).exactOptional(),
  requestHeaders: oneOrMore.exactOptional(),
  responseHeaders: oneOrMore.exactOptional(),
  redirects: z.enum(['follow', 'rewrite']).exactOptional(),
  maxRedirects: count(0, 20).exactOptional(),
  redirectHosts: oneOrMore.exactOptional(),
  allowPrivate: oneOrMore.exactOptional(),
  maxBody: size.exactOptional(),
  maxResponse: size.exactOptional(),
  rateLimit: strictObject({
    requests: count(1, 1_000_000),
    per: duration,
    by: z.enum(['client', 'origin']).exactOptional(),
  })
    .meta({ id: 'GuardRateLimitOptions' })
    .exactOptional(),
  resolver: oneOrMore.exactOptional(),
  tls: strictObject({ ca: z.string().exactOptional(), serverName: z.string().exactOptional() })
    .meta({ id: 'GuardTlsOptions' })
    .exactOptional(),
  origins: origins.exactOptional(),
  denyOrigins: origins.exactOptional(),
  requireHeader: oneOrMore.exactOptional(),
  dangerouslyAllowAnyTarget: flag.exactOptional(),
}).meta({ id: 'GuardOptions' });

/** Fields of `GuardRouteOptions`. */
export const guardRouteFields = {
  guard: guardOptions.exactOptional(),
};
