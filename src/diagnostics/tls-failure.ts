/**
 * Why TLS with a server didn't come about.
 * - `expired`, `not-yet-valid`, `wrong-name`, `self-signed`, `revoked`: the server's certificate is
 * - `unknown-issuer`: whoever issued the certificate isn't trusted, or the server leaves out a link to one that is
 * - `no-common-protocol`: no version, cipher or application protocol that both sides know
 * - `not-tls`: what the server said isn't TLS
 * - `other`: anything else; the log has OpenSSL's word for it
 */
export type TlsFailure =
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'unknown-issuer'
  | 'self-signed'
  | 'revoked'
  | 'no-common-protocol'
  | 'not-tls'
  | 'other';

/** Each failure as the rest of a sentence about a server, for whoever asked: no addresses, no names. */
export const TLS_FAILURES: Readonly<Record<TlsFailure, string>> = {
  expired: 'its certificate has expired',
  'not-yet-valid': "its certificate isn't valid yet",
  'wrong-name': 'its certificate is for another name',
  'unknown-issuer': 'the issuer of its certificate is not trusted',
  'self-signed': 'its certificate is signed by nobody but itself',
  revoked: 'its certificate has been revoked',
  'no-common-protocol': 'it offers no TLS version or cipher that is accepted here',
  'not-tls': 'it does not speak TLS on this port',
  other: 'it broke the handshake off',
};

/** Results of verification (X509_V_ERR_* of OpenSSL, without the prefix), and Node's of comparing names. */
const BY_CODE: Readonly<Record<string, TlsFailure>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_REVOKED: 'revoked',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  INVALID_CA: 'unknown-issuer',
  HOSTNAME_MISMATCH: 'wrong-name',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'wrong-name',
};

/** What OpenSSL says of a handshake, in its error's code (`ERR_SSL_WRONG_VERSION_NUMBER`) or text (`wrong version number`). */
const BY_REASON: readonly (readonly [RegExp, TlsFailure])[] = [
  // The first bytes of an HTTP answer, read as a TLS record: its version or its length is odd.
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL/, 'not-tls'],
  // RFC 6066 §3: the server has no certificate for the name it was asked for.
  [/UNRECOGNIZED_NAME/, 'wrong-name'],
  [
    /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|HANDSHAKE_FAILURE|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW|NO_SHARED_CIPHER/,
    'no-common-protocol',
  ],
  [/NO_APPLICATION_PROTOCOL|INSUFFICIENT_SECURITY|DH_KEY_TOO_SMALL|WRONG_SIGNATURE_TYPE/, 'no-common-protocol'],
];

/** What a TLS socket's error means. */
export function tlsFailure(error: { readonly code?: string | undefined; readonly message: string }): TlsFailure {
  const { code = '', message } = error;
  if (Object.hasOwn(BY_CODE, code)) return BY_CODE[code] as TlsFailure;
  // Where the system call failed (`EPROTO`), only the text tells.
  const reason = `${code} ${message}`.toUpperCase().replace(/[ -]/g, '_');
  return BY_REASON.find(([pattern]) => pattern.test(reason))?.[1] ?? 'other';
}
