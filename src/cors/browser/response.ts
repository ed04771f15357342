import { splitList, trimOws } from '../../protocol/field-list.ts';
import {
  FORBIDDEN_RESPONSE_HEADERS,
  SAFELISTED_METHODS,
  SAFELISTED_RESPONSE_HEADERS,
} from '../../protocol/fetch-names.ts';
import { trimHttpWhitespace } from '../../protocol/media-type.ts';
import { isToken } from '../../protocol/token.ts';
import { ENGINES, type EngineProfile, type PreflightStep } from './engine.ts';
import type { NetworkFault } from './failure.ts';
import { isRedirectStatus } from './redirect-status.ts';
import type { CredentialsMode, HeaderLines } from './request.ts';

/** A response, as far as CORS looks at it. */
export interface ReceivedResponse {
  readonly status: number;
  /** Header lines in their order. */
  readonly headers: HeaderLines;
  /** The phrase behind the status, which Chromium's console quotes. Default: none. */
  readonly reason?: string;
  /** What went wrong below HTTP; then nothing else of the response counts, unless only its body is cut short. */
  readonly fault?: NetworkFault;
}

/** What a response is checked against. */
export interface CheckedRequest {
  /** The value of the request's `Origin`. */
  readonly origin: string;
  readonly credentials: CredentialsMode;
}

/** What a preflight's response is checked against. */
export interface CheckedPreflight extends CheckedRequest {
  /** The method, normalised. */
  readonly method: string;
  /** The unsafe header names, lower case, sorted: `PreflightNeed.requestHeaders`. */
  readonly headers: readonly string[];
}

/** The step at which a check fails. */
export type FailedStep =
  | 'allow-origin-missing'
  | 'allow-origin-several'
  | 'allow-origin-wildcard-with-credentials'
  | 'allow-origin-mismatch'
  | 'allow-credentials-missing'
  | 'allow-credentials-not-true'
  | 'preflight-status'
  | 'allow-methods-malformed'
  | 'allow-headers-malformed'
  | 'method-not-allowed'
  | 'header-not-allowed';

/** What a browser makes of a response: it passes, or the first step that fails and the value that failed. */
export type Verdict =
  | { readonly passed: true }
  | { readonly passed: false; readonly step: FailedStep; readonly value: string };

const PASSED: Verdict = Object.freeze({ passed: true });

function failed(step: FailedStep, value: string): Verdict {
  return { passed: false, step, value };
}

/** The values of all lines of a name, without the whitespace around them (Fetch, "header value", normalize). */
export function fieldValues(response: ReceivedResponse, name: string, engine: EngineProfile): string[] {
  return response.headers
    .filter(([key]) => fieldName(key, engine) === name)
    .map((line) => (engine.keepsCarriageReturn ? trimOws(line[1]) : trimHttpWhitespace(line[1])));
}

function fieldName(name: string, engine: EngineProfile): string {
  return (engine.trimsNames ? trimOws(name) : name).toLowerCase();
}

/** The CORS check (Fetch, "CORS check"): of a preflight's response, of each redirect and of the final response. */
export function checkResponse(
  response: ReceivedResponse,
  request: CheckedRequest,
  engine: EngineProfile = ENGINES.standard,
): Verdict {
  const lines = fieldValues(response, 'access-control-allow-origin', engine);
  const allowed = lines.join(', ');
  const withCredentials = request.credentials === 'include';
  if (lines.length === 0) return failed('allow-origin-missing', '');
  if (allowed === '*' && !withCredentials) return PASSED;
  if (allowed !== request.origin) {
    if (allowed === '*') return failed('allow-origin-wildcard-with-credentials', allowed);
    return failed(allowed.includes(',') ? 'allow-origin-several' : 'allow-origin-mismatch', allowed);
  }
  return withCredentials ? checkCredentials(response, engine) : PASSED;
}

function checkCredentials(response: ReceivedResponse, engine: EngineProfile): Verdict {
  const all = fieldValues(response, 'access-control-allow-credentials', engine);
  const lines = engine.ignoresEmptyCredentials ? all.filter((line) => line !== '') : all;
  const value = lines.join(', ');
  if (value === 'true') return PASSED;
  return failed(lines.length === 0 ? 'allow-credentials-missing' : 'allow-credentials-not-true', value);
}

/** Checks a preflight's response (Fetch, CORS-preflight fetch, step 7), in the engine's order. */
export function checkPreflight(
  response: ReceivedResponse,
  request: CheckedPreflight,
  engine: EngineProfile = ENGINES.standard,
): Verdict {
  for (const step of engine.preflightOrder) {
    const verdict = CHECKS[step](response, request, engine);
    if (!verdict.passed) return verdict;
  }
  return PASSED;
}

type Check = (response: ReceivedResponse, request: CheckedPreflight, engine: EngineProfile) => Verdict;

const CHECKS: Readonly<Record<PreflightStep, Check>> = {
  redirect: checkRedirect,
  origin: checkResponse,
  status: ({ status }) => (status >= 200 && status <= 299 ? PASSED : failed('preflight-status', String(status))),
  'parse-methods': (response, _request, engine) => checkList(response, METHODS, engine),
  'parse-headers': (response, _request, engine) => checkList(response, HEADERS, engine),
  method: checkMethod,
  headers: checkHeaders,
};

/** A redirect that leads somewhere is refused before anything else is looked at. */
function checkRedirect(response: ReceivedResponse, _request: CheckedPreflight, engine: EngineProfile): Verdict {
  const leads = isRedirectStatus(response.status, engine) && fieldValues(response, 'location', engine).length > 0;
  return leads ? failed('preflight-status', String(response.status)) : PASSED;
}

const METHODS = 'access-control-allow-methods';
const HEADERS = 'access-control-allow-headers';

/** The tokens of a list header (Fetch, "extract header list values"); `undefined` if one of them is none. */
export function fieldTokens(response: ReceivedResponse, name: string, engine: EngineProfile): string[] | undefined {
  const items = fieldValues(response, name, engine).flatMap((line) => splitList(line));
  return items.every(isToken) ? items : undefined;
}

function checkList(response: ReceivedResponse, name: typeof METHODS | typeof HEADERS, engine: EngineProfile): Verdict {
  if (fieldTokens(response, name, engine) !== undefined) return PASSED;
  const step = name === METHODS ? 'allow-methods-malformed' : 'allow-headers-malformed';
  return failed(step, fieldValues(response, name, engine).join(', '));
}

function checkMethod(response: ReceivedResponse, request: CheckedPreflight, engine: EngineProfile): Verdict {
  if (SAFELISTED_METHODS.has(request.method)) return PASSED;
  const methods = fieldTokens(response, METHODS, engine) ?? [];
  if (methods.includes(request.method)) return PASSED;
  if (request.credentials !== 'include' && methods.includes('*')) return PASSED;
  return failed('method-not-allowed', request.method);
}

function checkHeaders(response: ReceivedResponse, request: CheckedPreflight, engine: EngineProfile): Verdict {
  const allowed = new Set((fieldTokens(response, HEADERS, engine) ?? []).map((name) => name.toLowerCase()));
  const wildcard = request.credentials !== 'include' && allowed.has('*');
  const isAllowed = (name: string): boolean =>
    allowed.has(name) || (wildcard && (name !== 'authorization' || engine.authorizationByWildcard));
  const refused = request.headers.find((name) => !isAllowed(name));
  return refused === undefined ? PASSED : failed('header-not-allowed', refused);
}

/**
 * The names of a response's headers that the page can read, lower case, sorted, each once (Fetch, "CORS filtered
 * response"). The response is one that passed the CORS check.
 */
export function readableHeaders(
  response: ReceivedResponse,
  request: Pick<CheckedRequest, 'credentials'>,
  engine: EngineProfile = ENGINES.standard,
): string[] {
  const exposed = exposedNames(response, engine);
  const all = request.credentials !== 'include' && exposed.has('*');
  const names = new Set(response.headers.map(([name]) => fieldName(name, engine)));
  const isReadable = (name: string): boolean =>
    !FORBIDDEN_RESPONSE_HEADERS.has(name) && (all || exposed.has(name) || SAFELISTED_RESPONSE_HEADERS.has(name));
  return [...names].filter(isReadable).toSorted();
}

/** The names that a page can read of its own origin's response: all but Set-Cookie (Fetch, "basic filtered response"). */
export function ownHeaders(response: ReceivedResponse, engine: EngineProfile = ENGINES.standard): string[] {
  const names = new Set(response.headers.map(([name]) => fieldName(name, engine)));
  return [...names].filter((name) => !FORBIDDEN_RESPONSE_HEADERS.has(name)).toSorted();
}

/** Fetch, main fetch: "extract header list values given Access-Control-Expose-Headers"; failure exposes nothing. */
function exposedNames(response: ReceivedResponse, engine: EngineProfile): Set<string> {
  const name = 'access-control-expose-headers';
  const junk = engine.exposesDespiteJunk ? fieldValues(response, name, engine).flatMap((line) => splitList(line)) : [];
  const items = fieldTokens(response, name, engine) ?? junk.filter((item) => item === '*');
  return new Set(items.map((item) => item.toLowerCase()));
}
