import { splitList } from '../../protocol/field-list.ts';
import {
  FORBIDDEN_RESPONSE_HEADERS,
  SAFELISTED_METHODS,
  SAFELISTED_RESPONSE_HEADERS,
} from '../../protocol/fetch-names.ts';
import { isToken } from '../../protocol/token.ts';
import { ENGINES, type EngineProfile, type PreflightStep } from './engine.ts';
import type { CredentialsMode } from './request.ts';

/** A response, as far as CORS looks at it. */
export interface ReceivedResponse {
  readonly status: number;
  /** Header lines in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
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
function values(response: ReceivedResponse, name: string): string[] {
  return response.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => trim(value));
}

function trim(value: string): string {
  return value.replace(/^[\t\n\r ]+/, '').replace(/[\t\n\r ]+$/, '');
}

/** The CORS check (Fetch, "CORS check"): of a preflight's response, of each redirect and of the final response. */
export function checkResponse(
  response: ReceivedResponse,
  request: CheckedRequest,
  engine: EngineProfile = ENGINES.standard,
): Verdict {
  const lines = values(response, 'access-control-allow-origin');
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
  const all = values(response, 'access-control-allow-credentials');
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
  origin: checkResponse,
  status: ({ status }) => (status >= 200 && status <= 299 ? PASSED : failed('preflight-status', String(status))),
  'parse-methods': (response) => checkList(response, 'access-control-allow-methods', 'allow-methods-malformed'),
  'parse-headers': (response) => checkList(response, 'access-control-allow-headers', 'allow-headers-malformed'),
  method: checkMethod,
  headers: checkHeaders,
};

/** The tokens of a list header (Fetch, "extract header list values"); `undefined` if one of them is none. */
function tokens(response: ReceivedResponse, name: string): string[] | undefined {
  const items = values(response, name).flatMap((line) => splitList(line));
  return items.every(isToken) ? items : undefined;
}

function checkList(response: ReceivedResponse, name: string, step: FailedStep): Verdict {
  return tokens(response, name) === undefined ? failed(step, values(response, name).join(', ')) : PASSED;
}

function checkMethod(response: ReceivedResponse, request: CheckedPreflight): Verdict {
  if (SAFELISTED_METHODS.has(request.method)) return PASSED;
  const methods = tokens(response, 'access-control-allow-methods') ?? [];
  if (methods.includes(request.method)) return PASSED;
  if (request.credentials !== 'include' && methods.includes('*')) return PASSED;
  return failed('method-not-allowed', request.method);
}

function checkHeaders(response: ReceivedResponse, request: CheckedPreflight, engine: EngineProfile): Verdict {
  const allowed = new Set((tokens(response, 'access-control-allow-headers') ?? []).map((name) => name.toLowerCase()));
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
  const names = new Set(response.headers.map(([name]) => name.toLowerCase()));
  const isReadable = (name: string): boolean =>
    !FORBIDDEN_RESPONSE_HEADERS.has(name) && (all || exposed.has(name) || SAFELISTED_RESPONSE_HEADERS.has(name));
  return [...names].filter(isReadable).toSorted();
}

/** The names that a page can read of its own origin's response: all but Set-Cookie (Fetch, "basic filtered response"). */
export function ownHeaders(response: ReceivedResponse): string[] {
  const names = new Set(response.headers.map(([name]) => name.toLowerCase()));
  return [...names].filter((name) => !FORBIDDEN_RESPONSE_HEADERS.has(name)).toSorted();
}

/** Fetch, main fetch: "extract header list values given Access-Control-Expose-Headers"; failure exposes nothing. */
function exposedNames(response: ReceivedResponse, engine: EngineProfile): Set<string> {
  const name = 'access-control-expose-headers';
  const junk = engine.exposesDespiteJunk ? values(response, name).flatMap((line) => splitList(line)) : [];
  const items = tokens(response, name) ?? junk.filter((item) => item === '*');
  return new Set(items.map((item) => item.toLowerCase()));
}
