import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { DiagnosticData } from '../diagnostics/diagnostic.ts';
import type { CertificateModel } from './model.ts';

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
  /** Every user of the machine can read the key. */
  readonly keyIsOpen: boolean;
}

/** All certificates of a PEM text, in their order. */
export function certificatesIn(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/**
 * Whether a certificate for these names is good for a host (RFC 9525 §6.3): the same name, or a wildcard in place of the
 * host's first label.
 * @param host lower case; for a route's `*.example.com` the wildcard itself has to be there
 */
export function isFor(names: readonly string[], host: string): boolean {
  return names.includes(host) || names.includes(`*${host.slice(Math.max(host.indexOf('.'), 0))}`);
}
