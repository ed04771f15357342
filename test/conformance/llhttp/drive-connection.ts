import { setImmediate as turn } from 'node:timers/promises';
import { MemorySocket } from '../../fixtures/memory-socket.ts';
import type { Random } from '../../fixtures/random.ts';
import type { Exchange } from '../../../src/wire/exchange.ts';
import { HeaderList } from '../../../src/wire/header-list.ts';
import { ServerConnection, type ServerContext } from '../../../src/wire/http1/server-connection.ts';
import { replyProblem } from '../../../src/wire/problem.ts';
import { TimerWheel } from '../../../src/wire/timer-wheel.ts';
import type { Message, Reading } from './reading.ts';

/** What a server's connection made of a stream. */
export interface Driven {
  readonly reading: Reading;
  /** What it sent. */
  readonly answers: Buffer;
  /** The method of each request that was answered, as far as it was read. */
  readonly methods: readonly string[];
  /** Whether the connection came to its end once the client had closed its side. */
  readonly closed: boolean;
}

const TIMEOUTS = { head: 60_000, body: 60_000, keepAlive: 60_000, write: 60_000 };
const WIDE = { requestLine: 1 << 20, headerCount: 10_000, headers: 1 << 20 };

/** Of the event loop: a connection that isn't done by then hangs. */
const MAX_TURNS = 2000;

const wheel = new TimerWheel();

/** Sends the pieces to a real connection whose requests are answered now or later, their bodies taken at once or slowly. */
export async function driveConnection(
  pieces: readonly Buffer[],
  random: Random,
  limits: ServerContext['limits'] = WIDE,
): Promise<Driven> {
  const socket = new MemorySocket();
  const messages: Message[] = [];
  const methods: string[] = [];
  const reading: Reading = { messages, refused: '' };
  const hasty = random.chance(0.5);
  let waiting = 0;
  const later = (act: () => void): void => {
    waiting++;
    setImmediate(() => {
      waiting--;
      act();
    });
  };
  const soon = (act: () => void): void => {
    if (hasty || random.chance(0.5)) act();
    else later(act);
  };
  const answer = (exchange: Exchange): void => {
    const reply = (): void => exchange.reply(200, HeaderList.of(['X-A', '1']), 'fine');
    // Bytes behind a handshake are refused until it's answered; here the reading matters.
    if (exchange.upgradeTo === '') soon(reply);
    else reply();
  };
  const handle = (exchange: Exchange): void => {
    methods.push(exchange.method);
    const message: Message = {
      start: exchange.method,
      target: exchange.target,
      version: exchange.version,
      headers: exchange.headers.pairs().flat(),
      body: '',
      trailers: [],
      complete: exchange.bodyLength === 0,
      keepAlive: (exchange as Exchange & { readonly keepAlive: boolean }).keepAlive,
    };
    messages.push(message);
    if (message.complete) return answer(exchange);
    const read = (): void =>
      exchange.readBody({
        chunk(data) {
          message.body += data.toString('latin1');
          if (hasty || random.chance(0.5)) return true;
          later(() => exchange.resumeBody());
          return false;
        },
        holds: false,
        end(trailers) {
          message.trailers = trailers?.pairs().flat() ?? [];
          message.complete = true;
          answer(exchange);
        },
        abort(reason) {
          if (reason.message !== 'client-closed') reading.refused = `malformed-request: ${reason.message}`;
        },
      });
    soon(read);
  };
  const connection = new ServerConnection(socket.asSocket(), {
    limits,
    timeouts: TIMEOUTS,
    wheel,
    draining: false,
    handle,
    refuse(exchange, problem, reason) {
      methods.push(exchange.method);
      reading.refused = `${problem}: ${reason}`;
      replyProblem(exchange, problem);
    },
    closed: () => {},
  });
  for (const piece of pieces) {
    socket.push(piece);
    if (!hasty && random.chance(0.3)) await turn();
  }
  for (let quiet = 0, turns = 0; quiet < 3 && turns < MAX_TURNS; turns++) {
    await turn();
    if (waiting > 0 || (socket.readableLength > 0 && !socket.destroyed)) quiet = 0;
    else quiet++;
  }
  socket.push(null);
  for (let turns = 0; turns < MAX_TURNS && !socket.closed; turns++) await turn();
  const { closed } = socket;
  connection.destroy();
  return { reading, answers: socket.written, methods, closed };
}
