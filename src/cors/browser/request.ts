import { splitList } from '../../protocol/field-list.ts';
import {
  FORBIDDEN_METHODS,
  SAFELISTED_METHODS,
  isForbiddenRequestHeader,
  normalizeMethod,
} from '../../protocol/fetch-names.ts';
import { trimHttpWhitespace } from '../../protocol/media-type.ts';
import { isToken } from '../../protocol/token.ts';
import { ENGINES, type EngineProfile } from './engine.ts';
import { LONGEST_TOTAL, unsafeReason, type UnsafeReason } from './safelist.ts';

/** `credentials` of `fetch()`. */
export type CredentialsMode = 'omit' | 'same-origin' | 'include';

/** `mode` of `fetch()`. */
export type RequestMode = 'cors' | 'no-cors' | 'same-origin';

/** What a page asks its browser for. */
export interface PageRequest {
  /** The page's origin as serialised; `null` for an opaque one. */
  readonly pageOrigin: string;
  /** The absolute URL, or only its origin. */
  readonly url: string;
  /** Default: GET. */
  readonly method?: string;
  /** As the page sets them, in order. Default: none. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Default: `same-origin`, as with `fetch()`. */
  readonly credentials?: CredentialsMode;
  /** Default: `cors`. */
  readonly mode?: RequestMode;
  /** The body, with the Content-Type that it brings along, which counts if the page sets none. Default: no body. */
  readonly body?: { readonly type?: string };
  /** Whether something else asks for a preflight: listeners on an XMLHttpRequest's upload, or a stream as body. */
  readonly usesPreflightFlag?: boolean;
}

/** One reason for a preflight. */
export type PreflightReason =
  | { readonly code: 'method'; readonly method: string }
  | { readonly code: 'header'; readonly name: string; readonly reason: UnsafeReason }
  | { readonly code: 'total-length'; readonly names: readonly string[] }
  | { readonly code: 'flag' };

/** Why a browser wouldn't even build the request: `fetch()` throws. */
export type RequestFault =
  | 'url'
  | 'userinfo'
  | 'method-invalid'
  | 'method-forbidden'
  | 'method-no-cors'
  | 'body'
  | 'header-invalid';

/** What a browser makes of a page's request, before anything is sent. */
export interface PreflightNeed {
  readonly fault: RequestFault | undefined;
  readonly crossOrigin: boolean;
  /** Whether a preflight comes first (Fetch, main fetch: "use-CORS-preflight flag" and unsafe names). */
  readonly needed: boolean;
  readonly why: readonly PreflightReason[];
  /** The method, normalised: value of `Access-Control-Request-Method`. */
  readonly requestMethod: string;
  /** Names for `Access-Control-Request-Headers`: lower case, sorted. Empty means that the line isn't sent. */
  readonly requestHeaders: readonly string[];
  /** Headers that the browser drops without a word (Fetch, "forbidden request-header"). */
  readonly dropped: readonly string[];
}

const OVERRIDES: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/** Whether a browser asks before it sends this request, and what it asks. Fetch, "HTTP fetch" and its definitions. */
export function preflightNeeded(request: PageRequest, engine: EngineProfile = ENGINES.standard): PreflightNeed {
  const method = normalizeMethod(request.method ?? 'GET');
  const crossOrigin = isCrossOrigin(request);
  const { kept, dropped } = settableHeaders(pageHeaders(request), engine);
  const fault = requestFault(request, method);
  const base = { fault, crossOrigin, requestMethod: method, dropped };
  if (fault !== undefined || !crossOrigin || (request.mode ?? 'cors') !== 'cors') {
    return { ...base, needed: false, why: [], requestHeaders: [] };
  }
  const unsafe = unsafeNames(engine.combinesRepeats ? combine(kept) : kept, engine);
  const why: PreflightReason[] = [
    ...(SAFELISTED_METHODS.has(method) ? [] : [{ code: 'method', method } as const]),
    ...unsafe.why,
    ...(request.usesPreflightFlag === true ? [{ code: 'flag' } as const] : []),
  ];
  const names = engine.repeatsNames ? unsafe.names : [...new Set(unsafe.names)];
  return { ...base, needed: why.length > 0, why, requestHeaders: names.toSorted() };
}

/** Whether the request leaves the page's origin. An opaque origin is the same as none, itself included. */
export function isCrossOrigin(request: Pick<PageRequest, 'pageOrigin' | 'url'>): boolean {
  return (
    !URL.canParse(request.url) || new URL(request.url).origin !== request.pageOrigin || request.pageOrigin === 'null'
  );
}

function requestFault(request: PageRequest, method: string): RequestFault | undefined {
  if (!URL.canParse(request.url)) return 'url';
  const { username, password } = new URL(request.url);
  if (username !== '' || password !== '') return 'userinfo';
  if (!isToken(method)) return 'method-invalid';
  if (FORBIDDEN_METHODS.has(method.toUpperCase())) return 'method-forbidden';
  if (request.mode === 'no-cors' && !SAFELISTED_METHODS.has(method)) return 'method-no-cors';
  if (request.body !== undefined && (method === 'GET' || method === 'HEAD')) return 'body';
  return (request.headers ?? []).every(([name, value]) => isSettable(name, value)) ? undefined : 'header-invalid';
}

function isSettable(name: string, value: string): boolean {
  // Fetch, "header value": bytes, without NUL, line feed and carriage return once it's normalized.

  return isToken(name) && /^[^\0\n\r\u0100-\uffff]*$/.test(trimHttpWhitespace(value));
}

type Lines = readonly (readonly [name: string, value: string])[];

/** Fetch, "extract a body" and the Request constructor: the body's type is added if the page gave none. */
function pageHeaders({ headers = [], body }: PageRequest): Lines {
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return body?.type === undefined || isTyped ? headers : [...headers, ['Content-Type', body.type]];
}

function settableHeaders(headers: Lines, engine: EngineProfile): { kept: Lines; dropped: string[] } {
  const kept: (readonly [string, string])[] = [];
  const dropped: string[] = [];
  for (const [name, text] of headers) {
    const value = trimHttpWhitespace(text);
    if (isDropped(name.toLowerCase(), value, engine)) dropped.push(name);
    else kept.push([name, value]);
  }
  return { kept, dropped };
}

function isDropped(name: string, value: string, engine: EngineProfile): boolean {
  if (isForbiddenRequestHeader(name) || (engine.userAgentForbidden && name === 'user-agent')) return true;
  return OVERRIDES.has(name) && splitList(value).some((method) => FORBIDDEN_METHODS.has(method.toUpperCase()));
}

function combine(headers: Lines): Lines {
  const combined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = combined.get(key);
    combined.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return [...combined];
}

/** Fetch, "CORS-unsafe request-header names". */
function unsafeNames(headers: Lines, engine: EngineProfile): { names: string[]; why: PreflightReason[] } {
  const names: string[] = [];
  const why: PreflightReason[] = [];
  const safe: string[] = [];
  let total = 0;
  for (const [item, value] of headers) {
    const name = item.toLowerCase();
    const reason = unsafeReason(name, value, engine);
    if (reason === undefined) {
      safe.push(name);
      total += value.length;
    } else {
      names.push(name);
      why.push({ code: 'header', name, reason });
    }
  }
  if (total > LONGEST_TOTAL && engine.totalLimit) {
    names.push(...safe);
    why.push({ code: 'total-length', names: safe });
  }
  return { names, why };
}
