import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { DiagnosticData } from '../diagnostics/diagnostic.ts';
import type { CertificateModel } from './model.ts';
import { causeOf } from './file-cause.ts';

/** Why a certificate can't be used, and which of its two files is to be looked at. */
export interface CertificateFault {
  readonly code: ConfigCode;
  readonly file: 'cert' | 'key';
  readonly data: DiagnosticData;
}

/** A certificate that can be used, and when: milliseconds since 1970. */
export interface ReadCertificate {
  readonly model: CertificateModel;
  readonly validFrom: number;
  readonly validTo: number;
}

/** Names that a certificate may be for: anything else is no host. */
const HOST_NAME = /^(?:\*\.)?[a-z\d_](?:[a-z\d_.-]*[a-z\d])?$/;

/** All certificates of a PEM text, in their order. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** Reads a certificate and its key, or says why they can't be used together. Never throws. */
export function readCertificate(certFile: string, keyFile: string): ReadCertificate | CertificateFault {
  const cert = read(certFile);
  if (typeof cert !== 'string') return fault('file-unreadable', 'cert', { file: certFile, ...cert });
  const chain = certificatesIn(cert);
  const [own = ''] = chain;
  if (own === '') return fault('certificate-empty', 'cert', { file: certFile });
  const x509 = parseCertificate(own);
  if (x509 === undefined) return fault('certificate-broken', 'cert', { file: certFile });
  const key = read(keyFile);
  if (typeof key !== 'string') return fault('file-unreadable', 'key', { file: keyFile, ...key });
  const parsed = parseKey(key);
  if (typeof parsed === 'string') return fault('key-unusable', 'key', { file: keyFile, reason: parsed });
  if (!x509.checkPrivateKey(parsed)) {
    const order = chain.some((each) => parseCertificate(each)?.checkPrivateKey(parsed) === true);
    return fault('certificate-key-mismatch', 'key', { certFile, keyFile, reason: order ? 'order' : 'other' });
  }
  const refusal = refusedBecause(cert, key);
  if (refusal !== undefined) return fault('certificate-refused', 'cert', { file: certFile, reason: refusal });
  return {
    model: Object.freeze({ certFile, keyFile, cert, key, names: Object.freeze(namesOf(x509)) }),
    validFrom: Date.parse(x509.validFrom),
    validTo: Date.parse(x509.validTo),
  };
}

/**
 * Whether a certificate for these names is good for a host (RFC 9525 §6.3): the same name, or a wildcard in place of the
 * host's first label.
 * @param host lower case; for a route's `*.example.com` the wildcard itself has to be there
 */
export function isFor(names: readonly string[], host: string): boolean {
  return names.includes(host) || names.includes(`*${host.slice(Math.max(host.indexOf('.'), 0))}`);
}

function fault(code: ConfigCode, file: 'cert' | 'key', data: DiagnosticData): CertificateFault {
  return { code, file, data };
}

function read(file: string): string | { readonly cause: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { cause: causeOf(error) };
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): KeyObject | 'none' | 'encrypted' | 'broken' {
  if (/^-----BEGIN ENCRYPTED |^Proc-Type:.*ENCRYPTED/m.test(pem)) return 'encrypted';
  if (!/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/m.test(pem)) return 'none';
  try {
    return createPrivateKey(pem);
  } catch {
    return 'broken';
  }
}

/** What OpenSSL has against the pair, such as a key that is too short; undefined: nothing. */
function refusedBecause(cert: string, key: string): string | undefined {
  try {
    createSecureContext({ cert, key });
    return undefined;
  } catch (error) {
    const { reason, message } = error as Error & { readonly reason?: string };
    return reason ?? message;
  }
}

/** Host names and addresses of the subject's alternative names: nobody looks at the common name any more. */
function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  return subjectAltName.split(', ').flatMap((entry) => {
    const [, kind, value = ''] = /^(DNS|IP Address):(.*)$/.exec(entry) ?? [];
    const name = value.toLowerCase();
    return kind === 'IP Address' || (kind === 'DNS' && HOST_NAME.test(name)) ? [name] : [];
  });
}
