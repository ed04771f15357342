import type { Socket } from 'node:net';
import { ServerConnection, type ServerContext } from '../wire/http1/server-connection.ts';
import type { Peer } from '../wire/peer.ts';

/** A client's connection, whatever is spoken on it. */
export interface ClientConnection {
  /** The server shuts down: closes the connection now if it's idle, else when it has come to its end. */
  closeWhenIdle(): void;
  destroy(): void;
}

/** Serves a connection. When it's closed it has to say so: `context.closed`. */
export type Speak = (socket: Socket, context: ServerContext, peer: Peer) => ClientConnection;

/** For clients that don't say what they speak. */
export const DEFAULT_PROTOCOL: Speak = (socket, context, peer) => new ServerConnection(socket, context, peer);

/** What is spoken behind TLS, by its name in ALPN (RFC 7301), the best first. */
export const PROTOCOLS: ReadonlyMap<string, Speak> = new Map([['http/1.1', DEFAULT_PROTOCOL]]);
