import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';

/** Why a fetch failed, as far as the runtime says. */
export interface Failure {
  readonly code: ProblemCode;
  /** What is wrong with a certificate, by OpenSSL's and Node's codes; '' if that isn't known. */
  readonly why: string;
}

/** What Node and Bun call failures. */
const BY_CODE: Readonly<Record<string, ProblemCode>> = {
  ECONNREFUSED: 'upstream-refused',
  EAI_AGAIN: 'guard-dns-failed',
  EAI_NODATA: 'guard-dns-failed',
  ENODATA: 'guard-dns-failed',
  ENOTFOUND: 'guard-dns-failed',
  ECONNRESET: 'upstream-reset',
  EPIPE: 'upstream-reset',
  UND_ERR_SOCKET: 'upstream-reset',
  ETIMEDOUT: 'upstream-connect-timeout',
  UND_ERR_CONNECT_TIMEOUT: 'upstream-connect-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'upstream-head-timeout',
  EPROTO: 'upstream-tls',
  InvalidContentLength: 'upstream-malformed',
  Malformed_HTTP_Response: 'upstream-malformed',
  ERR_HTTP_CONTENT_LENGTH_MISMATCH: 'upstream-malformed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'upstream-malformed',
};

const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_PURPOSE|ERR_TLS_|ERR_SSL_)/;

/** What Deno and workerd write, who give no codes, and what of it is known as what. The first that fits wins. */
const BY_TEXT: readonly (readonly [text: RegExp, code: ProblemCode, why?: string])[] = [
  [/dns error|failed to lookup/i, 'guard-dns-failed'],
  [/invalid peer certificate: Expired/i, 'upstream-tls', 'CERT_HAS_EXPIRED'],
  [/invalid peer certificate: NotValidYet/i, 'upstream-tls', 'CERT_NOT_YET_VALID'],
  [/certificate not valid for name/i, 'upstream-tls', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/invalid peer certificate: UnknownIssuer/i, 'upstream-tls', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  [/invalid peer certificate|corrupt message|\bTLS\b/i, 'upstream-tls'],
  [/connection refused/i, 'upstream-refused'],
  [/connection reset|connection closed|closed unexpectedly|other side closed/i, 'upstream-reset'],
  [/\bparsed\b|does not match the HTTP|invalid content-length/i, 'upstream-malformed'],
  [/timed? ?out/i, 'upstream-connect-timeout'],
];

/** Understands what a runtime's `fetch` threw. Runtimes say it in their own ways, and some hardly at all. */
export function failureOf(error: unknown): Failure {
  for (const each of chainOf(error)) {
    const code = textOf(each, 'code');
    if (CERTIFICATE.test(code)) return { code: 'upstream-tls', why: code };
    if (code.startsWith('HPE_')) return { code: 'upstream-malformed', why: '' };
    const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
    if (known !== undefined) return { code: known, why: '' };
  }
  for (const each of chainOf(error)) {
    const found = BY_TEXT.find(([text]) => text.test(textOf(each, 'message')));
    if (found !== undefined) return { code: found[1], why: found[2] ?? '' };
  }
  return { code: 'upstream-unreachable', why: '' };
}

/** An error, what caused it, and what caused that: no further than anybody nests them. */
function chainOf(error: unknown): object[] {
  const chain: object[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && chain.length < 5) {
    chain.push(next);
    next = 'cause' in next ? next.cause : undefined;
  }
  return chain;
}

function textOf(value: object, key: 'code' | 'message'): string {
  const text: unknown = key in value ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return typeof text === 'string' ? text : '';
}
