import { splitList } from '../../protocol/field-list.ts';
import {
  FORBIDDEN_METHODS,
  SAFELISTED_METHODS,
  isForbiddenRequestHeader,
  normalizeMethod,
} from '../../protocol/fetch-names.ts';
import { trimHttpWhitespace } from '../../protocol/media-type.ts';
import { isToken } from '../../protocol/token.ts';
import type { CacheMode, EngineProfile } from './engine.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import { unsafeReason } from './safelist.ts';

/** Header lines in their order. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** `credentials` of `fetch()`. */
export type CredentialsMode = 'omit' | 'same-origin' | 'include';

/** `mode` of `fetch()`. */
export type RequestMode = 'cors' | 'no-cors' | 'same-origin';

/** `redirect` of `fetch()`. */
export type RedirectMode = 'follow' | 'error' | 'manual';

/** What a page asks its browser for. */
export interface PageRequest {
  /** The page's origin as serialised; `null` for an opaque one. */
  readonly pageOrigin: string;
  /** The origin of the top-level page, if the page is a frame in it. Default: `pageOrigin`. */
  readonly topOrigin?: string;
  /**
   * Lines that the page itself was served with: `Content-Security-Policy` and `Cross-Origin-Embedder-Policy` count.
   * Default: none.
   */
  readonly pageHeaders?: HeaderLines;
  /** The absolute URL, or only its origin. */
  readonly url: string;
  /** Default: GET. */
  readonly method?: string;
  /** As the page sets them, in order. Default: none. */
  readonly headers?: HeaderLines;
  /** Default: `same-origin`, as with `fetch()`. */
  readonly credentials?: CredentialsMode;
  /** Default: `cors`. */
  readonly mode?: RequestMode;
  /** Default: `follow`. */
  readonly redirect?: RedirectMode;
  /** Counts for the preflight cache only: the model has no HTTP cache. Default: `default`. */
  readonly cache?: CacheMode;
  /** Counts for the `Origin` of requests that aren't in mode cors. Default: the browser's own. */
  readonly referrerPolicy?: string;
  /** The body, with the Content-Type that it brings along, which counts if the page sets none. Default: no body. */
  readonly body?: { readonly type?: string };
  /** Whether something else asks for a preflight: listeners on an XMLHttpRequest's upload, or a stream as body. */
  readonly usesPreflightFlag?: boolean;
}

/** Why a browser wouldn't even build the request: `fetch()` throws. */
export type RequestFault =
  | 'url'
  | 'userinfo'
  | 'mode'
  | 'credentials'
  | 'redirect'
  | 'cache'
  | 'method-invalid'
  | 'method-forbidden'
  | 'method-no-cors'
  | 'body'
  | 'header-invalid';

/** A request as the browser builds it. */
export interface BuiltRequest {
  readonly fault: RequestFault | undefined;
  /** Normalised. */
  readonly method: string;
  /** The headers set by the page that stay, and a body's type. */
  readonly headers: HeaderLines;
  /** Names of those that are dropped without a word. */
  readonly dropped: readonly string[];
}

const MODES: ReadonlySet<string> = new Set<RequestMode>(['cors', 'no-cors', 'same-origin']);
const CREDENTIALS: ReadonlySet<string> = new Set<CredentialsMode>(['omit', 'same-origin', 'include']);
const REDIRECTS: ReadonlySet<string> = new Set<RedirectMode>(['follow', 'error', 'manual']);
const OVERRIDES: ReadonlySet<string> = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);
const NO_CORS_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-language', 'content-type']);

/** Fetch, the constructor of Request, and "extract a body". */
export function buildRequest(request: PageRequest, engine: EngineProfile): BuiltRequest {
  const method = normalizeMethod(request.method ?? 'GET');
  const kept: (readonly [string, string])[] = [];
  const dropped: string[] = [];
  const inNoCors = request.mode === 'no-cors';
  for (const [name, text] of request.headers ?? []) {
    const value = trimHttpWhitespace(text);
    const key = name.toLowerCase();
    if (isDropped(key, value, engine) || (inNoCors && !isAllowedInNoCors(key, value, kept, engine))) dropped.push(name);
    else kept.push([name, value]);
  }
  const bodyType = request.body?.type;
  const isTyped = kept.some(([name]) => name.toLowerCase() === 'content-type');
  if (bodyType !== undefined && !isTyped) {
    const allowed = !inNoCors || engine.keepsBodyTypeInNoCors;
    if (allowed || isAllowedInNoCors('content-type', bodyType, kept, engine)) kept.push(['Content-Type', bodyType]);
  }
  return { fault: requestFault(request, method), method, headers: kept, dropped };
}

/** Whether the request leaves the page's origin. An opaque origin is the same as none, itself included. */
export function isCrossOrigin(request: Pick<PageRequest, 'pageOrigin' | 'url'>): boolean {
  return parseUrl(request.url)?.origin !== request.pageOrigin || request.pageOrigin === 'null';
}

function requestFault(request: PageRequest, method: string): RequestFault | undefined {
  const url = parseUrl(request.url);
  if (url === undefined) return 'url';
  if (url.username !== '' || url.password !== '') return 'userinfo';
  return optionFault(request) ?? methodFault(request, method) ?? headerFault(request);
}

/** The types leave nothing else, but a request may come from outside of TypeScript. */
function optionFault({ mode, credentials, redirect, cache }: PageRequest): RequestFault | undefined {
  if (mode !== undefined && !MODES.has(mode)) return 'mode';
  if (credentials !== undefined && !CREDENTIALS.has(credentials)) return 'credentials';
  if (redirect !== undefined && !REDIRECTS.has(redirect)) return 'redirect';
  return cache === 'only-if-cached' && mode !== 'same-origin' ? 'cache' : undefined;
}

function methodFault({ mode, body }: PageRequest, method: string): RequestFault | undefined {
  if (!isToken(method)) return 'method-invalid';
  if (FORBIDDEN_METHODS.has(method.toUpperCase())) return 'method-forbidden';
  if (mode === 'no-cors' && !SAFELISTED_METHODS.has(method)) return 'method-no-cors';
  return body !== undefined && (method === 'GET' || method === 'HEAD') ? 'body' : undefined;
}

function headerFault({ headers = [] }: PageRequest): RequestFault | undefined {
  return headers.every(([name, value]) => isSettable(name, value)) ? undefined : 'header-invalid';
}

function isSettable(name: string, value: string): boolean {
  // Fetch, "header value": bytes, without NUL, line feed and carriage return once it's normalized.
  return isToken(name) && /^[^\0\n\r\u0100-\uffff]*$/.test(trimHttpWhitespace(value));
}

function isDropped(name: string, value: string, engine: EngineProfile): boolean {
  if (isForbiddenRequestHeader(name) || (engine.userAgentForbidden && name === 'user-agent')) return true;
  return OVERRIDES.has(name) && splitList(value).some((method) => FORBIDDEN_METHODS.has(method.toUpperCase()));
}

/** Fetch, "no-CORS-safelisted request-header", of what the header would be with this value appended. */
function isAllowedInNoCors(name: string, value: string, kept: HeaderLines, engine: EngineProfile): boolean {
  if (!NO_CORS_HEADERS.has(name)) return false;
  const before = kept.filter(([key]) => key.toLowerCase() === name).map((line) => line[1]);
  return unsafeReason(name, [...before, value].join(', '), engine) === undefined;
}
