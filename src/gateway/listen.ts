import type { AddressInfo, Server } from 'node:net';
import type { ListenerModel } from '../config/model.ts';

/** An address that the gateway listens on. */
export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** `http://host:port` or `https://host:port`, with a host that a browser can open. */
  readonly url: string;
}

/** Half-open: a client that has sent all may still be owed its answer's end; the connection decides. */
export const SOCKET_OPTIONS = { allowHalfOpen: true, noDelay: true } as const;

/**
 * Whether an address of another config is the one that is listened on already, so that a reload leaves it open.
 * @param port the one that was taken where the config says 0
 */
export function isSameAddress(one: ListenerModel, port: number | undefined, other: ListenerModel): boolean {
  return one.host === other.host && (one.port === other.port || port === other.port);
}

/** @throws the system's error (EADDRINUSE, EACCES, …) if the address can't be listened on. */
export function listenOn(server: Server, model: ListenerModel): Promise<GatewayAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: model.host, port: model.port }, () => {
      server.off('error', reject);
      // Running out of descriptors must not end the process: the next accept may succeed.
      server.on('error', () => {});
      const { port } = server.address() as AddressInfo;
      resolve(addressOf(model, port));
    });
  });
}

/** What a listener's address is called, with the port that was taken. */
export function addressOf({ host, tls }: ListenerModel, port: number): GatewayAddress {
  const scheme = tls === undefined ? 'http' : 'https';
  return { host, port, url: `${scheme}://${browsable(host)}:${port}` };
}

/** Waits for all. @throws the first failure once every one is over, so that what stands can be closed. */
export async function allListening(attempts: readonly Promise<GatewayAddress>[]): Promise<readonly GatewayAddress[]> {
  await Promise.allSettled(attempts);
  return Promise.all(attempts);
}

/** A wildcard address is no address to open in a browser. */
function browsable(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
