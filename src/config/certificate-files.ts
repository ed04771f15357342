import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { DiagnosticData } from '../diagnostics/diagnostic.ts';
import { certificatesIn, type CertificateFault, type ReadCertificate } from './certificates.ts';

/** Names that a certificate may be for: anything else is no host. */
const HOST_NAME = /^(?:\*\.)?[a-z\d_](?:[a-z\d_.-]*[a-z\d])?$/;

/** Reads a certificate and its key, both by absolute paths, or says why they can't be used together. */
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
    keyIsOpen: isOpenToOthers(keyFile),
  };
}

/** Whether every user of this machine may read it. A group may: that's how keys are shared with a service. */
function isOpenToOthers(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o004) !== 0;
}

function fault(code: ConfigCode, file: 'cert' | 'key', data: DiagnosticData): CertificateFault {
  return { code, file, data };
}

function read(file: string): string | { readonly cause: string } {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return { cause: error instanceof Error && 'code' in error ? String(error.code) : String(error) };
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
