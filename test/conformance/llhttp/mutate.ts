import type { Random } from '../../fixtures/random.ts';

const INTERESTING = [
  '\r',
  '\n',
  '\r\n',
  '\0',
  '\t',
  ' ',
  '\x0b',
  '\x7f',
  '\x80',
  '\xa0',
  '\xff',
  ':',
  ';',
  ',',
  '0',
  '-',
  '+',
  '_',
  '"',
];

type Mutation = (text: string, random: Random) => string;

const replaceAt = (text: string, at: number, length: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + length);

/** The start of a random line, and its length with its end. */
function someLine(text: string, random: Random): { at: number; length: number } {
  const lines = text.split('\n');
  const index = random.int(lines.length);
  const at = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0);
  return { at, length: Math.min((lines[index] as string).length + 1, text.length - at) };
}

const MUTATIONS: readonly Mutation[] = [
  // A bit flips.
  (text, random) => {
    const at = random.int(text.length);
    return replaceAt(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(8))));
  },
  (text, random) => replaceAt(text, random.int(text.length), 1, String.fromCharCode(random.int(256))),
  (text, random) => replaceAt(text, random.int(text.length + 1), 0, random.pick(INTERESTING)),
  (text, random) => replaceAt(text, random.int(text.length), 1 + random.int(3), ''),
  // A line is there twice, not at all, or elsewhere.
  (text, random) => {
    const { at, length } = someLine(text, random);
    return replaceAt(text, at, 0, text.slice(at, at + length));
  },
  (text, random) => {
    const { at, length } = someLine(text, random);
    return replaceAt(text, at, length, '');
  },
  (text, random) => {
    const { at, length } = someLine(text, random);
    const without = replaceAt(text, at, length, '');
    return replaceAt(without, someLine(without, random).at, 0, text.slice(at, at + length));
  },
  (text, random) => text.slice(0, random.int(text.length)),
  // LF for one CRLF, or for all.
  (text, random) => {
    const at = text.indexOf('\r\n', random.int(text.length));
    return at < 0 ? text : replaceAt(text, at, 2, random.pick(['\n', '\r', '\r\n ', '\r\n\t', '\n\n', '\r\r\n']));
  },
  (text) => text.replaceAll('\r\n', '\n'),
  // Numbers that other languages read.
  (text, random) => {
    const numbers = [...text.matchAll(/\d+/g)];
    if (numbers.length === 0) return text;
    const number = random.pick(numbers);
    const wrong = random.pick(['+$', '-$', '0x$', '0$', '$_0', '$.', '$ ', ' $', '$e0', '$,$', '$$$$$$$$', '٣']);
    return replaceAt(text, number.index, number[0].length, wrong.replaceAll('$', number[0]));
  },
  // Two bytes change places.
  (text, random) => {
    const at = random.int(Math.max(1, text.length - 1));
    return replaceAt(text, at, 2, (text[at + 1] ?? '') + (text[at] ?? ''));
  },
];

/** Damages a stream at up to `times` places. The result is bytes: one char each. */
export function mutate(text: string, random: Random, times: number): string {
  let out = text;
  for (let i = 0; i < times && out.length > 0; i++) out = random.pick(MUTATIONS)(out, random);
  return Buffer.from(out, 'latin1').toString('latin1');
}
