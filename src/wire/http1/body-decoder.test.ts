import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeaderList } from '../header-list.ts';
import { BodyDecoder, type DecodedBody } from './body-decoder.ts';

/** What a decoder made of some bytes. */
interface Decoded {
  readonly body: string;
  /** How many ends it told of. */
  readonly ends: number;
  readonly trailers: readonly (readonly [string, string])[];
  /** How many bytes it took, -1 if it refused. */
  readonly consumed: number;
  readonly reason: string;
}

function decode(start: (decoder: BodyDecoder) => void, pieces: readonly Buffer[]): Decoded {
  const decoder = new BodyDecoder();
  const chunks: Buffer[] = [];
  let ends = 0;
  let trailers: (readonly [string, string])[] = [];
  const out: DecodedBody = {
    bodyChunk: (data) => chunks.push(Buffer.from(data)),
    bodyEnd: (list: HeaderList | undefined) => {
      ends++;
      trailers = list?.pairs() ?? [];
    },
  };
  start(decoder);
  let consumed = 0;
  for (const piece of pieces) {
    const next = decoder.decode(piece, 0, piece.length, out);
    if (next < 0) {
      consumed = -1;
      break;
    }
    consumed += next;
    if (next < piece.length) break;
  }
  return { body: Buffer.concat(chunks).toString('latin1'), ends, trailers, consumed, reason: decoder.reason };
}

const chunked = (decoder: BodyDecoder): void => decoder.startChunked();

function decodeChunked(text: string): Decoded {
  return decode(chunked, [Buffer.from(text, 'latin1')]);
}

describe('a body of a length', () => {
  it('ends with its last byte and leaves the next message alone', () => {
    const read = decode((decoder) => decoder.startLength(3), [Buffer.from('abcGET')]);
    expect(read).toMatchObject({ body: 'abc', ends: 1, consumed: 3 });
  });

  it('has no end before its last byte', () => {
    expect(decode((decoder) => decoder.startLength(3), [Buffer.from('ab')])).toMatchObject({ body: 'ab', ends: 0 });
  });

  it('of 0 is none', () => {
    const decoder = new BodyDecoder();
    decoder.startLength(0);
    expect(decoder.done).toBe(true);
  });
});

describe('a body until the connection closes', () => {
  it('takes everything and has no end of its own', () => {
    const read = decode((decoder) => decoder.startUntilClose(), [Buffer.from('a'), Buffer.from('b\r\n0\r\n\r\n')]);
    expect(read).toMatchObject({ body: 'ab\r\n0\r\n\r\n', ends: 0, consumed: 9 });
  });
});

describe('a chunked body', () => {
  it.each([
    ['0\r\n\r\n', ''],
    ['3\r\nabc\r\n0\r\n\r\n', 'abc'],
    ['0003\r\nabc\r\n000\r\n\r\n', 'abc'],
    ['a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n', '01234567890123456789'],
    ['2\r\n\r\n\r\n0\r\n\r\n', '\r\n'],
    ['3;a=b;c="d;\\"e\\"";f\r\nabc\r\n0;x\r\n\r\n', 'abc'],
  ])('%j is %j', (text, body) => {
    expect(decodeChunked(text)).toEqual({ body, ends: 1, trailers: [], consumed: text.length, reason: '' });
  });

  it('stops behind its last line', () => {
    expect(decodeChunked('0\r\n\r\nGET / HTTP/1.1')).toMatchObject({ ends: 1, consumed: 5 });
    expect(decodeChunked('0\r\nX-A: 1\r\n\r\nGET / HTTP/1.1')).toMatchObject({ ends: 1, consumed: 13 });
  });

  it('hands on trailers, but those that mean something only before a body', () => {
    const text = '0\r\nX-Sum: 1\r\nhost: b\r\nAccess-Control-Allow-Origin: *\r\nSet-Cookie: a\r\nETag: "x"\r\n\r\n';
    expect(decodeChunked(text).trailers).toEqual([
      ['X-Sum', '1'],
      ['ETag', '"x"'],
    ]);
  });

  it.each([
    ['', 'a chunk without a size'],
    ['3g', 'a bad chunk size'],
    ['3 ', 'a bad chunk size'],
    ['+3', 'a chunk without a size'],
    ['0x3', 'a bad chunk size'],
    ['1000000000003', 'a chunk size with too many digits'],
    ['3;', 'a malformed chunk extension'],
    ['3; a', 'a malformed chunk extension'],
    ['3;a\x00', 'a control byte in a chunk extension'],
    ['3;a\x80', 'a malformed chunk extension'],
    [`3;${'a'.repeat(2000)}`, 'chunk extensions longer than allowed'],
  ])('with the size line %j is refused', (line, reason) => {
    const read = decodeChunked(`${line}\r\nabc\r\n0\r\n\r\n`);
    expect(read).toMatchObject({ body: '', ends: 0, consumed: -1, reason });
  });

  it.each([8188, 8190, 8192, 8193, 8194, 8200, 16_384, 100_000])(
    'with trailers of %i bytes is taken or refused, and swallows nothing of the next message',
    (length) => {
      const line = `X-A: ${'a'.repeat(length - 'X-A: \r\n\r\n'.length)}\r\n\r\n`;
      expect(line).toHaveLength(length);
      const next = 'GET / HTTP/1.1\r\n\r\n';
      for (const size of [1, 1000, 8192, 1 << 20]) {
        const bytes = Buffer.from(`0\r\n${line}${next}`);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        const read = decode(chunked, pieces);
        if (read.ends === 1) expect(read.consumed).toBe(3 + length);
        else expect(read).toMatchObject({ consumed: -1, reason: 'trailers longer than allowed' });
        expect(read.ends).toBe(length <= 8192 ? 1 : read.ends);
        if (length > 8300) expect(read.ends).toBe(0);
      }
    },
  );

  it('is refused for good', () => {
    const decoder = new BodyDecoder();
    decoder.startChunked();
    const out: DecodedBody = { bodyChunk: () => expect.fail(), bodyEnd: () => expect.fail() };
    expect(decoder.decode(Buffer.from('x'), 0, 1, out)).toBe(-1);
    expect(decoder.decode(Buffer.from('0\r\n\r\n'), 0, 5, out)).toBe(-1);
  });

  it('starts anew for the next message', () => {
    const decoder = new BodyDecoder();
    const bodies: string[] = [];
    const out: DecodedBody = { bodyChunk: (data) => bodies.push(data.toString()), bodyEnd: () => bodies.push('|') };
    for (const text of ['1\r\na\r\n0\r\nX: 1\r\n\r\n', '2;x\r\nbc\r\n0\r\n\r\n']) {
      decoder.startChunked();
      expect(decoder.decode(Buffer.from(text), 0, text.length, out)).toBe(text.length);
      expect(decoder.done).toBe(true);
    }
    expect(bodies).toEqual(['a', '|', 'bc', '|']);
  });

  it('means the same however it is cut, be it right or wrong', () => {
    const size = fc.constantFrom('0', '1', '2', '3', '5', '00', 'a', ' 1', '0x1', '-1', 'g', '');
    const extension = fc.constantFrom('', '', '', ';a', ';a=b', ';a="b c"', ';', ';a=', ';"', ';a\n');
    const data = fc.stringMatching(/^[ab0\r\n]{0,5}$/);
    const eol = fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '');
    const chunk = fc.tuple(size, extension, eol, data, eol).map((parts) => parts.join(''));
    const trailers = fc.constantFrom('', 'X-A: 1\r\n', 'X-A : 1\r\n', 'Host: a\r\n', 'X\n', 'Content-Length: 1\r\n');
    const text = fc.tuple(fc.array(chunk, { maxLength: 4 }), trailers, eol).map(([chunks, fields, end]) => {
      return `${chunks.join('')}0\r\n${fields}${end}GET / HTTP/1.1\r\n\r\n`;
    });
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), (whole, sizes) => {
        const bytes = Buffer.from(whole, 'latin1');
        const pieces: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const next = at + (sizes[i % sizes.length] as number);
          pieces.push(bytes.subarray(at, next));
          at = next;
        }
        const inPieces = decode(chunked, pieces);
        const atOnce = decode(chunked, [bytes]);
        // Which fault of several is named first may depend on the cuts; that there is one may not.
        expect({ ...inPieces, reason: inPieces.reason !== '' }).toEqual({ ...atOnce, reason: atOnce.reason !== '' });
      }),
      { numRuns: 2000 },
    );
  });
});
