import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestHead } from './http1/request-head.ts';
import { ResponseHead } from './http1/response-head.ts';
import { idOfName } from './known-names.ts';

const LIMITS = { requestLine: 1000, headerCount: 100 };

/** Names that begin or end alike, have one length, or differ in case only; known, unknown and short ones. */
const NAMES = [
  'Accept',
  'accept',
  'ACCEPT',
  'Accept-Encoding',
  'Accept-Encodings',
  'Accept-Language',
  'X-Accept-Encoding',
  'User-Agent',
  'User_Agent',
  'Age',
  'TE',
  'Via',
  'Vary',
  'Date',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Dest',
  'Sec-Fetch-Site',
  'sec-fetch-site',
  'X-Unknown',
  'ETag',
  'Origin',
  'Range',
  'Access-Control-Allow-Private-Network',
];
const lines = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('', '1', 'a b', ': x')), { maxLength: 8 });

function textOf(fields: readonly (readonly [string, string])[]): string {
  return `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

describe('a name that was guessed from the heads before', () => {
  it('is the one that stands there', () => {
    const request = new RequestHead();
    const response = new ResponseHead();
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 6 }), (heads) => {
        // Twice, so that the second time all can be guessed.
        for (const fields of [...heads, ...heads]) {
          for (const [head, start] of [
            [request, 'GET / HTTP/1.0\r\n'],
            [response, 'HTTP/1.1 200 OK\r\n'],
          ] as const) {
            const text = start + textOf(fields);
            const bytes = Buffer.from(text, 'latin1');
            const end =
              head === request
                ? request.scan(bytes, 0, bytes.length, LIMITS)
                : response.scan(bytes, 0, bytes.length, 100);
            expect(end, head.reason).toBe(bytes.length);
            expect(head.headers.pairs()).toEqual(fields);
            for (const name of NAMES.map((each) => each.toLowerCase())) {
              const same = fields.filter(([each]) => each.toLowerCase() === name);
              expect(head.headers.get(name)).toBe(same[0]?.[1]);
              if (idOfName(name) > 0) expect(head.headers.countId(idOfName(name))).toBe(same.length);
            }
          }
        }
      }),
    );
  });

  it('is looked at to its last byte', () => {
    const head = new RequestHead();
    const scan = (name: string): string => {
      const bytes = Buffer.from(`GET / HTTP/1.0\r\nSec-Fetch-Site: a\r\n${name}: b\r\n\r\n`, 'latin1');
      return head.scan(bytes, 0, bytes.length, LIMITS) > 0 ? head.headers.pairs().map(String).join(' ') : head.reason;
    };
    const known = 'Sec-Fetch-Dest';
    for (let at = 0; at < known.length; at++) {
      for (const code of [0x0a, 0x0d, 0x20, 0x3a, 0x41, 0x5f, 0x61, 0x80]) {
        const other = known.slice(0, at) + String.fromCharCode(code) + known.slice(at + 1);
        const fresh = scan(other);
        expect(scan(known)).toBe('Sec-Fetch-Site,a Sec-Fetch-Dest,b');
        // Now `known` is guessed.
        expect(scan(other)).toBe(fresh);
        if (other !== known) expect(fresh).not.toBe('Sec-Fetch-Site,a Sec-Fetch-Dest,b');
      }
    }
  });

  it('is not read past the bytes there are', () => {
    const head = new RequestHead();
    const text = `GET / HTTP/1.0\r\n${textOf([
      ['Sec-Fetch-Site', 'a'],
      ['Sec-Fetch-Dest', 'b'],
    ])}`;
    const whole = Buffer.from(text, 'latin1');
    for (let cut = 0; cut <= text.length; cut++) {
      expect(head.scan(whole, 0, whole.length, LIMITS)).toBe(whole.length);
      // In memory of its own, where reading on would throw.
      const part = Buffer.from(new Uint8Array(Buffer.from(text.slice(0, cut), 'latin1')).buffer);
      expect(head.scan(part, 0, part.length, LIMITS)).toBe(cut === text.length ? cut : 0);
      // And where more follows that isn't there yet.
      expect(head.scan(whole, 0, cut, LIMITS)).toBe(cut === text.length ? cut : 0);
    }
  });
});
