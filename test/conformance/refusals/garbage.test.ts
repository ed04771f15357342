import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { cutAtRandom } from '../llhttp/cut.ts';
import { RequestEngine } from '../llhttp/engine.ts';
import { requestStream } from '../llhttp/generate-requests.ts';
import { mutate } from '../llhttp/mutate.ts';
import { Llhttp } from '../llhttp/oracle.ts';

const STREAMS = Math.min(countOf(2000), 20_000);

let upstream: Server;
let gateway: TestGateway;
/** What came on each connection to the upstream. */
const received: Buffer[][] = [];
const malformed: string[] = [];

function record(socket: Socket): void {
  const chunks: Buffer[] = [];
  received.push(chunks);
  // Beside the server's parser, which lets others listen once it has begun.
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
}

beforeAll(async () => {
  // Node's own server is the most watchful upstream there is: it tells what it can't parse.
  upstream = createServer((request, response) => {
    request.resume().on('end', () => response.end(request.method));
  });
  upstream.on('connection', record);
  upstream.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A request that the gateway breaks off because its client did.
    if (error.code !== 'HPE_INVALID_EOF_STATE' && error.code !== 'ECONNRESET') malformed.push(String(error));
    socket.destroy();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  gateway = await startProxy(`http://127.0.0.1:${port}`, { cors: { default: { origins: ['https://app.test'] } } });
});
afterAll(async () => {
  await gateway.close();
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

const SENTINEL = 'GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n';

function garbage(random: Random): string {
  if (random.chance(0.1)) {
    return Array.from({ length: random.int(200) }, () => String.fromCharCode(random.int(256))).join('');
  }
  const plain = requestStream(random);
  return random.chance(0.6) ? mutate(plain, random, 1 + random.int(4)) : plain;
}

/** Sends a stream and waits until it's answered as far as it can be. */
async function play(client: RawClient, bytes: Buffer, pieces: readonly Buffer[], answers: Llhttp): Promise<number> {
  const { messages, refused } = new RequestEngine().read([bytes]);
  const due = messages.filter(({ complete }) => complete).length + (refused === '' ? 0 : 1);
  for (const piece of pieces) await client.deliver(piece);
  for (;;) {
    const read = answers.read(Buffer.from(client.received, 'latin1'), (i) => gateway.records[i]?.method === 'HEAD');
    expect(read.refused).toBe('');
    const finals = read.messages.filter(({ start, complete }) => complete && !start.startsWith('1')).length;
    if (finals >= due || client.fate !== '') return finals;
    await Promise.race([client.gone, new Promise((resolve) => client.socket.once('data', resolve))]);
  }
}

it(
  'survives whatever clients send, and the upstream sees well-formed requests only',
  { timeout: 120_000 },
  async () => {
    const seed = seedOf();
    const random = new Random(seed);
    const answers = new Llhttp('response');
    let forwarded = 0;
    let refused = 0;
    let unsure = 0;
    for (let i = 0; i < STREAMS; i++) {
      gateway.records.length = 0;
      const bytes = Buffer.from(garbage(random) + SENTINEL, 'latin1');
      const told = `FUZZ_SEED=${seed}, stream ${i}: ${JSON.stringify(bytes.toString('latin1'))}`;
      const client = await gateway.connect();
      const pieces = random.chance(0.7) ? [bytes] : cutAtRandom(bytes, random);
      const finals = await play(client, bytes, pieces, answers).catch((error: unknown) => {
        throw new Error(told, { cause: error });
      });
      expect(gateway.records.length, told).toBeGreaterThanOrEqual(finals);
      const ok = gateway.records.filter(({ status }) => status === 200).length;
      forwarded += ok;
      refused += gateway.records.filter(({ status }) => status >= 400).length;
      unsure += gateway.records.filter(({ status, upstream: asked }) => status !== 200 && asked !== undefined).length;
      for (const { status } of gateway.records)
        expect([0, 200, 204, 400, 403, 404, 405, 417, 431, 505], told).toContain(status);
      if (random.chance(0.2)) client.reset();
      else client.end();
      await client.closed;
      // What the gateway still has to say of this stream mustn't be taken for the next one's.
      while (gateway.gateway.connections.clients > 0) await turn();
    }
    await gateway.quiet(64);
    console.log(`through the gateway: FUZZ_SEED=${seed}`, { streams: STREAMS, forwarded, refused });
    expect(malformed).toEqual([]);
    expect(gateway.lines).toEqual([]);
    const requests = new Llhttp('request');
    let whole = 0;
    for (const chunks of received) {
      const read = requests.read(Buffer.concat(chunks));
      expect(read.refused).toBe('');
      whole += read.messages.filter(({ complete }) => complete).length;
    }
    // A request that its client broke off may or may not have reached the upstream whole.
    expect(whole).toBeGreaterThanOrEqual(forwarded);
    expect(whole).toBeLessThanOrEqual(forwarded + unsure);
    expect(forwarded).toBeGreaterThan(STREAMS * 0.3);
    expect(refused).toBeGreaterThan(STREAMS * 0.3);
    const last = await gateway.connect();
    expect((await last.ask('/still-here')).status).toBe(200);
    last.end();
  },
);
