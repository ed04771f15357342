import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Random } from '../fixtures/random.ts';

/** A server that runs for the whole soak. */
export interface SoakServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Longer than the gateway keeps idle connections, so that what it serves never fails by chance. */
const KEEP_ALIVE = 5000;

async function listen(listener: RequestListener, onUpgrade: (socket: Socket) => void): Promise<SoakServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, listener);
  server.on('upgrade', (_, socket) => onUpgrade(socket as Socket));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n';

/** Does what it's asked: `/echo`, `/large`, `/events`, and WebSockets, whose bytes it sends back. */
export function startHonest(): Promise<SoakServer> {
  const large = Buffer.alloc(300_000, 'x');
  return listen(
    (request, response) => {
      const path = request.url ?? '';
      if (path.startsWith('/honest/events')) return sendEvents(response);
      if (path.startsWith('/honest/large'))
        return void response.writeHead(200, { 'Content-Length': large.length }).end(large);
      const hash = createHash('sha1');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => response.end(`${path} ${hash.digest('hex')}`));
    },
    (socket) => {
      socket.write(SWITCH);
      socket.pipe(socket);
    },
  );
}

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const timer = setInterval(() => response.write('data: something happened\n\n'), 20);
  response.on('close', () => clearInterval(timer));
}

type Fault = (request: IncomingMessage, response: ServerResponse) => void;

const raw = (bytes: string, then: 'stay' | 'end' | 'reset'): Fault => {
  return ({ socket }) => {
    socket.write(bytes, 'latin1');
    if (then === 'end') socket.end();
    if (then === 'reset') setTimeout(() => socket.resetAndDestroy(), 5);
  };
};

/** What an upstream may do instead of answering. */
const FAULTS: readonly Fault[] = [
  ({ socket }) => socket.destroy(),
  ({ socket }) => void socket.resetAndDestroy(),
  // Nothing at all: the gateway's own time runs out.
  () => {},
  raw('HTTP/1.1 200 OK\r\nContent-Le', 'stay'),
  raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'stay'),
  raw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', 'end'),
  raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', 'reset'),
  raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'stay'),
  raw('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n', 'stay'),
  raw('SSH-2.0-OpenSSH_9.2\r\n', 'stay'),
  raw('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', 'end'),
  raw('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig', 'reset'),
  raw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokpoison', 'stay'),
  // Fine, but then: bytes on an idle connection, or its end at a time of the server's choosing.
  (_, response) => {
    const { socket } = response;
    response.end('fine', () => setTimeout(() => socket?.write('HTTP/1.1 408 Idle\r\n\r\n'), 5));
  },
  (_, response) => {
    const { socket } = response;
    response.end('fine', () => setTimeout(() => socket?.end(), 5));
  },
];

/** What it may do with a handshake. */
const REFUSALS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.destroy(),
  (socket) => void socket.end('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'),
  (socket) => void socket.write(SWITCH, () => setTimeout(() => socket.resetAndDestroy(), 20)),
  // Nothing at all.
  () => {},
];

/** Never does what it should, one way or another. */
export function startRude(random: Random): Promise<SoakServer> {
  return listen(
    (request, response) => {
      response.on('error', () => {});
      request.on('error', () => {});
      if (random.chance(0.5)) request.resume();
      random.pick(FAULTS)(request, response);
    },
    (socket) => {
      random.pick(REFUSALS)(socket);
    },
  );
}
