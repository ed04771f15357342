import type { TLSSocket } from 'node:tls';
import type { CertificateFacts, ProbeFailure } from './types.ts';

/** The certificate that a server showed, if it showed any. */
export function certificateOf(socket: TLSSocket): CertificateFacts | undefined {
  const { subject, issuer, subjectaltname, valid_from, valid_to } = socket.getPeerCertificate() as Partial<
    ReturnType<TLSSocket['getPeerCertificate']>
  >;
  if (subject === undefined || valid_to === undefined) return undefined;
  return {
    subject: first(subject.CN),
    issuer: first(issuer?.CN ?? issuer?.O),
    names: subjectaltname ?? '',
    validFrom: valid_from ?? '',
    validTo: valid_to,
  };
}

function first(name: string | readonly string[] | undefined): string {
  return typeof name === 'string' ? name : (name?.[0] ?? '');
}

/** Why browsers wouldn't trust this connection; undefined if they would. */
export function trustFailure(socket: TLSSocket, certificate: CertificateFacts | undefined): ProbeFailure | undefined {
  if (socket.authorized) return undefined;
  // OpenSSL names one error only, and for its own reasons; a date is the easiest to mend, so it's said first.
  const now = Date.now();
  if (certificate !== undefined && Date.parse(certificate.validTo) < now) {
    return { kind: 'tls-expired', detail: certificate.validTo };
  }
  if (certificate !== undefined && Date.parse(certificate.validFrom) > now) {
    return { kind: 'tls-not-yet-valid', detail: certificate.validFrom };
  }
  const error = socket.authorizationError as unknown;
  const code = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : String(error);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code.startsWith('Hostname/IP does not match')) {
    return { kind: 'tls-name', detail: certificate?.names ?? '' };
  }
  return { kind: 'tls-untrusted', detail: code };
}
