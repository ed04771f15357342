import type { FailureKind } from '../probe/types.ts';

/** Why a browser stops a request by itself. */
export type StopReason = 'extension' | 'csp' | 'policy' | 'local-network' | 'port' | 'offline';

/** What a browser's error means. */
export type BrowserError =
  /** Nobody wanted the answer any more. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'network'; readonly failure: FailureKind }
  | { readonly kind: 'stopped'; readonly reason: StopReason };

const STOPS: readonly (readonly [RegExp, StopReason])[] = [
  [/BLOCKED_BY_CSP/, 'csp'],
  [/BLOCKED_BY_(?:CLIENT|ADMINISTRATOR)/, 'extension'],
  [/BLOCKED_BY_RESPONSE|BLOCKED_BY_ORB/, 'policy'],
  [/LOCAL_NETWORK|PRIVATE_NETWORK/, 'local-network'],
  [/UNSAFE_PORT/, 'port'],
  [/INTERNET_DISCONNECTED|NETWORK_CHANGED/, 'offline'],
];

const FAILURES: readonly (readonly [RegExp, FailureKind])[] = [
  [/NAME_(?:NOT_RESOLVED|RESOLUTION_FAILED)|UNKNOWN_HOST|DNS_/, 'dns'],
  [/CONNECTION_REFUSED/, 'refused'],
  [/ADDRESS_(?:UNREACHABLE|INVALID)|CONNECTION_FAILED|PROXY_CONNECTION_FAILED|TUNNEL_/, 'unreachable'],
  [/CONNECTION_TIMED_OUT|TIMED_OUT|NET_TIMEOUT/, 'timeout'],
  [/EMPTY_RESPONSE|CONNECTION_CLOSED/, 'closed'],
  [/CONNECTION_(?:RESET|ABORTED)|NET_RESET|NET_INTERRUPT/, 'reset'],
  [/INVALID_HTTP_RESPONSE|HTTP2_|QUIC_|RESPONSE_HEADERS_|INVALID_CHUNKED/, 'malformed'],
  [/CERT_DATE_INVALID|EXPIRED_CERTIFICATE/, 'tls-expired'],
  [/CERT_COMMON_NAME_INVALID|BAD_CERT_DOMAIN/, 'tls-name'],
  [/CERT_|UNKNOWN_ISSUER|SELF_SIGNED/, 'tls-untrusted'],
  [/SSL_|TLS_/, 'tls-handshake'],
];

/** Reads what Chromium (`net::ERR_…`) and Firefox (`NS_ERROR_…`) say; `undefined` if it tells nothing: `net::ERR_FAILED`. */
export function readError(said: string): BrowserError | undefined {
  if (/ERR_ABORTED|BINDING_ABORTED|^cancel/i.test(said)) return { kind: 'cancelled' };
  const reason = STOPS.find(([sign]) => sign.test(said))?.[1];
  if (reason !== undefined) return { kind: 'stopped', reason };
  const failure = FAILURES.find(([sign]) => sign.test(said))?.[1];
  return failure === undefined ? undefined : { kind: 'network', failure };
}
