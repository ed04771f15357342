import { expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { emptyTally, expectSame, count } from './compare.ts';
import { cutAtRandom, cutIntoBytes } from './cut.ts';
import { driveConnection } from './drive-connection.ts';
import { RequestEngine } from './engine.ts';
import { requestStream } from './generate-requests.ts';
import { mutate } from './mutate.ts';
import { Llhttp } from './oracle.ts';

const STREAMS = Math.min(countOf(10_000), 20_000);

it(
  'reads and answers on a connection what the bare engine reads, whatever the pace',
  { timeout: 120_000 },
  async () => {
    const seed = seedOf();
    const random = new Random(seed);
    const answersParser = new Llhttp('response');
    const requestsParser = new Llhttp('request');
    const engine = new RequestEngine();
    const tally = emptyTally();
    for (let i = 0; i < STREAMS; i++) {
      const plain = requestStream(random);
      const text = random.chance(0.4) ? mutate(plain, random, 1 + random.int(2)) : plain;
      const bytes = Buffer.from(text, 'latin1');
      const told = `FUZZ_SEED=${seed}, stream ${i}: ${JSON.stringify(text)}`;
      const whole = i % 3 === 0;
      const pieces = whole ? [bytes] : i % 30 === 1 ? cutIntoBytes(bytes) : cutAtRandom(bytes, random);
      const bare = engine.read([bytes]);
      const { reading, answers, methods, closed } = await driveConnection(pieces, random);
      // A head that comes in pieces is looked at when a line ends: at the stream's end it may not have been, yet.
      const unseen = !whole && reading.refused === '' && bare.refused !== '';
      expectSame({ ...bare, refused: unseen ? '' : bare.refused }, reading, told);
      expect(closed, told).toBe(true);
      const sent = answersParser.read(answers, (index) => methods[index] === 'HEAD');
      expect(sent.refused, told).toBe('');
      const complete = reading.messages.filter((message) => message.complete).length;
      expect(sent.messages, told).toHaveLength(complete + (reading.refused === '' ? 0 : 1));
      expect(
        sent.messages.filter((message) => !message.complete),
        told,
      ).toEqual([]);
      count(tally, reading, requestsParser.read(bytes));
    }
    console.log(`connections: FUZZ_SEED=${seed}`, tally);
    expect(tally.accepted).toBeGreaterThan(STREAMS * 0.4);
    expect(tally.pipelined).toBeGreaterThan(STREAMS * 0.08);
    expect(tally.bothRefused).toBeGreaterThan(STREAMS * 0.2);
  },
);

it('comes to the same under tight limits, however the bytes are cut', { timeout: 120_000 }, async () => {
  const seed = seedOf();
  const random = new Random(seed);
  const tally = { requests: 0, refused: 0, tooLarge: 0 };
  for (let i = 0; i < STREAMS / 4; i++) {
    const limits = { requestLine: 20 + random.int(30), headerCount: 1 + random.int(8), headers: 60 + random.int(200) };
    const text = requestStream(random);
    const bytes = Buffer.from(text, 'latin1');
    const told = `FUZZ_SEED=${seed}, stream ${i}, ${JSON.stringify(limits)}: ${JSON.stringify(text)}`;
    const whole = (await driveConnection([bytes], random, limits)).reading;
    const pieces = i % 10 === 0 ? cutIntoBytes(bytes) : cutAtRandom(bytes, random);
    const cut = (await driveConnection(pieces, random, limits)).reading;
    expect(cut.messages, told).toEqual(whole.messages);
    // Which of two faults is seen first may depend on the cuts, and a head without its end may not have been looked at.
    if (cut.refused !== '') expect(whole.refused, told).not.toBe('');
    tally.requests += whole.messages.length;
    if (whole.refused !== '') tally.refused++;
    if (/^(?:head-too-large|too-many-headers|target-too-long)/.test(whole.refused)) tally.tooLarge++;
  }
  console.log(`tight limits: FUZZ_SEED=${seed}`, tally);
  expect(tally.requests).toBeGreaterThan(STREAMS * 0.05);
  expect(tally.tooLarge).toBeGreaterThan(STREAMS * 0.05);
});
