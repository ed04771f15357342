// oxlint-disable no-underscore-dangle -- Node's own name
import { Socket, type Server, type SocketConstructorOpts } from 'node:net';
import { readOptions, sharedBuffer } from './read-buffers.ts';

/** Who reads an accepted socket without streams in between. */
export interface SocketReader {
  /** The buffer for the next read. */
  nextBuffer(): Buffer;
  /** `bytes` of `buffer` have come. They're lent: the next read may overwrite them. */
  received(buffer: Buffer, bytes: number): boolean;
}

/** What Node's accepted connections are before they become sockets. */
interface ConnectionHandle {
  setNoDelay(on: boolean): unknown;
}
interface ListenHandle {
  onconnection?: (this: unknown, status: number, connection: ConnectionHandle | undefined) => void;
}

/**
 * Has a listening server make its sockets with the option `onread`, which Node documents for sockets that connect but
 * offers no way to set for those that are accepted. Where the server's inside isn't as expected, all stays as it is: it
 * goes on to emit 'connection' with sockets that are read as streams.
 *
 * @param accept takes the socket and returns who reads it
 * @param wanted asked for each connection: false leaves it to the server, as if nothing had been done
 */
export function acceptReaders(
  server: Server,
  accept: (socket: Socket) => SocketReader,
  wanted: () => boolean = () => true,
): void {
  const listening = (server as unknown as { readonly _handle?: ListenHandle | null })._handle;
  const standard = listening?.onconnection;
  if (listening === undefined || listening === null || standard === undefined) return;
  listening.onconnection = function onConnection(status, connection) {
    // A failed accept is Node's to report.
    if (status !== 0 || connection === undefined || !wanted()) return standard.call(this, status, connection);
    connection.setNoDelay(true);
    makeSocket(connection, accept);
  };
}

/**
 * Has a socket that came from another process read in the same way: its connection is taken out of it, before anything
 * is read, and put into one with `onread`. A socket that somebody else keeps account of, as its server does, or that isn't
 * a plain one, is read as a stream.
 *
 * @returns the socket to use instead of this one
 */
export function adoptReader(socket: Socket, accept: (socket: Socket) => SocketReader): Socket {
  const inside = socket as unknown as { _handle?: ConnectionHandle | null; readonly server?: unknown };
  const { _handle: connection, server } = inside;
  const plain = Object.getPrototypeOf(socket) === Socket.prototype && typeof connection?.setNoDelay === 'function';
  const untouched = socket.bytesRead === 0 && socket.bytesWritten === 0 && socket.readableFlowing === null;
  if (!plain || !untouched || (server !== undefined && server !== null)) {
    accept(socket);
    return socket;
  }
  inside._handle = null;
  return makeSocket(connection, accept);
}

function makeSocket(connection: ConnectionHandle, accept: (socket: Socket) => SocketReader): Socket {
  let reader: SocketReader | undefined = undefined;
  // `handle` is what Node itself makes accepted sockets with; its types know neither that nor `onread` here.
  const options = {
    handle: connection,
    allowHalfOpen: true,
    onread: readOptions(
      () => (reader === undefined ? sharedBuffer : reader.nextBuffer()),
      (buffer, bytes) => reader === undefined || reader.received(buffer, bytes),
    ),
  };
  const socket = new Socket(options as SocketConstructorOpts);
  reader = accept(socket);
  return socket;
}
