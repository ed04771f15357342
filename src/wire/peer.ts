import type { Socket } from 'node:net';

/** The other end of a client's connection. */
export interface Peer {
  /** Without the prefix of an IPv4-mapped address. */
  readonly address: string;
  /** Whether what it sends comes through TLS. */
  readonly encrypted: boolean;
}

/** As far as the socket alone can tell. */
export function peerOf(socket: Socket): Peer {
  const address = socket.remoteAddress ?? '';
  return {
    address: address.startsWith('::ffff:') ? address.slice(7) : address,
    encrypted: 'encrypted' in socket,
  };
}
