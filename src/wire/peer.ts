import type { Socket } from 'node:net';

/** What a client has shown of itself in the TLS handshake, where it was asked to. */
export interface ClientCertificate {
  /** It has a certificate, and one of the config's authorities has issued it. */
  readonly verified: boolean;
  /** Its distinguished name (RFC 4514, visible ASCII); '' unless it's verified. */
  readonly subject: string;
  /** SHA-256 of the certificate, in lower-case hexadecimal; '' if none was shown. */
  readonly fingerprint: string;
}

/** The other end of a client's connection. */
export interface Peer {
  /** Without the prefix of an IPv4-mapped address. */
  readonly address: string;
  /** Whether what it sends comes through TLS. */
  readonly encrypted: boolean;
  /** Undefined: it wasn't asked for one. */
  readonly certificate: ClientCertificate | undefined;
}

/** As far as the socket alone can tell. */
export function peerOf(socket: Socket): Peer {
  const address = socket.remoteAddress ?? '';
  return {
    address: address.startsWith('::ffff:') ? address.slice(7) : address,
    encrypted: 'encrypted' in socket,
    certificate: undefined,
  };
}
