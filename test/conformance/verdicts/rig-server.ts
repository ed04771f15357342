import { STATUS_CODES } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { HeaderLines } from '../../../src/cors/index.ts';

/** A request as it came: any method, any header, as browsers send them. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** An answer, written as it is: strings are bytes, one character each. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body?: string;
}

/** A server that answers one request on each connection, and refuses no method and no byte. */
export interface RawServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Starts one on loopback. */
export async function startRawServer(answer: (request: RawRequest) => RawAnswer): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Browsers open connections that they then don't need, and leave in the middle.
    socket.on('error', () => socket.destroy());
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += String(chunk);
      const request = parse(received);
      if (request === undefined) return;
      socket.removeAllListeners('data');
      socket.end(serialize(answer(request)), 'latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The request, once it's there to its end. */
function parse(received: string): RawRequest | undefined {
  const end = received.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [line = '', ...fields] = received.slice(0, end).split('\r\n');
  const [method = '', path = ''] = line.split(' ');
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()] as const;
    }),
  );
  const body = received.slice(end + 4);
  return body.length < Number(headers.get('content-length') ?? 0) ? undefined : { method, path, headers, body };
}

function serialize({ status, headers, body = '' }: RawAnswer): string {
  const framing: HeaderLines = [204, 205, 304].includes(status) ? [] : [['Content-Length', String(body.length)]];
  const lines = [...headers, ...framing, ['Connection', 'close'] as const].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unassigned'}\r\n${lines.join('')}\r\n${body}`;
}
