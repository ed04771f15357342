import { describe, expect, it } from 'vitest';
import { isRefusal, parseTargetUrl } from '../../../src/guard/index.ts';
import { readingsOf } from '../../../src/guard/path-rules.ts';
import { countOf, Random, seedOf } from '../../fixtures/random.ts';
import { readByPython, readByStandard, type Reading } from './reference-parsers.ts';
import { randomUrl } from './url-grammar.ts';

/** A caret in a path is escaped by parsers since 2024, and was left by those before: it means the same. */
function asText(reading: Reading | undefined): string | undefined {
  return reading && [reading.scheme, reading.host, reading.port, reading.path.replaceAll('^', '%5E')].join(' ');
}

/**
 * Names that are written from right to left in part. Whether letters of both directions may stand side by side (RFC 5893)
 * Node doesn't ask, and the reference does: it then asks nobody, and there is no other host that it could ask.
 */
function isBidi(text: string): boolean {
  return /[\u0590-\u08ff]/.test(text);
}

describe('a URL that the guard accepts', () => {
  const seed = seedOf();
  const random = new Random(seed);
  const texts = [...new Set(Array.from({ length: countOf(20_000) }, () => randomUrl(random, 8080)))];
  const accepted = texts.flatMap((text) => {
    const parsed = parseTargetUrl(text);
    if (isRefusal(parsed)) return [];
    const { target, path } = parsed;
    // As `admit` does: Node 20 forgets dot segments behind hosts like `0x7f.1`, now and then.
    if (readingsOf(path.replace(/\?.*$/s, '')) === 'unsafe') return [];
    return [{ text, reading: { scheme: target.protocol, host: target.host, port: target.port, path } }];
  });

  it('is one in some', () => {
    expect(accepted.length).toBeGreaterThan(texts.length / 10);
    expect(accepted.length).toBeLessThan(texts.length * 0.9);
  });

  it('means the same server and path to another parser of the URL Standard', () => {
    const wrong = accepted.flatMap(({ text, reading }) => {
      const [ours, theirs] = [asText(reading), asText(readByStandard(text))];
      return ours === theirs || (theirs === undefined && isBidi(text)) ? [] : [{ text, ours, theirs }];
    });
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });

  it('means the same server and path to a parser by RFC 3986', () => {
    const readings = readByPython(accepted.map(({ text }) => text));
    const wrong = accepted.flatMap(({ text, reading }, at) => {
      const [ours, theirs] = [asText(reading), asText(readings[at])];
      return ours === theirs || (theirs === undefined && isBidi(text)) ? [] : [{ text, ours, theirs }];
    });
    expect(wrong, `FUZZ_SEED=${seed}`).toEqual([]);
  });
});
