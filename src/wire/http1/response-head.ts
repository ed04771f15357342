import { BEFORE_RESPONSE } from '../name-guess.ts';
import { CHARS, CR, FIELD_VALUE, LF, SPACE } from './chars.ts';
import { asciiBytes, INCOMPLETE, MessageHead } from './message-head.ts';

/** `HTTP/1.1 `: the digit at its end may also be 0. */
const VERSION = asciiBytes('HTTP/1.1 ');
const MINOR = 7;

/** An upstream's response head (RFC 9112 §4). */
export class ResponseHead extends MessageHead {
  status = 0;

  /**
   * As `RequestHead.scan`.
   * @param text the bytes from `from` on, one char each, where the caller has them
   */
  scan(bytes: Buffer, from: number, end: number, maxCount: number, text?: string): number {
    this.reset(from);
    this.status = 0;
    const lineEnd = this.scanStatusLine(bytes, from, end);
    if (lineEnd <= 0) return lineEnd;
    const headEnd = this.scanFields(bytes, lineEnd, end, maxCount, BEFORE_RESPONSE);
    if (headEnd <= 0) return headEnd;
    this.seal(text ?? bytes.toString('latin1', from, headEnd));
    // RFC 9110 §8.6, RFC 9112 §6.1: no interim response has a body. Where one is announced, some read it and some don't.
    if (this.status < 200 && (this.chunked || this.contentLength > 0)) {
      return this.refuse('a body announced by an interim response');
    }
    return headEnd;
  }

  private scanStatusLine(bytes: Buffer, from: number, end: number): number {
    for (let i = 0; i < VERSION.length; i++) {
      if (from + i >= end) return INCOMPLETE;
      if (bytes[from + i] === VERSION[i] || (i === MINOR && bytes[from + i] === 0x30)) continue;
      return this.refuse('not an HTTP/1 status line');
    }
    this.version = bytes[from + MINOR] === 0x31 ? 11 : 10;
    const pos = from + VERSION.length;
    for (let i = 0; i < 3; i++) {
      if (pos + i >= end) return INCOMPLETE;
      const digit = (bytes[pos + i] as number) - 48;
      if (digit < 0 || digit > 9) return this.refuse('a bad status code');
      this.status = this.status * 10 + digit;
    }
    if (this.status < 100 || this.status > 599) return this.refuse('a bad status code');
    return this.scanReason(bytes, pos + 3, end);
  }

  /** The reason phrase says nothing and isn't passed on; it still has to be well formed. */
  private scanReason(bytes: Buffer, from: number, end: number): number {
    let pos = from;
    while (pos < end && ((CHARS[bytes[pos] as number] as number) & FIELD_VALUE) !== 0) pos++;
    if (pos > from && bytes[from] !== SPACE) return this.refuse('a malformed status line');
    if (pos >= end) return INCOMPLETE;
    if (bytes[pos] !== CR) return this.refuse('a malformed status line');
    if (pos + 1 >= end) return INCOMPLETE;
    return bytes[pos + 1] === LF ? pos + 2 : this.refuse('bare CR');
  }
}
