import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { tlsFailure, type TlsFailure } from '../diagnostics/tls-failure.ts';

/** Why a fetch failed, as far as the runtime says. */
export interface Failure {
  readonly code: ProblemCode;
  /** What was wrong with TLS, if that was it. */
  readonly tls?: TlsFailure;
  /** What was wrong with the name, if that was it. */
  readonly name?: 'not-found' | 'failed';
}

/** What Node and Bun call failures. */
const BY_CODE: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: { code: 'upstream-refused' },
  ENOTFOUND: { code: 'guard-dns-failed', name: 'not-found' },
  EAI_AGAIN: { code: 'guard-dns-failed' },
  ECONNRESET: { code: 'upstream-reset' },
  EPIPE: { code: 'upstream-reset' },
  UND_ERR_SOCKET: { code: 'upstream-reset' },
  ETIMEDOUT: { code: 'upstream-connect-timeout' },
  UND_ERR_CONNECT_TIMEOUT: { code: 'upstream-connect-timeout' },
  UND_ERR_HEADERS_TIMEOUT: { code: 'upstream-head-timeout' },
  EPROTO: { code: 'upstream-tls', tls: 'other' },
  InvalidContentLength: { code: 'upstream-malformed' },
  Malformed_HTTP_Response: { code: 'upstream-malformed' },
};

/** What Deno and workerd write, who give no codes. The first that fits wins. */
const BY_TEXT: readonly (readonly [text: RegExp, failure: Failure])[] = [
  [/name or service not known|nodename nor servname|no such host/i, { code: 'guard-dns-failed', name: 'not-found' }],
  [/dns error|failed to lookup/i, { code: 'guard-dns-failed' }],
  [/invalid peer certificate: Expired/i, { code: 'upstream-tls', tls: 'expired' }],
  [/invalid peer certificate: NotValidYet/i, { code: 'upstream-tls', tls: 'not-yet-valid' }],
  [/invalid peer certificate: UnknownIssuer/i, { code: 'upstream-tls', tls: 'unknown-issuer' }],
  [/CaUsedAsEndEntity/i, { code: 'upstream-tls', tls: 'self-signed' }],
  [/certificate not valid for name/i, { code: 'upstream-tls', tls: 'wrong-name' }],
  [/corrupt message of type InvalidContentType/i, { code: 'upstream-tls', tls: 'not-tls' }],
  [/invalid peer certificate|corrupt message|\bTLS\b/i, { code: 'upstream-tls', tls: 'other' }],
  [/connection refused/i, { code: 'upstream-refused' }],
  [/connection reset|connection closed|closed unexpectedly|other side closed/i, { code: 'upstream-reset' }],
  [/\bparsed\b|does not match the HTTP|invalid content-length/i, { code: 'upstream-malformed' }],
  [/timed? ?out/i, { code: 'upstream-connect-timeout' }],
];

/** Understands what a runtime's `fetch` threw. Runtimes say it in their own ways, and some hardly at all. */
export function failureOf(error: unknown): Failure {
  const chain = chainOf(error);
  for (const each of chain) {
    // Only this one has nothing but its text, and texts quote URLs.
    const tls = tlsFailure({ ...each, message: each.code === 'EPROTO' ? each.message : '' });
    if (tls !== 'other') return { code: 'upstream-tls', tls };
    if (Object.hasOwn(BY_CODE, each.code)) return BY_CODE[each.code] as Failure;
    if (each.code.startsWith('HPE_')) return { code: 'upstream-malformed' };
    if (/^(?:ERR_SSL_|ERR_TLS_|CERT_)/.test(each.code)) return { code: 'upstream-tls', tls };
  }
  for (const { message } of chain) {
    const found = BY_TEXT.find(([text]) => text.test(message));
    if (found !== undefined) return found[1];
  }
  return { code: 'upstream-unreachable' };
}

/**
 * The same in the runtime's own words, for who runs it. They quote the URL, whose query may hold a secret; of what the config
 * adds nothing is left, wherever it stands.
 */
export function tellFailure(error: unknown, { added, query }: Secrets): string {
  const told = chainOf(error).map(({ code, message }) => (code === '' ? message : `${code} ${message}`));
  let text = (told.length === 0 ? String(error) : told.join(': ')).replaceAll(/\?[^\s"'()<>]*/g, '?…');
  for (const [, secret] of [...added, ...query]) {
    if (secret !== '') for (const form of [secret, encodeURIComponent(secret)]) text = text.replaceAll(form, '…');
  }
  return text;
}

/** What the config adds to requests. */
export interface Secrets {
  readonly added: readonly (readonly [name: string, value: string])[];
  readonly query: readonly (readonly [name: string, value: string])[];
}

interface Thrown {
  readonly code: string;
  readonly message: string;
}

/** An error, what caused it, and what caused that: no further than anybody nests them. */
function chainOf(error: unknown): Thrown[] {
  const chain: Thrown[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && chain.length < 5) {
    chain.push({ code: textOf(next, 'code'), message: textOf(next, 'message') });
    next = 'cause' in next ? next.cause : undefined;
  }
  return chain;
}

function textOf(value: object, key: 'code' | 'message'): string {
  const text: unknown = key in value ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
  return typeof text === 'string' ? text : '';
}
