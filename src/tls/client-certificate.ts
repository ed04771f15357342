import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../wire/peer.ts';
import { CERTIFICATE_MISSING } from './refusals.ts';

/** What a client has shown of itself, on a connection where it was asked to. */
export interface TlsClient {
  readonly certificate: ClientCertificate;
  /** '' for a good certificate; `certificate-missing`, or OpenSSL's word for what is wrong with it. */
  readonly refusal: string;
}

/** Looks at a client that was asked for a certificate. */
export function clientOf(socket: TLSSocket): TlsClient {
  // For a session that is resumed without any certificate Node says `authorized` all the same.
  const shown = socket.getPeerX509Certificate();
  if (shown === undefined) {
    return { certificate: { verified: false, subject: '', fingerprint: '' }, refusal: CERTIFICATE_MISSING };
  }
  const verified = socket.authorized;
  const certificate = {
    verified,
    // What nobody vouches for may call itself anything.
    subject: verified ? distinguishedName(shown) : '',
    fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
  // By its type an error, by what it is a word.
  return { certificate, refusal: verified ? '' : String(socket.authorizationError) };
}

/** RFC 4514: the last part first; what isn't visible ASCII as escaped bytes. */
function distinguishedName({ subject }: X509Certificate): string {
  // Node has a line for each part, its values escaped by RFC 2253, and control characters too.
  const parts = subject.split('\n').filter((part) => part !== '');
  return parts
    .toReversed()
    .join(',')
    .replaceAll(/[^\x20-\x7e]/gu, escaped);
}

function escaped(char: string): string {
  const bytes = [...Buffer.from(char)];
  return bytes.map((byte) => `\\${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
}
