import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { HeaderList } from '../header-list.ts';
import {
  bytesEqualIgnoringCase,
  H,
  idOfName,
  LAST_ACTED_ON,
  LENGTHS,
  recogniseName,
  sliceOrSame,
} from '../known-names.ts';
import { AFTER_UNKNOWN, guessName, noteName } from '../name-guess.ts';
import * as chars from './chars.ts';

// Constants of this module: an imported binding is looked up anew each time round the loop, a quarter of a scan's cost.
const { CHARS, COLON, CR, FIELD_VALUE, LF, SPACE, TAB, TOKEN, UNDERSCORE } = chars;

/** What a scan returns besides the index behind the head. */
export const INCOMPLETE = 0;
export const REFUSED = -1;

/** Most digits a Content-Length may have: 2^53 − 1 has 16. */
const MAX_LENGTH_DIGITS = 16;

const CHUNKED = asciiBytes('chunked');
const KEEP_ALIVE = asciiBytes('keep-alive');
const CLOSE = asciiBytes('close');

/**
 * The part that request and response heads share: the field lines and what they say of framing (RFC 9112 §5, §6).
 * An instance serves one connection for all its messages.
 *
 * Stricter than the standard asks, so that no two readers can differ: one Content-Length in plain decimal or one
 * Transfer-Encoding that is exactly `chunked`, never both; no folding, no bare CR or LF, no space before a colon.
 *
 * The scan reads the bytes where the socket left them (a load a byte, where a string's char costs a call or a check of
 * its kind) and makes one string of the head when it's complete, of which all values are slices.
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
  /** There is an Expect. */
  expects = false;
  /** Set when a scan returned REFUSED. */
  problem: ProblemCode = 'malformed-request';
  /** What exactly was refused, for the answer's detail and the log. */
  reason = '';
  /** Where the head begins in the bytes scanned: the text's places count from here. */
  protected base = 0;
  /** The last host that was fine; to begin with one that anybody may name. */
  protected goodHost = 'localhost';
  private hostStart = 0;
  private hostEnd = 0;

  protected reset(base: number): void {
    this.base = base;
    this.headers.beginBlock();
    this.contentLength = -1;
    this.chunked = false;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.connectionUpgrade = false;
    this.connectionNames = false;
    this.hostCount = 0;
    this.host = '';
    this.expects = false;
    this.reason = '';
  }

  /** The head is complete and `text` begins with it, one char a byte. */
  protected seal(text: string): void {
    this.headers.endBlock(text);
    if (this.hostCount > 0) this.host = sliceOrSame(text, this.hostStart, this.hostEnd, this.goodHost);
  }

  /** Refuses the message; returns REFUSED. */
  refuse(reason: string, problem: ProblemCode = 'malformed-request'): number {
    this.problem = problem;
    this.reason = reason;
    return REFUSED;
  }

  /**
   * Scans field lines of `bytes[pos, end)` up to and with the empty line.
   * @param before what stands before the first line, for guesses
   * @returns the index behind the empty line, INCOMPLETE or REFUSED.
   */
  protected scanFields(bytes: Buffer, pos: number, end: number, maxCount: number, before: number): number {
    const { base, headers } = this;
    const view = viewOf(bytes);
    const lastWord = end - 4;
    let count = 0;
    let previous = before;
    for (;;) {
      if (pos >= end) return INCOMPLETE;
      let code = bytes[pos] as number;
      if (code === CR) {
        if (pos + 1 >= end) return INCOMPLETE;
        if (bytes[pos + 1] !== LF) return this.refuse('bare CR');
        return this.checkFraming() ? pos + 2 : REFUSED;
      }
      if (++count > maxCount) return this.refuse(`more than ${maxCount} header lines`, 'too-many-headers');
      const lineStart = pos;
      let seen = 0;
      let id = guessName(view, pos, end, previous);
      if (id > 0) {
        pos += LENGTHS[id] as number;
      } else {
        let bits = 0;
        while (pos < end && ((bits = CHARS[(code = bytes[pos] as number)] as number) & TOKEN) !== 0) {
          seen |= bits;
          pos++;
        }
        if (pos >= end) return INCOMPLETE;
        if (code !== COLON) return this.refuse(nameFault(code, pos === lineStart));
        if (pos === lineStart) return this.refuse('empty header name');
        id = recogniseName(view, lineStart, pos);
        noteName(view, lineStart, id, previous);
      }
      previous = id === 0 ? AFTER_UNKNOWN : id;
      const nameEnd = pos++;
      while (pos < end && ((code = bytes[pos] as number) === SPACE || code === TAB)) pos++;
      const valueStart = pos;
      while (pos <= lastWord && isText(view.getInt32(pos, true))) pos += 4;
      while (pos < end && ((CHARS[(code = bytes[pos] as number)] as number) & FIELD_VALUE) !== 0) pos++;
      if (pos >= end) return INCOMPLETE;
      if (code !== CR) return this.refuse(code === LF ? 'bare LF' : `byte 0x${hex(code)} in a header value`);
      if (pos + 1 >= end) return INCOMPLETE;
      if (bytes[pos + 1] !== LF) return this.refuse('bare CR');
      let valueEnd = pos;
      while (valueEnd > valueStart && ((code = bytes[valueEnd - 1] as number) === SPACE || code === TAB)) valueEnd--;
      pos += 2;
      headers.addLine(id, lineStart - base, nameEnd - base, valueStart - base, valueEnd - base, pos - base);
      if (id === 0) {
        if ((seen & UNDERSCORE) !== 0 && looksLikeKnown(bytes, lineStart, nameEnd))
          return this.refuse('a header name with _ that passes for another');
      } else if (id <= LAST_NOTED && !this.note(id, bytes, valueStart, valueEnd)) return REFUSED;
    }
  }

  /** Takes note of a line that says something of framing or of the connection. False: refused. */
  private note(id: number, bytes: Buffer, from: number, to: number): boolean {
    switch (id) {
      case H['content-length']:
        return this.noteContentLength(bytes, from, to);
      case H['transfer-encoding']:
        // RFC 9112 §6.1 lets codings be stacked; two readers may then disagree on the last one, so only plain chunked.
        if (this.chunked) return this.refuseLine('more than one Transfer-Encoding');
        if (to - from !== 7 || !bytesEqualIgnoringCase(bytes, from, CHUNKED) || hasTab(bytes, to)) {
          return this.refuseLine('a Transfer-Encoding other than chunked');
        }
        this.chunked = true;
        return true;
      case H.connection:
        this.noteConnection(bytes, from, to);
        return true;
      case H.host:
        this.hostCount++;
        this.hostStart = from - this.base;
        this.hostEnd = to - this.base;
        return true;
      default:
        this.expects = true;
        return true;
    }
  }

  private noteContentLength(bytes: Buffer, from: number, to: number): boolean {
    if (this.contentLength >= 0) return this.refuseLine('more than one Content-Length');
    if (to === from || to - from > MAX_LENGTH_DIGITS || hasTab(bytes, to))
      return this.refuseLine('a bad Content-Length');
    let value = 0;
    for (let i = from; i < to; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) return this.refuseLine('a bad Content-Length');
      value = value * 10 + digit;
    }
    if (to - from > 1 && bytes[from] === 48) return this.refuseLine('a Content-Length with a leading zero');
    if (value > Number.MAX_SAFE_INTEGER) return this.refuseLine('a Content-Length past 2^53');
    this.contentLength = value;
    return true;
  }

  /** RFC 9110 §7.6.1. Several lines add up; an option is compared without regard to case. */
  private noteConnection(bytes: Buffer, from: number, to: number): void {
    // The two values nearly every message has, without a string.
    if (to - from === 10 && bytesEqualIgnoringCase(bytes, from, KEEP_ALIVE)) this.connectionKeepAlive = true;
    else if (to - from === 5 && bytesEqualIgnoringCase(bytes, from, CLOSE)) this.connectionClose = true;
    else {
      for (const item of bytes.toString('latin1', from, to).split(',')) {
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

let viewed: Buffer | undefined = undefined;
let lastView: DataView = new DataView(new ArrayBuffer(0));

/** A view for reading words at any place. Nearly every head comes in the one buffer that all sockets share. */
function viewOf(bytes: Buffer): DataView {
  if (bytes !== viewed) {
    lastView = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    viewed = bytes;
  }
  return lastView;
}

/**
 * Whether each of a word's four bytes may stand in a field value and isn't a tab: at least 0x20, and not 0x7f. Says no to
 * some words that are fine (a byte of 0x80 and more behind one that isn't); those are looked at byte by byte.
 */
function isText(word: number): boolean {
  const flipped = word ^ 0x7f7f7f7f;
  // The classic test for a byte less than n, and for a zero byte: it borrows from the next one's top bit.
  return ((((word - 0x20202020) & ~word) | ((flipped - 0x01010101) & ~flipped)) & 0x80808080) === 0;
}

/** The names that `note` wants to see are the first of the known ones, `expect` the last of them: one comparison tells. */
const LAST_NOTED = H.expect;

/** Whether a tab is in the white space from `pos` to the line's end: not all readers see that a framing value ends there. */
function hasTab(bytes: Buffer, pos: number): boolean {
  while (bytes[pos] === SPACE) pos++;
  return bytes[pos] === TAB;
}

/**
 * Whether a name with an underscore turns into one that frames, routes or tells who the client is once `_` counts as
 * `-`, as CGI, WSGI and their heirs read it.
 */
function looksLikeKnown(bytes: Buffer, start: number, end: number): boolean {
  const id = idOfName(bytes.toString('latin1', start, end).replaceAll('_', '-').toLowerCase());
  return id > 0 && id <= LAST_ACTED_ON;
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

export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
