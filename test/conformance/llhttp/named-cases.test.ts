import { describe, expect, it } from 'vitest';
import { difference } from './compare.ts';
import { cutIntoBytes } from './cut.ts';
import { RequestEngine } from './engine.ts';
import { Llhttp } from './oracle.ts';

const POST = 'POST / HTTP/1.1\r\nHost: a\r\n';
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;

/** What the fuzz has found, or what is easily got wrong, each with the code of our refusal. */
const REFUSED: readonly [name: string, text: string, code: string][] = [
  ['a tab behind a Content-Length', `${POST}Content-Length: 3\t\r\n\r\nabc`, 'malformed-request'],
  ['a space and a tab behind a Content-Length', `${POST}Content-Length: 3 \t \r\n\r\nabc`, 'malformed-request'],
  ['a tab behind chunked', `${POST}Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n`, 'malformed-request'],
  ['a Content-Length among the trailers', `${CHUNKED}0\r\nContent-Length: 3\r\n\r\nabc`, 'malformed-request'],
  ['a Transfer-Encoding among the trailers', `${CHUNKED}0\r\nTransfer-Encoding: chunked\r\n\r\n`, 'malformed-request'],
  ['a minor version of two digits, however it is cut', 'GET / HTTP/1.32\r\nHost: a\r\n\r\n', 'malformed-request'],
  ['another minor version, however it is cut', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', 'version-not-supported'],
];

// Some only by Node 20's version of it; we don't depend on which one a server behind us has.
describe("requests that are refused as Node's own parser refuses them", () => {
  for (const [name, text, code] of REFUSED) {
    it(name, () => {
      const bytes = Buffer.from(text, 'latin1');
      const theirs = new Llhttp('request').read(bytes);
      for (const pieces of [[bytes], cutIntoBytes(bytes)]) {
        const ours = new RequestEngine().read(pieces);
        expect(ours.refused).toMatch(new RegExp(`^${code}: `));
        expect(ours.messages.filter(({ complete }) => complete)).toEqual([]);
        expect(difference(ours, theirs)).toBe('');
      }
    });
  }
});
