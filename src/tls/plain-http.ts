/** TLS begins with a record of this type (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** What came instead of TLS, by its first byte: no method of HTTP begins otherwise than with a letter. */
export function beginsAs(first: number): 'tls' | 'http' | 'other' {
  if (first === HANDSHAKE) return 'tls';
  return (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a) ? 'http' : 'other';
}

/** For whoever speaks HTTP without TLS where TLS is spoken: most often a person who left out the `s`. */
export const PLAIN_HTTP_ANSWER = answer(
  'This port speaks TLS, and the request came without it. Write https:// instead of http:// in the address.\n',
);

function answer(body: string): string {
  return [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
