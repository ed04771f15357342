import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MemorySocket } from '../../../test/fixtures/memory-socket.ts';
import type { Exchange } from '../exchange.ts';
import { HeaderList } from '../header-list.ts';
import { TimerWheel } from '../timer-wheel.ts';
import { ServerConnection } from './server-connection.ts';

const TIMEOUTS = { head: 60_000, body: 60_000, keepAlive: 60_000, write: 60_000 };
const LIMITS = { requestLine: 1024, headerCount: 10, headers: 4096 };

/** A connection whose requests go to `handle`. */
function connectTo(handle: (exchange: Exchange) => void, timeouts: Partial<typeof TIMEOUTS> = {}): MemorySocket {
  const socket = new MemorySocket();
  const context = {
    limits: LIMITS,
    timeouts: { ...TIMEOUTS, ...timeouts },
    wheel: new TimerWheel(),
    draining: false,
    handle,
    refuse: () => {},
    closed: () => {},
  };
  void new ServerConnection(socket.asSocket(), context);
  return socket;
}

async function send(socket: MemorySocket, ...pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.push(Buffer.from(piece, 'latin1'));
    await turn();
  }
}

describe("a client's connection", () => {
  it("reads on when a body's last piece filled its sink and was answered in the same breath", async () => {
    const seen: string[] = [];
    const socket = connectTo((exchange) => {
      seen.push(exchange.path);
      const answer = (): void => exchange.reply(204, new HeaderList());
      if (exchange.bodyLength === 0) return answer();
      exchange.readBody({ chunk: () => false, holds: false, end: answer, abort: () => {} });
    });
    await send(
      socket,
      'POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
      'GET /2 HTTP/1.1\r\nHost: a\r\n\r\n',
    );
    expect(seen).toEqual(['/1', '/2']);
  });

  it("reads on in the next request's body too, when that began in the same piece", async () => {
    const seen: string[] = [];
    const socket = connectTo((exchange) => {
      exchange.readBody({
        chunk: () => exchange.path === '/2',
        holds: false,
        end: () => {
          seen.push(exchange.path);
          exchange.reply(204, new HeaderList());
        },
        abort: () => {},
      });
    });
    const head = (path: string): string => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n`;
    await send(socket, `${head('/1')}abc${head('/2')}a`, 'bc');
    expect(seen).toEqual(['/1', '/2']);
  });

  it('is not idle while the end of an answer waits for a slow reader', async () => {
    const socket = connectTo((exchange) => exchange.reply(200, new HeaderList(), 'all of it'), { keepAlive: 50 });
    socket.block();
    await send(socket, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(400);
    expect(socket.destroyed).toBe(false);
    socket.unblock();
    await expect.poll(() => socket.destroyed).toBe(true);
  });
});
