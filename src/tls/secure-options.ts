import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';

/**
 * Suites with forward secrecy and authenticated encryption, all that is left of TLS 1.2 by RFC 9325 §4.2; those of TLS 1.3
 * are all so. The client chooses among them: it knows whether its processor is fast at AES.
 */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Versions that are spoken. */
export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** Protects from Node's own options, such as `--tls-min-v1.0`, as well as from its defaults of some day. */
export function secureOptions(minVersion: TlsVersion): SecureContextOptions {
  return {
    minVersion,
    maxVersion: 'TLSv1.3',
    ciphers: CIPHERS,
    honorCipherOrder: false,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}
