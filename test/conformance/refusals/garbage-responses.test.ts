import { afterAll, beforeAll, expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { cutAtRandom } from '../llhttp/cut.ts';
import { ResponseEngine } from '../llhttp/engine.ts';
import { responseStream } from '../llhttp/generate-responses.ts';
import { mutate } from '../llhttp/mutate.ts';
import { Llhttp } from '../llhttp/oracle.ts';
import type { Message } from '../llhttp/reading.ts';

const STREAMS = Math.min(countOf(1500), 20_000);

let upstream: RawUpstream;
let gateway: TestGateway;
let pieces: readonly Buffer[] = [];

beforeAll(async () => {
  upstream = await startRawUpstream(async (peer) => {
    await peer.head();
    for (const piece of pieces) await peer.deliver(piece);
    peer.end();
  });
  gateway = await startProxy(upstream.url, { cors: { default: { origins: ['https://app.test'] } } });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const isInterim = ({ start }: Message): boolean => start.startsWith('1') && start !== '101';

/** Reads until the answer is whole, or the connection over. */
async function answerOf(client: RawClient, from: number, head: boolean): Promise<Message | undefined> {
  const llhttp = new Llhttp('response');
  for (;;) {
    // Without the end of the connection, which would complete a body that has no length.
    const read = llhttp.read(Buffer.from(client.received.slice(from), 'latin1'), () => head);
    expect(read.refused).toBe('');
    const final = read.messages.find((message) => !isInterim(message));
    const byClose = final !== undefined && !/content-length|transfer-encoding/i.test(final.headers.join('\n'));
    if (client.fate !== '' || (final?.complete === true && (!byClose || head || /^(?:204|304)$/.test(final.start)))) {
      return final;
    }
    await Promise.race([client.gone, new Promise((resolve) => client.socket.once('data', resolve))]);
  }
}

it('makes of whatever an upstream sends a well-formed answer, or a 502', { timeout: 120_000 }, async () => {
  const seed = seedOf();
  const random = new Random(seed);
  const engine = new ResponseEngine();
  const tally = { passed: 0, refused: 0, cut: 0 };
  let client = await gateway.connect();
  for (let i = 0; i < STREAMS; i++) {
    const { text: plain } = responseStream(random);
    const text = random.chance(0.5) ? mutate(plain, random, 1 + random.int(3)) : plain;
    const bytes = Buffer.from(text, 'latin1');
    pieces = random.chance(0.6) ? [bytes] : cutAtRandom(bytes, random);
    const head = random.chance(0.2);
    const told = `FUZZ_SEED=${seed}, stream ${i}${head ? ' to HEAD' : ''}: ${JSON.stringify(text)}`;
    // The first that isn't interim; a 101 that nobody asked for ends it all.
    const first = engine.readAnswers([bytes], () => head).messages.find((message) => !isInterim(message));
    const expected = first?.start === '101' ? undefined : first;
    if (client.fate !== '') client = await gateway.connect();
    const from = client.received.length;
    client.send(`${head ? 'HEAD' : 'GET'} /${i} HTTP/1.1\r\nHost: a.test\r\nOrigin: https://app.test\r\n\r\n`);
    const got = await answerOf(client, from, head).catch((error: unknown) => {
      throw new Error(told, { cause: error });
    });
    if (expected === undefined) {
      expect(got?.start, told).toBe('502');
      expect(got?.headers, told).toContain('https://app.test');
      tally.refused++;
    } else if (expected.complete) {
      expect([got?.start, got?.body, got?.complete], told).toEqual([expected.start, expected.body, true]);
      expect(got?.trailers, told).toEqual(expected.trailers);
      tally.passed++;
    } else {
      // The head may have gone out before the fault showed: then the answer must be seen to be broken.
      expect(got?.start === '502' || got?.complete !== true, told).toBe(true);
      expect(expected.body.startsWith(got?.start === '502' ? '' : (got?.body ?? '')), told).toBe(true);
      tally.cut++;
    }
  }
  client.end();
  console.log(`answers through the gateway: FUZZ_SEED=${seed}`, tally);
  expect(tally.passed).toBeGreaterThan(STREAMS * 0.3);
  expect(tally.refused).toBeGreaterThan(STREAMS * 0.1);
  expect(tally.cut).toBeGreaterThan(STREAMS * 0.01);
  expect(gateway.lines).toEqual([]);
  await gateway.quiet();
});
