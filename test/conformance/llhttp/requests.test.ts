import { expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { count, difference, emptyTally, expectSame } from './compare.ts';
import { cutAtRandom, cutIntoBytes } from './cut.ts';
import { RequestEngine } from './engine.ts';
import { requestStream } from './generate-requests.ts';
import { mutate } from './mutate.ts';
import { Llhttp } from './oracle.ts';

const STREAMS = countOf(200_000);

it(`reads requests as Node's parser does, or refuses them`, { timeout: 120_000 }, () => {
  const seed = seedOf();
  const random = new Random(seed);
  const llhttp = new Llhttp('request');
  const engine = new RequestEngine();
  const tally = emptyTally();
  for (let i = 0; i < STREAMS; i++) {
    let text = requestStream(random);
    if (random.chance(0.4)) text = mutate(text, random, 1 + random.int(2));
    const bytes = Buffer.from(text, 'latin1');
    const theirs = llhttp.read(bytes);
    const ours = engine.read([bytes]);
    const fault = difference(ours, theirs);
    if (fault !== '') throw new Error(`FUZZ_SEED=${seed}, stream ${i}: ${fault}\n${JSON.stringify(text)}`);
    count(tally, ours, theirs);
    if (i % 4 === 0) {
      const pieces = i % 40 === 0 ? cutIntoBytes(bytes) : cutAtRandom(bytes, random);
      expectSame(ours, engine.read(pieces), `FUZZ_SEED=${seed}, stream ${i}, in pieces: ${JSON.stringify(text)}`);
    }
  }
  console.log(`requests: FUZZ_SEED=${seed}`, tally);
  // Neither a fuzz of garbage nor one of plain requests says much.
  expect(tally.accepted).toBeGreaterThan(STREAMS * 0.4);
  expect(tally.withBody).toBeGreaterThan(STREAMS * 0.1);
  expect(tally.withTrailers).toBeGreaterThan(STREAMS * 0.003);
  expect(tally.pipelined).toBeGreaterThan(STREAMS * 0.08);
  expect(tally.bothRefused).toBeGreaterThan(STREAMS * 0.2);
  expect(tally.stricter).toBeLessThan(STREAMS * 0.2);
});
