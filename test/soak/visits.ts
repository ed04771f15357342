import { createHash } from 'node:crypto';
import type { Random } from '../fixtures/random.ts';
import type { RawClient } from '../fixtures/raw-client.ts';

/** What one client does on one connection, from which it then goes away. Throws if an answer isn't what it should be. */
export type Visit = (client: RawClient, random: Random) => Promise<void>;

const ORIGIN = 'https://app.test';
const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

function expectEqual(found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

function expectOneOf(found: number, expected: readonly number[]): void {
  if (!expected.includes(found)) throw new Error(`${found} instead of one of ${expected.join()}`);
}

const digest = (text: string): string => createHash('sha1').update(text, 'latin1').digest('hex');
const get = (path: string, lines = ''): string => `GET ${path} HTTP/1.1\r\nHost: a.test\r\n${lines}\r\n`;

function put(path: string, body: string, random: Random): string {
  const head = `PUT ${path} HTTP/1.1\r\nHost: a.test\r\n`;
  if (random.chance(0.5)) return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  const half = Math.floor(body.length / 2);
  const chunks = [body.slice(0, half), body.slice(half)].filter((data) => data !== '');
  const coded = chunks.map((data) => `${data.length.toString(16)}\r\n${data}\r\n`).join('');
  return `${head}Transfer-Encoding: chunked\r\n\r\n${coded}0\r\nX-Sum: 1\r\n\r\n`;
}

/** Visits whose answers are known. */
export const HONEST: Readonly<Record<string, Visit>> = {
  async keepAlive(client, random) {
    for (let i = 1 + random.int(10); i > 0; i--) {
      const body = 'b'.repeat(random.int(3) * random.int(40_000));
      client.send(put(`/honest/${i}`, body, random));
      expectEqual((await client.answer()).body.text, `/honest/${i} ${digest(body)}`);
    }
  },
  async plain(client, random) {
    const path = random.pick(['/here', '/files/a.txt', '/honest/large', '/nowhere']);
    const { status, body } = await client.ask(path, { fields: `Origin: ${ORIGIN}\r\n` });
    const [expected, length] = { '/here': [200, 4], '/files/a.txt': [200, 200_000], '/honest/large': [200, 300_000] }[
      path
    ] ?? [404, body.text.length];
    expectEqual(`${status} ${body.text.length}`, `${expected} ${length}`);
  },
  async head(client) {
    expectEqual((await client.ask('/honest/large', { method: 'HEAD' })).head.get('content-length'), '300000');
    expectEqual((await client.ask('/files/a.txt', { method: 'HEAD' })).head.get('content-length'), '200000');
  },
  async preflight(client) {
    const fields = `Origin: ${ORIGIN}\r\nAccess-Control-Request-Method: PUT\r\n`;
    expectEqual((await client.ask('/honest/x', { method: 'OPTIONS', fields })).status, 204);
  },
  async pipeline(client, random) {
    const count = 2 + random.int(20);
    const bodies = Array.from({ length: count }, () => 'p'.repeat(random.int(2000)));
    client.send(bodies.map((body, i) => put(`/honest/${i}`, body, random)).join(''));
    for (const [i, body] of bodies.entries()) {
      expectEqual((await client.answer()).body.text, `/honest/${i} ${digest(body)}`);
    }
  },
  async expectation(client) {
    client.send('POST /honest/e HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n');
    expectEqual((await client.answer()).status, 100);
    client.send('abc');
    expectEqual((await client.answer()).status, 200);
  },
  async oldVersion(client) {
    client.send('GET /honest/old HTTP/1.0\r\n\r\n');
    expectEqual((await client.answer()).body.text, `/honest/old ${digest('')}`);
  },
  async refused(client, random) {
    client.send(random.pick([get('/honest/x', 'X-A : 1\r\n'), 'nonsense\r\n\r\n', get('/a/../b')]));
    expectEqual((await client.answer()).status, 400);
    await client.rest();
  },
  async tooLarge(client) {
    client.send(`POST /honest/x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n30d41\r\n`);
    client.send('x'.repeat(200_001));
    expectEqual((await client.answer()).problem, 'body-too-large');
  },
  async slowHead(client, random) {
    for (const piece of get('/honest/slow').match(/.{1,9}/gs) ?? []) {
      await client.deliver(piece);
      await pause(random.int(20));
    }
    expectEqual((await client.answer()).status, 200);
  },
  async headTooSlow(client) {
    client.send('GET / HTTP/1.1\r\n');
    expectEqual((await client.answer()).problem, 'header-timeout');
  },
  async bodyTooSlow(client) {
    client.send('POST /honest/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 9\r\n\r\nabc');
    expectEqual((await client.answer()).problem, 'body-timeout');
  },
  async idle(client) {
    expectEqual((await client.ask('/honest/x')).status, 200);
    expectEqual(await client.rest(), '');
  },
  async slowReader(client) {
    client.send(get('/honest/large'));
    client.socket.pause();
    await pause(200);
    client.socket.resume();
    expectEqual((await client.answer()).body.text.length, 300_000);
  },
  async events(client, random) {
    client.send(get('/honest/events'));
    expectEqual((await client.head()).status, 200);
    for (let i = random.int(10); i > 0; i--) expectEqual(await client.chunk(), 'data: something happened\n\n');
  },
  async webSocket(client, random) {
    client.send(get('/honest/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    expectEqual((await client.head()).status, 101);
    for (let i = random.int(10); i > 0; i--) {
      const text = 'w'.repeat(1 + random.int(20_000));
      client.send(text);
      expectEqual(await client.take(text.length), text);
    }
  },
};

/** Visits that end before their answer, at a moment of chance. */
export const LEAVING: Readonly<Record<string, Visit>> = {
  async silent(_, random) {
    await pause(random.int(50));
  },
  async inHead(client, random) {
    client.send(get('/honest/x').slice(0, 1 + random.int(20)));
    await pause(random.int(20));
  },
  async inBody(client, random) {
    client.send(
      `POST /honest/x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(random.int(50_000))}`,
    );
    await pause(random.int(20));
  },
  async inAnswer(client, random) {
    client.send(get(random.pick(['/honest/large', '/files/a.txt', '/honest/events'])));
    await client.until('\r\n\r\n');
    await pause(random.int(10));
  },
  async inPipeline(client, random) {
    client.send(Array.from({ length: 20 }, (_, i) => put(`/honest/${i}`, 'x'.repeat(1000), random)).join(''));
    await pause(random.int(20));
  },
  async withoutReading(client, random) {
    client.socket.pause();
    client.send(get('/honest/large').repeat(1 + random.int(20)));
    await pause(random.int(100));
  },
  async beforeAnswer(client, random) {
    client.send(get(random.pick(['/honest/x', '/rude/x'])));
    await pause(random.int(30));
  },
};

/**
 * What the rude server says on idle connections. If it's still on its way as the next request goes out there, it's taken
 * for the answer: nobody could tell.
 */
const IDLE_WORDS = 408;

/** Visits to the server that never does what it should: what they get is its fault, said by the gateway or seen as a cut. */
export const RUDE: Readonly<Record<string, Visit>> = {
  async asks(client, random) {
    const body = random.chance(0.5) ? '' : 'r'.repeat(random.int(100_000));
    client.send(body === '' ? get('/rude/x') : put('/rude/x', body, random));
    await client.answer().then(
      ({ status }) => expectOneOf(status, [200, 103, 413, 502, 504, IDLE_WORDS]),
      // Cut, so that nobody takes it for whole.
      () => {},
    );
  },
  async webSocket(client) {
    client.send(get('/rude/ws', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    const { status } = await client.head();
    expectOneOf(status, [101, 403, 502, 504, IDLE_WORDS]);
    if (status === 101) await client.rest();
  },
};
