import { SPACE } from './chars.ts';
import { INCOMPLETE, MessageHead } from './message-head.ts';

const STATUS_START = 9;
const VERSIONS = ['HTTP/1.1 ', 'HTTP/1.0 '] as const;

/** An upstream's response head (RFC 9112 §4). */
export class ResponseHead extends MessageHead {
  status = 0;

  /** As `RequestHead.scan`. */
  scan(text: string, from: number, maxCount: number): number {
    this.reset(text);
    this.status = 0;
    const lineEnd = this.scanStatusLine(text, from);
    if (lineEnd <= 0) return lineEnd;
    const end = this.scanFields(text, lineEnd, maxCount);
    // RFC 9110 §8.6, RFC 9112 §6.1: no interim response has a body. Where one is announced, some read it and some don't.
    if (end > 0 && this.status < 200 && (this.chunked || this.contentLength > 0)) {
      return this.refuse('a body announced by an interim response');
    }
    return end;
  }

  private scanStatusLine(text: string, from: number): number {
    if (text.startsWith(VERSIONS[0], from)) this.version = 11;
    else if (text.startsWith(VERSIONS[1], from)) this.version = 10;
    else {
      const rest = text.slice(from, from + STATUS_START);
      const mayCome = rest.length < STATUS_START && VERSIONS.some((version) => version.startsWith(rest));
      return mayCome ? INCOMPLETE : this.refuse('not an HTTP/1 status line');
    }
    const pos = from + STATUS_START;
    for (let i = 0; i < 3; i++) {
      if (pos + i >= text.length) return INCOMPLETE;
      const digit = text.charCodeAt(pos + i) - 48;
      if (digit < 0 || digit > 9) return this.refuse('a bad status code');
      this.status = this.status * 10 + digit;
    }
    if (this.status < 100 || this.status > 599) return this.refuse('a bad status code');
    return this.scanReason(text, pos + 3);
  }

  /** The reason phrase says nothing and isn't passed on; it still has to be well formed. */
  private scanReason(text: string, pos: number): number {
    const end = text.indexOf('\r', pos);
    const reason = end < 0 ? text.slice(pos) : text.slice(pos, end);
    if (reason !== '' && (reason.charCodeAt(0) !== SPACE || !/^[\t\x20-\x7e\x80-\xff]*$/.test(reason))) {
      return this.refuse('a malformed status line');
    }
    if (end < 0 || end + 1 >= text.length) return INCOMPLETE;
    return text.charCodeAt(end + 1) === 10 ? end + 2 : this.refuse('bare CR');
  }
}
