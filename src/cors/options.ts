/**
 * One entry of `origins`:
 *
 * - `https://app.example.com`: this origin, as a browser serialises it;
 * - `https://*.example.com`: every subdomain, one label or more, never `example.com` itself;
 * - `https://my-app-*.vercel.app`: letters, digits and hyphens inside one label;
 * - `http://localhost:*`: any port;
 * - `*`: every origin, alone in its list and never with credentials;
 * - `{ regex }`: an expression that is always matched against the whole origin.
 */
export type OriginOption = string | RegexOrigin;

/** An origin as a regular expression, in the dialect that docs/cors.md describes. It's always matched whole. */
export interface RegexOrigin {
  readonly regex: string;
}

/** A length of time: seconds as a number, or as people write it (`'600s'`, `'10m'`, `'2h'`). */
export type DurationOption = number | string;

/** What a policy grants; may be set for the whole policy and again for a group of origins. */
export interface GrantOptions {
  /** Whether requests with cookies, client certificates or HTTP authentication may be read. Default: `false`. */
  readonly credentials?: boolean;
  /**
   * Methods allowed beyond GET, HEAD and POST, which browsers never ask for: one, a list, or `'*'` for all.
   * Case-sensitive. Default: none.
   */
  readonly methods?: string | readonly string[];
  /**
   * Request headers that a page may set; `'*'` for all but `Authorization`, which has to be named: `['*',
   * 'authorization']`. Default: none beyond the safelisted ones.
   */
  readonly headers?: string | readonly string[];
  /**
   * Response headers that a page may read; `'*'` for all but Set-Cookie, with credentials as well. Default: none
   * beyond the safelisted ones.
   */
  readonly expose?: string | readonly string[];
  /**
   * How long a browser may remember the answer to a preflight: seconds or `'2h'`, at most 86400 s. `false` asks it not
   * to (`Access-Control-Max-Age: 0`). Default: no line, which browsers take for 5 seconds.
   */
  readonly maxAge?: DurationOption | false;
}

/** Grants for some of the origins. The first group that an origin matches wins; what it leaves out is the policy's. */
export interface GroupOptions extends GrantOptions {
  readonly origins: OriginOption | readonly OriginOption[];
}

/** A CORS policy as people write it. `createPolicy` validates it and reports all that is wrong at once. */
export interface PolicyOptions extends GrantOptions {
  /** Who may read the responses. Needed, unless `groups` says it or `upstream` is `'pass'`. */
  readonly origins?: OriginOption | readonly OriginOption[];
  /** Other grants for some origins, tried in this order and before `origins`. Default: none. */
  readonly groups?: readonly GroupOptions[];
  /**
   * What happens to the upstream's own CORS headers. `'override'`: they're removed and this policy's are added.
   * `'pass'`: they're handed through, preflights too, and the policy adds nothing. Default: `'override'`.
   */
  readonly upstream?: 'override' | 'pass';
  /** Answer 403 to requests from other origins instead of only withholding the headers. Default: `false`. */
  readonly enforce?: boolean;
  /**
   * Answer refusals so that the browser's console names the true cause. It tells a refused page which origins, methods
   * and headers are allowed: for development. Default: `false`.
   */
  readonly explain?: boolean;
  /** A policy that is evaluated beside this one and only reported: its name, or its options. Default: none. */
  readonly report?: string | PolicyOptions;
  /** Lets `null` be listed in `origins`: every sandboxed frame on the web has that origin. Default: `false`. */
  readonly dangerouslyAllowNullOrigin?: boolean;
  /**
   * Lets origins with `http:` have credentials although they aren't on this machine: whoever is on the network path can
   * speak for such an origin. Default: `false`.
   */
  readonly dangerouslyAllowInsecureOrigins?: boolean;
  /**
   * Lets a wildcard with credentials cover a domain under which anybody can register, such as `https://*.github.io`.
   * Default: `false`.
   */
  readonly dangerouslyAllowPublicSuffix?: boolean;
  /** Lets a regex match neighbours of what it seems meant for. Default: `false`. */
  readonly dangerouslyAllowLooseRegex?: boolean;
}
