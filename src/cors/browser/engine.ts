/** A browser engine, or the Fetch standard as an engine that departs from it in nothing. */
export type EngineName = 'standard' | 'chromium' | 'firefox' | 'webkit';

/** A step of checking a preflight's response. The order decides which of several faults is reported. */
export type PreflightStep = 'origin' | 'status' | 'parse-methods' | 'parse-headers' | 'method' | 'headers';

/** In what an engine departs from the Fetch standard. Recorded from Chromium 156, Firefox 153 and WebKitGTK 2.50. */
export interface EngineProfile {
  readonly name: EngineName;
  readonly preflightOrder: readonly PreflightStep[];
  /** `Access-Control-Allow-Headers: *` also covers Authorization. */
  readonly authorizationByWildcard: boolean;
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
  /** An empty `Access-Control-Allow-Credentials` line doesn't count. */
  readonly ignoresEmptyCredentials: boolean;
  /** A `*` in `Access-Control-Expose-Headers` counts even if the list has junk in it. */
  readonly exposesDespiteJunk: boolean;
}

const STANDARD: EngineProfile = Object.freeze<EngineProfile>({
  name: 'standard',
  // Fetch, CORS-preflight fetch, steps 7.1 to 7.7.
  preflightOrder: ['origin', 'status', 'parse-methods', 'parse-headers', 'method', 'headers'],
  authorizationByWildcard: false,
  clientHintsSafelisted: false,
  userAgentForbidden: false,
  nonAsciiUnsafe: false,
  commaInContentTypeUnsafe: false,
  looseRange: false,
  largestRange: undefined,
  combinesRepeats: false,
  totalLimit: true,
  repeatsNames: false,
  ignoresEmptyCredentials: false,
  exposesDespiteJunk: false,
});

/** All engines by name. */
export const ENGINES: Readonly<Record<EngineName, EngineProfile>> = Object.freeze({
  standard: STANDARD,
  chromium: Object.freeze<EngineProfile>({
    ...STANDARD,
    name: 'chromium',
    authorizationByWildcard: true,
    clientHintsSafelisted: true,
    userAgentForbidden: true,
    largestRange: (1n << 63n) - 2n,
    combinesRepeats: true,
  }),
  firefox: Object.freeze<EngineProfile>({
    ...STANDARD,
    name: 'firefox',
    preflightOrder: ['origin', 'status', 'parse-methods', 'method', 'parse-headers', 'headers'],
    authorizationByWildcard: true,
    nonAsciiUnsafe: true,
    commaInContentTypeUnsafe: true,
    largestRange: (1n << 64n) - 1n,
    totalLimit: false,
    repeatsNames: true,
    ignoresEmptyCredentials: true,
    exposesDespiteJunk: true,
  }),
  webkit: Object.freeze<EngineProfile>({
    ...STANDARD,
    name: 'webkit',
    preflightOrder: ['status', 'origin', 'parse-methods', 'parse-headers', 'method', 'headers'],
    authorizationByWildcard: true,
    looseRange: true,
    largestRange: (1n << 64n) - 1n,
    combinesRepeats: true,
  }),
});
