import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes the bytes that an upstream socket reads. */
export type Receive = (buffer: Buffer, bytes: number, owned: boolean) => void;

/**
 * Joins a client's and an upstream's connection: bytes both ways with backpressure, a half-close passed on as one, and
 * the end of either the end of both.
 *
 * @param takeOver redirects what the upstream socket reads
 */
export function joinTunnel(client: Duplex, upstream: Socket, takeOver: (receive: Receive) => void): void {
  takeOver((buffer, bytes, owned) => {
    const chunk = buffer.subarray(0, bytes);
    if (!client.write(owned ? chunk : Buffer.from(chunk))) upstream.pause();
  });
  client.on('drain', () => upstream.resume());
  client.on('data', (chunk: Buffer) => {
    if (!upstream.write(chunk)) client.pause();
  });
  upstream.on('drain', () => client.resume());
  client.on('end', () => upstream.end());
  upstream.on('end', () => client.end());
  // A reset, or the death of one side, isn't survived by the other.
  client.on('close', () => upstream.destroy());
  upstream.on('close', () => client.destroy());
  client.on('error', () => upstream.destroy());
  client.resume();
}
