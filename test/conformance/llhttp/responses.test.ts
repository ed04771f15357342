import { expect, it } from 'vitest';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { count, difference, emptyTally, expectSame } from './compare.ts';
import { cutAtRandom, cutIntoBytes } from './cut.ts';
import { ResponseEngine } from './engine.ts';
import { responseStream } from './generate-responses.ts';
import { mutate } from './mutate.ts';
import { Llhttp } from './oracle.ts';

const STREAMS = countOf(100_000);

it(`reads responses as Node's parser does, or refuses them`, { timeout: 120_000 }, () => {
  const seed = seedOf();
  const random = new Random(seed);
  const llhttp = new Llhttp('response');
  const engine = new ResponseEngine();
  const tally = emptyTally();
  for (let i = 0; i < STREAMS; i++) {
    const { text: plain, toHead } = responseStream(random);
    const text = random.chance(0.4) ? mutate(plain, random, 1 + random.int(2)) : plain;
    const answersHead = (index: number): boolean => toHead[index] ?? false;
    const bytes = Buffer.from(text, 'latin1');
    const theirs = llhttp.read(bytes, answersHead);
    const ours = engine.readAnswers([bytes], answersHead);
    const told = `FUZZ_SEED=${seed}, stream ${i} (${toHead.join()}): ${JSON.stringify(text)}`;
    const fault = difference(ours, theirs);
    if (fault !== '') throw new Error(`${fault}\n${told}`);
    count(tally, ours, theirs);
    if (i % 4 === 0) {
      const pieces = i % 40 === 0 ? cutIntoBytes(bytes) : cutAtRandom(bytes, random);
      expectSame(ours, engine.readAnswers(pieces, answersHead), `in pieces: ${told}`);
    }
  }
  console.log(`responses: FUZZ_SEED=${seed}`, tally);
  // Neither a fuzz of garbage nor one of plain responses says much.
  expect(tally.accepted).toBeGreaterThan(STREAMS * 0.4);
  expect(tally.withBody).toBeGreaterThan(STREAMS * 0.1);
  expect(tally.withTrailers).toBeGreaterThan(STREAMS * 0.003);
  expect(tally.pipelined).toBeGreaterThan(STREAMS * 0.08);
  expect(tally.bothRefused).toBeGreaterThan(STREAMS * 0.2);
  expect(tally.stricter).toBeLessThan(STREAMS * 0.2);
});
