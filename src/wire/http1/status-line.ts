import { REASON_PHRASES } from './reason-phrases.ts';

const lines: string[] = [];

/** `HTTP/1.1 200 OK\r\n`. The reason phrase is the standard one: an upstream's own says nothing a client may act on. */
export function statusLine(status: number): string {
  return (lines[status] ??= `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ''}\r\n`);
}

let second = 0;
let line = '';

/** `Date: …\r\n` (RFC 9110 §6.6.1), formatted once a second. */
export function dateLine(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) {
    second = now;
    line = `Date: ${new Date(now * 1000).toUTCString()}\r\n`;
  }
  return line;
}
