import type { EngineName, EngineProfile } from './engine.ts';

/** One departure of engines from the standard. What it means is said by `EngineProfile`'s property of the same name. */
export interface Quirk<Value> {
  /** A stable name for it. */
  readonly class: string;
  readonly values: Readonly<Partial<Record<EngineName, Value>>>;
  /** Recorded cases that show it; where there are none, it's known from the engines' sources. */
  readonly cases: readonly string[];
}

type Quirks = { readonly [Key in keyof Omit<EngineProfile, 'name'>]: Quirk<EngineProfile[Key]> };

/** All departures, by the property of `EngineProfile` that they set. */
export const QUIRKS: Quirks = {
  clientHintsSafelisted: {
    class: 'client-hints',
    values: { chromium: true },
    cases: ['request-headers-yecf', 'request-headers-ia9b', 'request-headers-ga8e'],
  },
  userAgentForbidden: {
    class: 'user-agent',
    values: { chromium: true },
    cases: ['request-headers-5n9v', 'request-headers-q4qt'],
  },
  nonAsciiUnsafe: {
    class: 'non-ascii-values',
    values: { firefox: true },
    cases: ['request-headers-wvdm', 'request-headers-t9je', 'request-headers-nxu4'],
  },
  commaInContentTypeUnsafe: {
    class: 'content-type-parsing',
    values: { firefox: true },
    cases: ['request-headers-bws7', 'fuzz-pd7z'],
  },
  looseRange: {
    class: 'range-parsing',
    values: { webkit: true },
    cases: ['request-headers-vr3w', 'fuzz-x52z'],
  },
  largestRange: {
    class: 'range-big-numbers',
    values: { chromium: (1n << 63n) - 2n, firefox: (1n << 64n) - 1n, webkit: (1n << 64n) - 1n },
    cases: ['request-headers-irr1', 'request-headers-ymgs', 'request-headers-kd9w'],
  },
  combinesRepeats: {
    class: 'repeated-headers-combined',
    values: { chromium: true, webkit: true },
    cases: ['request-headers-djzg', 'request-headers-h7vg', 'request-headers-2kxy'],
  },
  totalLimit: {
    class: 'no-total-limit',
    values: { firefox: false },
    cases: ['request-headers-2kxy', 'request-headers-l2sg'],
  },
  repeatsNames: {
    class: 'acrh-repeats',
    values: { firefox: true },
    cases: ['request-headers-wmrn', 'fuzz-4pkn', 'fuzz-6o7x'],
  },
  keepsBodyTypeInNoCors: {
    class: 'no-cors-body-type',
    values: { webkit: true },
    cases: ['no-cors-dmdt'],
  },
  opaqueOriginOnNoCors: {
    class: 'origin-null-on-no-cors',
    values: { chromium: 'always', firefox: 'within-origin' },
    cases: ['no-cors-yf7n', 'fuzz-s2cz', 'fuzz-ay8u'],
  },
  ignoresReferrerPolicy: {
    class: 'origin-despite-referrer-policy',
    values: { chromium: true },
    // Not recorded; the tests ask Chromium.
    cases: [],
  },
  thirdPartyCookies: {
    class: 'third-party-cookies',
    values: { webkit: true },
    cases: ['max-age-6k5u', 'modes-dz5v', 'no-cors-yf7n'],
  },
  preflightOrder: {
    class: 'preflight-order',
    values: {
      chromium: ['redirect', 'origin', 'status', 'parse-methods', 'parse-headers', 'method', 'headers'],
      firefox: ['origin', 'status', 'parse-methods', 'method', 'parse-headers', 'headers'],
      webkit: ['status', 'origin', 'parse-methods', 'parse-headers', 'method', 'headers'],
    },
    cases: ['not-cors-ctc8', 'max-age-jxak'],
  },
  authorizationByWildcard: {
    class: 'authorization-wildcard',
    values: { chromium: true, firefox: true, webkit: true },
    cases: ['allow-headers-3hal', 'allow-headers-lbhd', 'allow-headers-vxc2'],
  },
  ignoresEmptyCredentials: {
    class: 'acac-empty-line',
    values: { firefox: true },
    cases: ['credentials-y8v2', 'credentials-la6a'],
  },
  exposesDespiteJunk: {
    class: 'aceh-star-and-junk',
    values: { firefox: true },
    cases: ['expose-qlq7'],
  },
  trimsNames: {
    class: 'wire-space-before-colon',
    values: { chromium: true },
    cases: ['wire-ks9j', 'wire-j5t4', 'wire-uig0', 'wire-ukx5'],
  },
  keepsCarriageReturn: {
    class: 'wire-bare-cr',
    values: { firefox: true },
    cases: ['wire-fus2'],
  },
  answersOldHttp: {
    class: 'not-http',
    values: { firefox: true },
    cases: ['not-cors-40u7', 'not-cors-fcol', 'not-cors-ctc8'],
  },
  refusesTwoLengths: {
    class: 'two-content-lengths',
    values: { chromium: true, firefox: true },
    cases: ['not-cors-9phb'],
  },
  truncatedFailsNoCors: {
    class: 'truncated-no-cors',
    values: { firefox: true },
    cases: ['not-cors-g7z0'],
  },
  readsTruncated: {
    class: 'truncated-body',
    values: { webkit: true },
    cases: ['not-cors-gadn', 'not-cors-5uwk'],
  },
  attempts: {
    class: 'repeated-without-answer',
    values: { firefox: 10 },
    cases: ['not-cors-8olo', 'not-cors-6ywd'],
  },
  opaqueHasSite: {
    class: 'corp-opaque-same-site',
    values: { chromium: true },
    cases: ['corp-cvq5'],
  },
  junkPolicyAllows: {
    class: 'coep-junk-corp',
    values: { firefox: true },
    cases: ['not-cors-je9q'],
  },
  knowsCredentialless: {
    class: 'coep-credentialless',
    values: { webkit: false },
    cases: ['not-cors-cav5', 'not-cors-20yb'],
  },
  longestMaxAge: {
    class: 'max-age-limit',
    values: { chromium: 7200, firefox: 86_400, webkit: 600 },
    // Longer than a recording takes.
    cases: [],
  },
  negativeMaxAgeCounts: {
    class: 'max-age-negative',
    values: { chromium: true, firefox: true, webkit: true },
    cases: ['max-age-7652', 'max-age-y171', 'max-age-82hj'],
  },
  largestMaxAge: {
    class: 'max-age-overflow',
    values: { chromium: (1n << 64n) - 1n, webkit: (1n << 64n) - 1n },
    cases: ['max-age-gb09'],
  },
  unreadableMaxAge: {
    class: 'max-age-unreadable',
    values: { firefox: 0 },
    cases: ['max-age-2y4z', 'max-age-rpl0', 'max-age-hm5r'],
  },
  cacheModesWithoutPreflights: {
    class: 'cache-mode',
    values: { chromium: ['no-store', 'reload', 'no-cache'], firefox: ['no-store', 'reload'] },
    cases: ['max-age-6ora'],
  },
  cacheModesWithoutGrants: {
    class: 'cache-mode-grants',
    values: { chromium: ['no-store'] },
    // Not recorded; the tests ask Chromium.
    cases: [],
  },
  cachesWildcards: {
    class: 'cache-wildcard',
    values: { firefox: false },
    cases: ['max-age-i0e0', 'max-age-r61i', 'max-age-g9da'],
  },
  cachedWildcardCoversAuthorization: {
    class: 'cache-authorization-wildcard',
    values: { webkit: true },
    // Not recorded. Chromium, which lets it through otherwise, doesn't here: the tests ask it.
    cases: [],
  },
  cachedHeadIsListed: {
    class: 'cache-head',
    values: { firefox: true },
    // Not recorded; the tests ask Chromium and Firefox.
    cases: [],
  },
  separatesCredentials: {
    class: 'cache-credentials',
    values: { firefox: true },
    cases: ['max-age-hqhl', 'max-age-j6o6'],
  },
  cachesOpaqueOrigins: {
    class: 'cache-opaque-origin',
    values: { chromium: false },
    cases: ['max-age-bmpj', 'max-age-66o7'],
  },
  replacesGrants: {
    class: 'cache-single-grant',
    values: { chromium: true, webkit: true },
    // It takes three requests to see it; the tests ask Chromium and Firefox.
    cases: [],
  },
  failureForgetsGrants: {
    class: 'cache-failure',
    values: { chromium: 'never', firefox: 'always', webkit: 'never' },
    // Not recorded; the tests ask Chromium and Firefox. WebKit's by its source.
    cases: [],
  },
  emptyLocation: {
    class: 'redirect-empty-location',
    values: { chromium: 'response', webkit: 'error' },
    cases: ['redirects-72q8'],
  },
  severalLocations: {
    class: 'redirect-two-locations',
    values: { chromium: 'same', firefox: 'same', webkit: 'joined' },
    cases: ['redirects-mzvh', 'redirects-ki9g', 'redirects-t0qh'],
  },
  userinfoAlwaysFatal: {
    class: 'redirect-userinfo',
    values: { chromium: true },
    cases: ['redirects-dus7', 'redirects-oc0k', 'redirects-2tqk'],
  },
  followsAllStatuses: {
    class: 'redirect-399',
    values: { webkit: true },
    cases: ['redirects-uyht'],
  },
  deleteBecomesGet: {
    class: 'redirect-cross-origin-delete',
    values: { webkit: true },
    cases: ['redirects-6spu', 'redirects-tum0', 'redirects-qjy2'],
  },
  getKeepsOrigin: {
    class: 'redirect-get-keeps-origin',
    values: { webkit: true },
    cases: ['redirects-b9k1', 'redirects-pma3', 'redirects-s9mz'],
  },
  preflightKeepsOrigin: {
    class: 'redirect-preflight-origin',
    values: { firefox: true },
    cases: ['redirects-vvde', 'redirects-0dao', 'redirects-qepg'],
  },
  firstRequestDecides: {
    class: 'redirect-preflight-of-the-first-request',
    values: { firefox: 'last', webkit: 'names' },
    cases: ['redirects-zzxi', 'fuzz-fqr7', 'fuzz-ym4b', 'redirects-s23x'],
  },
  firstRedirectNeedsCredentials: {
    class: 'redirect-same-origin-first',
    values: { webkit: true },
    cases: ['redirects-oqev', 'redirects-ifiy', 'redirects-9ois'],
  },
  dropsHintsOnRedirect: {
    class: 'redirect-client-hints',
    values: { chromium: true },
    // Not recorded; the tests ask Chromium.
    cases: [],
  },
  needsLocationToFail: {
    class: 'redirect-mode-without-location',
    values: { chromium: true, webkit: true },
    // Not recorded; the tests ask Chromium and Firefox. WebKit knows of a redirect only by its location, too.
    cases: [],
  },
  noCorsRedirectTaints: {
    class: 'redirect-no-cors-origin',
    values: { chromium: true },
    cases: ['redirects-ij8s'],
  },
  noCorsRedirectKeepsCookies: {
    class: 'redirect-no-cors-cookies',
    values: { webkit: true },
    cases: ['redirects-ij8s', 'redirects-2tqk'],
  },
};
