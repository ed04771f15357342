import { normalizeMethod, isForbiddenRequestHeader } from '../../protocol/fetch-names.ts';
import type { PreflightNeed } from '../../cors/index.ts';
import type { HeaderLine, ProbeRequest } from '../probe/types.ts';
import type { Question } from '../question.ts';

/** Says who asks; a firewall that turns away programs sees a browser's name too. */
const AGENT = 'Mozilla/5.0 (compatible; oneorigin doctor)';

const COMMON: readonly HeaderLine[] = [
  ['User-Agent', AGENT],
  ['Accept', '*/*'],
  // A browser asks for compression; the doctor wants to read what an error page says.
  ['Accept-Encoding', 'identity'],
];

const FETCH_METADATA: readonly HeaderLine[] = [
  ['Sec-Fetch-Mode', 'cors'],
  ['Sec-Fetch-Dest', 'empty'],
];

/** The preflight of a request (Fetch, CORS-preflight fetch, steps 1 to 5). */
export function preflightRequest(
  url: string,
  origin: string,
  need: Pick<PreflightNeed, 'requestMethod' | 'requestHeaders'>,
): ProbeRequest {
  const names = need.requestHeaders;
  return {
    url,
    method: 'OPTIONS',
    headers: [
      ...COMMON,
      ['Access-Control-Request-Method', need.requestMethod],
      ...(names.length === 0 ? [] : [['Access-Control-Request-Headers', names.join(',')] as const]),
      ['Origin', origin],
      ...FETCH_METADATA,
    ],
  };
}

/** How a request differs from the question. */
export interface RequestShape {
  readonly url: string;
  /** Normalised. */
  readonly method: string;
  /** Undefined: no `Origin` is sent. */
  readonly origin: string | undefined;
  /** Default: true. */
  readonly withAuthorization?: boolean;
  /** Default: true, if the question's mode lets cookies go there. */
  readonly withCookie?: boolean;
  /** Default: false. */
  readonly withBody?: boolean;
}

/** The request itself, as a browser sends it. */
export function actualRequest(question: Question, shape: RequestShape): ProbeRequest {
  const { url, method, origin, withAuthorization = true, withCookie = true, withBody = false } = shape;
  const own = question.headers.filter(([name, value]) => isSent(name, value, withAuthorization));
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const isTyped = names.has('content-type') || !withBody || question.body === undefined;
  const cookie = withCookie && mayCarryCookies(question, url) ? question.cookie : undefined;
  return {
    url,
    method,
    headers: [
      ...COMMON.filter(([name]) => !names.has(name.toLowerCase())),
      ...own,
      ...(isTyped ? [] : [['Content-Type', 'text/plain;charset=UTF-8'] as const]),
      ...(cookie === undefined ? [] : [['Cookie', cookie] as const]),
      ...(origin === undefined ? [] : [['Origin', origin] as const]),
      ...FETCH_METADATA,
    ],
    ...(withBody && question.body !== undefined ? { body: question.body } : {}),
  };
}

function isSent(name: string, value: string, withAuthorization: boolean): boolean {
  const key = name.toLowerCase();
  if (isForbiddenRequestHeader(key) || /[\0\r\n]/.test(value)) return false;
  return withAuthorization || key !== 'authorization';
}

function mayCarryCookies({ credentials, origin, url: asked }: Question, url: string): boolean {
  // The cookies are those of the host that was asked: a redirect must not carry them elsewhere.
  if (new URL(url).hostname !== new URL(asked).hostname) return false;
  return credentials === 'include' || (credentials === 'same-origin' && new URL(url).origin === origin);
}

/** The method as a browser sends it, and the one that the doctor may send in its place. */
export function harmless(method: string): string {
  const sent = normalizeMethod(method);
  return sent === 'HEAD' || sent === 'OPTIONS' ? sent : 'GET';
}
