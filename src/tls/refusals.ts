/** TLS begins with a record of this type (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

/** What came instead of TLS, by its first byte: no method of HTTP begins otherwise than with a letter. */
export function beginsAs(first: number): 'tls' | 'http' | 'other' {
  if (first === HANDSHAKE) return 'tls';
  return (first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a) ? 'http' : 'other';
}

/** For whoever speaks HTTP without TLS where TLS is spoken: most often a person who left out the `s`. */
export const PLAIN_HTTP_ANSWER = answer(
  '400 Bad Request',
  'This port speaks TLS, and the request came without it. Write https:// instead of http:// in the address.\n',
);

/**
 * For whoever has to show a certificate and hasn't got a good one. TLS stands, but nothing that comes through it is read.
 * @param reason see `TlsClient.refusal`
 */
export function certificateAnswer(reason: string): string {
  const why =
    reason === CERTIFICATE_MISSING
      ? 'Clients have to show a certificate here, and this one has shown none.'
      : `Clients have to show a certificate here, and this one's is not accepted: ${reason}.`;
  return answer('403 Forbidden', `${why}\n`);
}

/** Why a client is refused that shows no certificate. */
export const CERTIFICATE_MISSING = 'certificate-missing';

function answer(status: string, body: string): string {
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
