import { QUIRKS } from './quirks.ts';

/** A browser engine, or the Fetch standard as an engine that departs from it in nothing. */
export type EngineName = 'standard' | 'chromium' | 'firefox' | 'webkit';

/** A step of checking a preflight's response. The order decides which of several faults is reported. */
export type PreflightStep = 'redirect' | 'origin' | 'status' | 'parse-methods' | 'parse-headers' | 'method' | 'headers';

/** `cache` of `fetch()`. */
export type CacheMode = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/**
 * In what an engine departs from the Fetch standard. Recorded from Chromium 156, Firefox 153 and WebKitGTK 2.50; which
 * recordings show it, says the entry of the same name in `QUIRKS`.
 */
export interface EngineProfile {
  readonly name: EngineName;

  // Building the request, and the need for a preflight.

  /** Client hints with a well-formed value need no preflight. */
  readonly clientHintsSafelisted: boolean;
  /** A `User-Agent` set by a page is dropped. */
  readonly userAgentForbidden: boolean;
  /** Bytes from 0x80 in `Accept` and `Content-Type` ask for a preflight. */
  readonly nonAsciiUnsafe: boolean;
  /** A comma in a Content-Type's parameters asks for a preflight. */
  readonly commaInContentTypeUnsafe: boolean;
  /** The unit of a `Range` may be in any case, and its numbers may have a plus sign. */
  readonly looseRange: boolean;
  /** How large the numbers of a safelisted `Range` may be, or `undefined` for no limit. */
  readonly largestRange: bigint | undefined;
  /** A header that is set more than once is judged by its combined value. */
  readonly combinesRepeats: boolean;
  /** Whether safelisted values of more than 1024 bytes in total ask for a preflight. */
  readonly totalLimit: boolean;
  /** `Access-Control-Request-Headers` names a header as often as it was set. */
  readonly repeatsNames: boolean;
  /** A body's own type is sent in no-cors mode too where it isn't safelisted. */
  readonly keepsBodyTypeInNoCors: boolean;
  /**
   * Whether a no-cors GET or HEAD with credentials from an opaque origin to the top-level page's site carries
   * `Origin: null`: until it's redirected to another origin, or over redirects.
   */
  readonly opaqueOriginOnNoCors: 'never' | 'within-origin' | 'always';
  /** The referrer policy has no part in the `Origin` of requests that aren't in mode cors. */
  readonly ignoresReferrerPolicy: boolean;
  /** Cookies are sent to other sites too; otherwise only within the page's site. */
  readonly thirdPartyCookies: boolean;

  // Checking responses.

  readonly preflightOrder: readonly PreflightStep[];
  /** `Access-Control-Allow-Headers: *` also covers Authorization. */
  readonly authorizationByWildcard: boolean;
  /** An empty `Access-Control-Allow-Credentials` line doesn't count. */
  readonly ignoresEmptyCredentials: boolean;
  /** A `*` in `Access-Control-Expose-Headers` counts even if the list has junk in it. */
  readonly exposesDespiteJunk: boolean;
  /** Whitespace between a response header's name and its colon doesn't belong to the name. */
  readonly trimsNames: boolean;
  /** A bare carriage return at the end of a value belongs to the value. */
  readonly keepsCarriageReturn: boolean;
  /** An answer that isn't HTTP counts as one without a head (HTTP/0.9), to a GET, a HEAD or a preflight. */
  readonly answersOldHttp: boolean;
  /** Different `Content-Length` lines are a network error. */
  readonly refusesTwoLengths: boolean;
  /** A body cut short makes a no-cors request fail. */
  readonly truncatedFailsNoCors: boolean;
  /** What there is of a body that is cut short can be read, and its end isn't noticed. */
  readonly readsTruncated: boolean;
  /** How often a GET or a preflight is sent if the connection is closed without an answer. */
  readonly attempts: number;
  /** To `Cross-Origin-Resource-Policy: same-site` an opaque origin is of the site that it comes from. */
  readonly opaqueHasSite: boolean;
  /** Under `require-corp` an unknown Cross-Origin-Resource-Policy lets a response through. */
  readonly junkPolicyAllows: boolean;
  /** `Cross-Origin-Embedder-Policy: credentialless` is known. */
  readonly knowsCredentialless: boolean;

  // The preflight cache.

  /** The longest time that a preflight's grant is kept, in seconds. */
  readonly longestMaxAge: number;
  /** A negative `Access-Control-Max-Age` keeps nothing; otherwise it can't be read. */
  readonly negativeMaxAgeCounts: boolean;
  /** The largest `Access-Control-Max-Age` that can be read, or `undefined` for no limit. */
  readonly largestMaxAge: bigint | undefined;
  /** For how many seconds a grant is kept whose `Access-Control-Max-Age` can't be read. */
  readonly unreadableMaxAge: number;
  /** Cache modes of a request that take no earlier preflight's grant. */
  readonly cacheModesWithoutPreflights: readonly CacheMode[];
  /** Cache modes of a request whose preflight's grant isn't kept. */
  readonly cacheModesWithoutGrants: readonly CacheMode[];
  /** A grant made by `*` is remembered. */
  readonly cachesWildcards: boolean;
  /** A remembered `*` covers Authorization. */
  readonly cachedWildcardCoversAuthorization: boolean;
  /** A remembered grant serves a HEAD only if it names the method. */
  readonly cachedHeadIsListed: boolean;
  /** A grant made to a request with credentials serves none without. */
  readonly separatesCredentials: boolean;
  /** Grants to an opaque origin are remembered. */
  readonly cachesOpaqueOrigins: boolean;
  /** A new preflight's grant replaces the one before; otherwise they add up. */
  readonly replacesGrants: boolean;
  /** Which cross-origin requests that fail take the grants for their URL along: those that need a preflight, all, or none. */
  readonly failureForgetsGrants: 'preflighted' | 'always' | 'never';

  // Redirects.

  /** What an empty `Location` is: the same URL again, no redirect, or an error. */
  readonly emptyLocation: 'follow' | 'response' | 'error';
  /** What several `Location` lines are: an error, one if they're the same, or one URL with commas. */
  readonly severalLocations: 'error' | 'same' | 'joined';
  /** User and password in `Location` are fatal in every mode, towards the same origin too. */
  readonly userinfoAlwaysFatal: boolean;
  /** Any status 3xx with a `Location` is a redirect, but for 300, 304, 305 and 306. */
  readonly followsAllStatuses: boolean;
  /** A DELETE redirected to another origin becomes a GET. */
  readonly deleteBecomesGet: boolean;
  /** A request that a redirect has made a GET keeps its `Origin`. */
  readonly getKeepsOrigin: boolean;
  /** After a redirect the preflight carries the page's origin, also where the request carries `null`. */
  readonly preflightKeepsOrigin: boolean;
  /**
   * Whether a redirected request is preflighted, too, because one before it was, or because a header asks for it that the
   * redirect has taken away; `names`: then the preflight also names such headers; `last`: but for those that the very last
   * redirect has taken away.
   */
  readonly firstRequestDecides: 'no' | 'last' | 'names';
  /** The first redirect outside of the page's origin has to allow credentials, unless they're omitted. */
  readonly firstRedirectNeedsCredentials: boolean;
  /** Client hints, but for `Save-Data`, are dropped by a redirect to another origin than the page's. */
  readonly dropsHintsOnRedirect: boolean;
  /** Redirect mode `error` takes a redirect status without `Location` for an ordinary response. */
  readonly needsLocationToFail: boolean;
  /** Each cross-origin redirect of a no-cors request turns its `Origin` into `null`. */
  readonly noCorsRedirectTaints: boolean;
  /** A no-cors request in credentials mode same-origin takes cookies along to other origins once it was redirected. */
  readonly noCorsRedirectKeepsCookies: boolean;
}

type Departures = Omit<EngineProfile, 'name'>;

/** What the standard says; where there are no words for it there, what lies nearest. */
const STANDARD: Departures = {
  clientHintsSafelisted: false,
  userAgentForbidden: false,
  nonAsciiUnsafe: false,
  commaInContentTypeUnsafe: false,
  looseRange: false,
  largestRange: undefined,
  combinesRepeats: false,
  totalLimit: true,
  repeatsNames: false,
  keepsBodyTypeInNoCors: false,
  opaqueOriginOnNoCors: 'never',
  ignoresReferrerPolicy: false,
  thirdPartyCookies: false,
  // Fetch, CORS-preflight fetch, steps 7.1 to 7.7.
  preflightOrder: ['origin', 'status', 'parse-methods', 'parse-headers', 'method', 'headers'],
  authorizationByWildcard: false,
  ignoresEmptyCredentials: false,
  exposesDespiteJunk: false,
  trimsNames: false,
  keepsCarriageReturn: false,
  answersOldHttp: false,
  refusesTwoLengths: false,
  truncatedFailsNoCors: false,
  readsTruncated: false,
  attempts: 1,
  opaqueHasSite: false,
  junkPolicyAllows: false,
  knowsCredentialless: true,
  longestMaxAge: Number.POSITIVE_INFINITY,
  negativeMaxAgeCounts: false,
  largestMaxAge: undefined,
  unreadableMaxAge: 5,
  cacheModesWithoutPreflights: [],
  cacheModesWithoutGrants: [],
  cachesWildcards: true,
  cachedWildcardCoversAuthorization: false,
  cachedHeadIsListed: false,
  separatesCredentials: false,
  cachesOpaqueOrigins: true,
  replacesGrants: false,
  // Fetch, main fetch, step 12: "clear cache entries".
  failureForgetsGrants: 'preflighted',
  emptyLocation: 'follow',
  severalLocations: 'error',
  userinfoAlwaysFatal: false,
  followsAllStatuses: false,
  deleteBecomesGet: false,
  getKeepsOrigin: false,
  preflightKeepsOrigin: false,
  firstRequestDecides: 'no',
  firstRedirectNeedsCredentials: false,
  dropsHintsOnRedirect: false,
  needsLocationToFail: false,
  noCorsRedirectTaints: false,
  noCorsRedirectKeepsCookies: false,
};

function profile(name: EngineName): EngineProfile {
  const departures = Object.entries(QUIRKS).flatMap(([key, { values }]) =>
    name in values ? [[key, (values as Readonly<Record<string, unknown>>)[name]]] : [],
  );
  return Object.freeze({ ...STANDARD, ...(Object.fromEntries(departures) as Partial<Departures>), name });
}

/** All engines by name. */
export const ENGINES: Readonly<Record<EngineName, EngineProfile>> = Object.freeze({
  standard: profile('standard'),
  chromium: profile('chromium'),
  firefox: profile('firefox'),
  webkit: profile('webkit'),
});
