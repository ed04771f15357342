import * as fc from 'fast-check';
import { countOf } from '../../fixtures/random.ts';

/**
 * How a property is tried: for some seconds at most, whatever the machine, unless FUZZ_COUNT asks for more. What fails is
 * printed with its seed.
 */
export const BOUNDED: fc.Parameters<unknown> = {
  numRuns: countOf(1000),
  interruptAfterTimeLimit: Math.max(5000, countOf(0) * 10),
};

type Field = readonly [name: string, value: string];

/** How a body is sent. */
export type SentBody =
  | { readonly framing: 'none' }
  | { readonly framing: 'length' | 'close'; readonly text: string }
  | { readonly framing: 'chunked'; readonly chunks: readonly Chunk[]; readonly trailers: readonly Field[] };

interface Chunk {
  readonly data: string;
  /** Before the size. */
  readonly zeros: string;
  readonly extension: string;
}

/** A well-formed message and what is in it. */
export interface SentMessage {
  /** The request line or the status line. */
  readonly start: string;
  readonly fields: readonly Field[];
  readonly body: SentBody;
}

const chars = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i));

const visible = [...chars(0x21, 0x7e), ...chars(0xa1, 0xff)];
/** Neither at the beginning nor at the end of a value: white space there doesn't belong to it. */
const inside = [...visible, ' ', '\t'];
const textOf = (unit: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...unit), maxLength });

const value = fc
  .tuple(textOf(visible, 3), textOf(inside, 20), textOf(visible, 3))
  .map(([first, middle, last]) => (first === '' || last === '' ? first + last : first + middle + last));
// A name that nobody knows: what is known is changed on the way, which other tests are about.
const name = textOf([...chars(0x61, 0x7a), ...chars(0x41, 0x5a), ...chars(0x30, 0x39), '-', '.', '~'], 8).map(
  (text) => `X-Any${text}`,
);
const fields = fc.array(fc.tuple(name, value), { maxLength: 5 });

// Also what would be a message if the framing were lost.
const bytes = fc.oneof(
  { weight: 6, arbitrary: textOf(chars(0, 255), 60) },
  { weight: 2, arbitrary: fc.constantFrom('0\r\n\r\n', 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n', '\r\n\r\n') },
  { weight: 1, arbitrary: fc.integer({ min: 10_000, max: 150_000 }).map((length) => 'x'.repeat(length)) },
);

const chunk = fc.record({
  data: bytes.filter((text) => text !== ''),
  zeros: fc.constantFrom('', '', '0', '000'),
  extension: fc.constantFrom('', '', ';a', ';a=b', ';a="b;\\" c";d'),
});
const chunked = fc.record({
  framing: fc.constant('chunked' as const),
  chunks: fc.array(chunk, { maxLength: 4 }),
  trailers: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fields }),
});
const counted = bytes.map((text) => ({ framing: 'length' as const, text }));

export const request: fc.Arbitrary<SentMessage> = fc.record({
  start: fc
    .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PROPFIND'), textOf(chars(0x61, 0x7a), 10))
    .map(([method, path]) => `${method} /${path} HTTP/1.1`),
  fields,
  body: fc.oneof(fc.constant({ framing: 'none' as const }), counted, chunked),
});

export const response: fc.Arbitrary<SentMessage> = fc.record({
  start: fc
    .constantFrom('200 OK', '201 Created', '404 Not Found', '500 Internal Server Error')
    .map((status) => `HTTP/1.1 ${status}`),
  fields,
  body: fc.oneof(
    counted,
    chunked,
    bytes.map((text) => ({ framing: 'close' as const, text })),
  ),
});

export const interim: fc.Arbitrary<SentMessage> = fc.record({
  start: fc.constantFrom('HTTP/1.1 102 Processing', 'HTTP/1.1 103 Early Hints'),
  fields,
  body: fc.constant({ framing: 'none' as const }),
});

/** The message as bytes, one char each. @param lines further ones, each with its CRLF */
export function written({ start, fields: own, body }: SentMessage, lines = ''): string {
  const text = own.map(([field, content]) => `${field}: ${content}\r\n`).join('');
  const head = `${start}\r\n${lines}${text}`;
  switch (body.framing) {
    case 'none':
      return `${head}\r\n`;
    case 'close':
      return `${head}\r\n${body.text}`;
    case 'length':
      return `${head}Content-Length: ${body.text.length}\r\n\r\n${body.text}`;
    default: {
      const chunks = body.chunks.map(
        ({ data, zeros, extension }) => `${zeros}${data.length.toString(16)}${extension}\r\n${data}\r\n`,
      );
      const trailers = body.trailers.map(([field, content]) => `${field}: ${content}\r\n`).join('');
      return `${head}Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n${trailers}\r\n`;
    }
  }
}

/** The body without its framing. */
export function contentOf(body: SentBody): string {
  if (body.framing === 'none') return '';
  return body.framing === 'chunked' ? body.chunks.map(({ data }) => data).join('') : body.text;
}

/** Places to cut a message of any length at; see `cutAt`. */
export const cuts: fc.Arbitrary<readonly number[]> = fc.array(fc.nat(), { maxLength: 12 });

/** The bytes in pieces. */
export function cutAt(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % text.length))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length)).filter((piece) => piece !== '');
}
