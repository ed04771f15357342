import { ORIGIN, type Refused } from './refused-heads.ts';

function chunked(body: string): string {
  return `POST /x HTTP/1.1\r\nHost: a.test\r\nOrigin: ${ORIGIN}\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
}

const END = '0\r\n\r\n';

/** Bodies whose framing is broken: their head was fine, but the message is refused with its body. */
export const BODIES: readonly Refused[] = [
  { name: 'a chunk size with 0x', bytes: chunked(`0x3\r\nabc\r\n${END}`) },
  { name: 'a chunk size with a sign', bytes: chunked(`+3\r\nabc\r\n${END}`) },
  { name: 'a negative chunk size', bytes: chunked(`-3\r\nabc\r\n${END}`) },
  { name: 'a space before a chunk size', bytes: chunked(` 3\r\nabc\r\n${END}`) },
  { name: 'a space behind a chunk size', bytes: chunked(`3 \r\nabc\r\n${END}`) },
  { name: 'a tab behind a chunk size', bytes: chunked(`3\t\r\nabc\r\n${END}`) },
  { name: 'an underscore in a chunk size', bytes: chunked(`0_3\r\nabc\r\n${END}`) },
  { name: 'no chunk size', bytes: chunked(`\r\nabc\r\n${END}`) },
  { name: 'a chunk size that is no number', bytes: chunked(`g\r\nabc\r\n${END}`) },
  { name: 'a chunk size past 2^64', bytes: chunked(`10000000000000003\r\nabc\r\n${END}`) },
  { name: 'a chunk size past 2^53', bytes: chunked(`20000000000000\r\nabc\r\n${END}`) },
  { name: 'a chunk size of many zeros', bytes: chunked(`${'0'.repeat(40)}3\r\nabc\r\n${END}`) },
  { name: 'an extension without a name', bytes: chunked(`3;\r\nabc\r\n${END}`) },
  { name: 'an extension of spaces', bytes: chunked(`3; \r\nabc\r\n${END}`) },
  { name: 'an extension with = and no name', bytes: chunked(`3;=b\r\nabc\r\n${END}`) },
  { name: 'an extension with = and no value', bytes: chunked(`3;a=\r\nabc\r\n${END}`) },
  { name: 'an extension that ends with ;', bytes: chunked(`3;a=b;\r\nabc\r\n${END}`) },
  { name: 'an open quote in an extension', bytes: chunked(`3;a="b\r\nabc\r\n${END}`) },
  { name: 'CR in an extension', bytes: chunked(`3;a\rb\r\nabc\r\n${END}`) },
  { name: 'LF in an extension', bytes: chunked(`3;a\nb\r\nabc\r\n${END}`) },
  { name: 'LF at the end of an extension', bytes: chunked(`3;a\nabc\r\n${END}`) },
  { name: 'NUL in an extension', bytes: chunked(`3;a\0b\r\nabc\r\n${END}`) },
  { name: 'LF in a quoted extension', bytes: chunked(`3;a="\n"\r\nabc\r\n${END}`) },
  { name: '2 KB of extension', bytes: chunked(`3;${'a'.repeat(2000)}\r\nabc\r\n${END}`) },
  { name: '64 KB of extension', bytes: chunked(`3;${'a'.repeat(65_536)}\r\nabc\r\n${END}`) },
  { name: '2 KB of extensions over many chunks', bytes: chunked(`1;${'a'.repeat(99)}\r\nx\r\n`.repeat(20) + END) },
  { name: 'LF behind a chunk size', bytes: chunked(`3\nabc\r\n${END}`) },
  { name: 'CR behind a chunk size', bytes: chunked(`3\rabc\r\n${END}`) },
  { name: 'LF behind a chunk', bytes: chunked(`3\r\nabc\n${END}`) },
  { name: 'nothing behind a chunk', bytes: chunked(`3\r\nabc${END}`) },
  { name: 'more bytes than the chunk size says', bytes: chunked(`3\r\nabcd\r\n${END}`) },
  { name: 'fewer bytes than the chunk size says', bytes: chunked(`4\r\nabc\r\n${END}`) },
  { name: 'LF behind the last chunk', bytes: chunked('0\n\r\n') },
  { name: 'LF for the last line', bytes: chunked('0\r\n\n') },
  { name: 'LF behind a trailer', bytes: chunked('0\r\nX-A: 1\n\r\n') },
  { name: 'a trailer without a colon', bytes: chunked('0\r\nX-A\r\n\r\n') },
  { name: 'a space before the colon of a trailer', bytes: chunked('0\r\nX-A : 1\r\n\r\n') },
  { name: 'a folded trailer', bytes: chunked('0\r\nX-A: 1\r\n 2\r\n\r\n') },
  { name: 'NUL in a trailer', bytes: chunked('0\r\nX-A: \0\r\n\r\n') },
  { name: 'a Content-Length among the trailers', bytes: chunked('0\r\nContent-Length: 3\r\n\r\nabc') },
  { name: 'a Transfer-Encoding among the trailers', bytes: chunked('0\r\nTransfer-Encoding: chunked\r\n\r\n') },
  { name: '10 KB of trailers', bytes: chunked(`0\r\n${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(10)}\r\n`) },
  { name: '100 trailers', bytes: chunked(`0\r\n${'X-A: 1\r\n'.repeat(100)}\r\n`) },
];
