import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { HeaderList } from '../header-list.ts';
import { equalsIgnoringCase, H, idOfName } from '../known-names.ts';
import { CHARS, COLON, CR, FIELD_VALUE, LF, SPACE, TAB, TOKEN } from './chars.ts';

/** What a scan returns besides the index behind the head. */
export const INCOMPLETE = 0;
export const REFUSED = -1;

/** Most digits a Content-Length may have: 2^53 − 1 has 16. */
const MAX_LENGTH_DIGITS = 16;

/**
 * The part that request and response heads share: the field lines and what they say of framing (RFC 9112 §5, §6).
 * An instance serves one connection for all its messages.
 *
 * Stricter than the standard asks, so that no two readers can differ: one Content-Length in plain decimal or one
 * Transfer-Encoding that is exactly `chunked`, never both; no folding, no bare CR or LF, no space before a colon.
 */
export class MessageHead {
  readonly headers = new HeaderList();
  version = 11;
  /** -1: no Content-Length. */
  contentLength = -1;
  chunked = false;
  connectionClose = false;
  connectionKeepAlive = false;
  connectionUpgrade = false;
  /** Connection names fields other than close, keep-alive, upgrade: they are hop-by-hop too. */
  connectionNames = false;
  hostCount = 0;
  host = '';
  /** Set when a scan returned REFUSED. */
  problem: ProblemCode = 'malformed-request';
  /** What exactly was refused, for the answer's detail and the log. */
  reason = '';

  protected reset(text: string): void {
    this.headers.beginBlock(text);
    this.contentLength = -1;
    this.chunked = false;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.connectionUpgrade = false;
    this.connectionNames = false;
    this.hostCount = 0;
    this.host = '';
    this.reason = '';
  }

  /** Refuses the message; returns REFUSED. */
  refuse(reason: string, problem: ProblemCode = 'malformed-request'): number {
    this.problem = problem;
    this.reason = reason;
    return REFUSED;
  }

  /**
   * Scans field lines from `pos` up to and with the empty line.
   * @returns the index behind the empty line, INCOMPLETE or REFUSED.
   */
  protected scanFields(text: string, pos: number, maxCount: number): number {
    const length = text.length;
    let count = 0;
    for (;;) {
      if (pos >= length) return INCOMPLETE;
      let code = text.charCodeAt(pos);
      if (code === CR) {
        if (pos + 1 >= length) return INCOMPLETE;
        if (text.charCodeAt(pos + 1) !== LF) return this.refuse('bare CR');
        return this.checkFraming() ? pos + 2 : REFUSED;
      }
      if (++count > maxCount) return this.refuse(`more than ${maxCount} header lines`, 'too-many-headers');
      const lineStart = pos;
      while (pos < length && ((CHARS[(code = text.charCodeAt(pos))] as number) & TOKEN) !== 0) pos++;
      if (pos >= length) return INCOMPLETE;
      if (code !== COLON) return this.refuse(nameFault(code, pos === lineStart));
      if (pos === lineStart) return this.refuse('empty header name');
      const nameEnd = pos++;
      while (pos < length && ((code = text.charCodeAt(pos)) === SPACE || code === TAB)) pos++;
      const valueStart = pos;
      while (pos < length && ((CHARS[(code = text.charCodeAt(pos))] as number) & FIELD_VALUE) !== 0) pos++;
      if (pos >= length) return INCOMPLETE;
      if (code !== CR) return this.refuse(code === LF ? 'bare LF' : `byte 0x${hex(code)} in a header value`);
      if (pos + 1 >= length) return INCOMPLETE;
      if (text.charCodeAt(pos + 1) !== LF) return this.refuse('bare CR');
      let valueEnd = pos;
      while (valueEnd > valueStart && ((code = text.charCodeAt(valueEnd - 1)) === SPACE || code === TAB)) valueEnd--;
      pos += 2;
      const id = this.headers.addLine(lineStart, nameEnd, valueStart, valueEnd, pos);
      if (!this.note(id, text, lineStart, nameEnd, valueStart, valueEnd)) return REFUSED;
    }
  }

  /** Takes note of a line that says something of framing or of the connection. False: refused. */
  private note(id: number, text: string, start: number, nameEnd: number, from: number, to: number): boolean {
    switch (id) {
      case 0:
        return !looksLikeKnown(text, start, nameEnd) || this.refuseLine('a header name with _ that passes for another');
      case H['content-length']:
        return this.noteContentLength(text, from, to);
      case H['transfer-encoding']:
        // RFC 9112 §6.1 lets codings be stacked; two readers may then disagree on the last one, so only plain chunked.
        if (this.chunked) return this.refuseLine('more than one Transfer-Encoding');
        if (to - from !== 7 || !equalsIgnoringCase(text, from, 'chunked') || hasTab(text, to)) {
          return this.refuseLine('a Transfer-Encoding other than chunked');
        }
        this.chunked = true;
        return true;
      case H.connection:
        this.noteConnection(text.slice(from, to));
        return true;
      case H.host:
        this.hostCount++;
        this.host = text.slice(from, to);
        return true;
      default:
        return true;
    }
  }

  private noteContentLength(text: string, from: number, to: number): boolean {
    if (this.contentLength >= 0) return this.refuseLine('more than one Content-Length');
    if (to === from || to - from > MAX_LENGTH_DIGITS || hasTab(text, to))
      return this.refuseLine('a bad Content-Length');
    let value = 0;
    for (let i = from; i < to; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return this.refuseLine('a bad Content-Length');
      value = value * 10 + digit;
    }
    if (to - from > 1 && text.charCodeAt(from) === 48) return this.refuseLine('a Content-Length with a leading zero');
    if (value > Number.MAX_SAFE_INTEGER) return this.refuseLine('a Content-Length past 2^53');
    this.contentLength = value;
    return true;
  }

  /** RFC 9110 §7.6.1. Several lines add up; an option is compared without regard to case. */
  private noteConnection(value: string): void {
    // The two values nearly every message has, without splitting.
    if (value === 'keep-alive') this.connectionKeepAlive = true;
    else if (value === 'close') this.connectionClose = true;
    else {
      for (const item of value.split(',')) {
        const option = item.trim().toLowerCase();
        if (option === 'close') this.connectionClose = true;
        else if (option === 'keep-alive') this.connectionKeepAlive = true;
        else if (option === 'upgrade') this.connectionUpgrade = true;
        else if (option !== '') this.connectionNames = true;
      }
    }
  }

  private checkFraming(): boolean {
    if (!this.chunked) return true;
    if (this.contentLength >= 0) return this.refuseLine('both Content-Length and Transfer-Encoding');
    if (this.version === 10) return this.refuseLine('Transfer-Encoding in an HTTP/1.0 message');
    return true;
  }

  private refuseLine(reason: string): false {
    this.refuse(reason);
    return false;
  }
}

/** Whether a tab is in the white space from `pos` to the line's end: not all readers see that a framing value ends there. */
function hasTab(text: string, pos: number): boolean {
  while (text.charCodeAt(pos) === SPACE) pos++;
  return text.charCodeAt(pos) === TAB;
}

/**
 * Whether a name with an underscore turns into one that frames, routes or tells who the client is once `_` counts as
 * `-`, as CGI, WSGI and their heirs read it.
 */
function looksLikeKnown(text: string, start: number, end: number): boolean {
  let i = start;
  while (i < end && text.charCodeAt(i) !== 0x5f) i++;
  return i < end && idOfName(text.slice(start, end).replaceAll('_', '-').toLowerCase()) > 0;
}

function nameFault(code: number, first: boolean): string {
  if (code === LF) return 'bare LF';
  if (code === SPACE || code === TAB) return first ? 'a folded header line' : 'a space in or after a header name';
  if (code === CR) return 'a header line without a colon';
  return `byte 0x${hex(code)} in a header name`;
}

export function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}
