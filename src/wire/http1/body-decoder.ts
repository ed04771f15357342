import type { HeaderList } from '../header-list.ts';
import { CR, LF, TAB } from './chars.ts';
import { readTrailers } from './trailers.ts';

/** Receives what a decoder finds. */
export interface DecodedBody {
  bodyChunk(data: Buffer): void;
  bodyEnd(trailers: HeaderList | undefined): void;
}

const DONE = 0;
const LENGTH = 1;
const UNTIL_CLOSE = 2;
const SIZE = 3;
const EXTENSION = 4;
const SIZE_LF = 5;
const DATA = 6;
const DATA_CR = 7;
const DATA_LF = 8;
const TRAILERS = 9;
const FAILED = 10;

/** 12 hex digits stay far below 2^53. */
const MAX_SIZE_DIGITS = 12;
/** Nobody uses chunk extensions; those who send kilobytes of them are after something. */
const MAX_EXTENSION = 1024;
const MAX_TRAILER_BYTES = 8192;

/**
 * Takes the framing off a message body (RFC 9112 §6, §7.1), piece by piece as the bytes come. Reused for every message
 * of a connection. Chunked coding is read strictly: digits only, CRLF only, extensions by the grammar and in moderation.
 */
export class BodyDecoder {
  /** What was wrong, once `decode` has returned -1. */
  reason = '';
  private state: number = DONE;
  private left = 0;
  private digits = 0;
  private extensionBytes = 0;
  private extension = '';
  private trailerText = '';

  get done(): boolean {
    return this.state === DONE;
  }

  /** Whether the connection's end is the body's end. */
  get untilClose(): boolean {
    return this.state === UNTIL_CLOSE;
  }

  startLength(length: number): void {
    this.left = length;
    this.state = length === 0 ? DONE : LENGTH;
  }

  startChunked(): void {
    this.state = SIZE;
    this.left = 0;
    this.digits = 0;
    this.extensionBytes = 0;
    this.extension = '';
    this.trailerText = '';
  }

  startUntilClose(): void {
    this.state = UNTIL_CLOSE;
  }

  /** No body, or nobody wants more of it. */
  reset(): void {
    this.state = DONE;
  }

  /**
   * Decodes `buffer[from, to)`. Stops behind the body's last byte: what follows belongs to the next message.
   * @returns the index behind what was consumed; -1 if the framing is broken.
   */
  decode(buffer: Buffer, from: number, to: number, out: DecodedBody): number {
    let pos = from;
    while (pos < to) {
      switch (this.state) {
        case LENGTH:
        case DATA: {
          const end = Math.min(to, pos + this.left);
          this.left -= end - pos;
          const chunk = buffer.subarray(pos, end);
          pos = end;
          if (this.state === DATA && this.left === 0) this.state = DATA_CR;
          const last = this.state === LENGTH && this.left === 0;
          if (last) this.state = DONE;
          out.bodyChunk(chunk);
          if (last) {
            out.bodyEnd(undefined);
            return pos;
          }
          break;
        }
        case UNTIL_CLOSE:
          out.bodyChunk(buffer.subarray(pos, to));
          return to;
        case TRAILERS:
          pos = this.decodeTrailers(buffer, pos, to, out);
          if (pos < 0 || this.done) return pos;
          break;
        case DONE:
          return pos;
        case FAILED:
          return -1;
        default:
          if (!this.decodeFraming(buffer[pos] as number)) {
            this.state = FAILED;
            return -1;
          }
          pos++;
      }
    }
    return pos;
  }

  /** One byte of a chunk's size line or of the CRLF behind its data. */
  private decodeFraming(byte: number): boolean {
    switch (this.state) {
      case SIZE:
        return this.decodeSize(byte);
      case EXTENSION:
        return this.decodeExtension(byte);
      case SIZE_LF:
        if (byte !== LF) return this.fail('a chunk size line that ends without CRLF');
        this.digits = 0;
        this.state = this.left === 0 ? TRAILERS : DATA;
        return true;
      case DATA_CR:
        if (byte !== CR) return this.fail('more bytes in a chunk than its size says');
        this.state = DATA_LF;
        return true;
      default:
        if (byte !== LF) return this.fail('more bytes in a chunk than its size says');
        this.left = 0;
        this.state = SIZE;
        return true;
    }
  }

  private decodeSize(byte: number): boolean {
    const value = hexValue(byte);
    if (value >= 0) {
      if (++this.digits > MAX_SIZE_DIGITS) return this.fail('a chunk size with too many digits');
      this.left = this.left * 16 + value;
      return true;
    }
    if (this.digits === 0) return this.fail('a chunk without a size');
    if (byte === CR) this.state = SIZE_LF;
    else if (byte === 0x3b) {
      this.extension = '';
      this.state = EXTENSION;
    } else return this.fail('a bad chunk size');
    return true;
  }

  private decodeExtension(byte: number): boolean {
    if (byte === CR) {
      if (!EXTENSIONS.test(this.extension)) return this.fail('a malformed chunk extension');
      this.state = SIZE_LF;
      return true;
    }
    // The total counts, not each: a megabyte of small extensions is no better than a large one.
    if (++this.extensionBytes > MAX_EXTENSION) return this.fail('chunk extensions longer than allowed');
    const fine = byte === TAB || (byte >= 0x20 && byte !== 0x7f);
    if (!fine) return this.fail('a control byte in a chunk extension');
    this.extension += String.fromCharCode(byte);
    return true;
  }

  private decodeTrailers(buffer: Buffer, pos: number, to: number, out: DecodedBody): number {
    // Nearly always just the empty line.
    const before = this.trailerText.length;
    const text = this.trailerText + buffer.toString('latin1', pos, Math.min(to, pos + MAX_TRAILER_BYTES + 1));
    let end: number;
    if (text.startsWith('\r\n')) end = 2;
    else {
      const blank = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
      end = blank < 0 ? -1 : blank + 4;
    }
    if (end < 0) {
      if (text.length > MAX_TRAILER_BYTES) return this.giveUp('trailers longer than allowed');
      if (/[^\r]\n|^\n/.test(text)) return this.giveUp('bare LF');
      this.trailerText = text;
      return to;
    }
    const trailers = readTrailers(text.slice(0, end));
    if (typeof trailers === 'string') return this.giveUp(trailers);
    this.state = DONE;
    out.bodyEnd(trailers);
    return pos + end - before;
  }

  private fail(reason: string): false {
    this.reason = reason;
    return false;
  }

  private giveUp(reason: string): number {
    this.reason = reason;
    this.state = FAILED;
    return -1;
  }
}

const TOKENS = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const ONE_EXTENSION = `${TOKENS}(?:=(?:${TOKENS}|"(?:[^"\\\\]|\\\\.)*"))?`;
/** RFC 9112 §7.1.1 without the optional white space, which only attackers write: `name`, `name=token`, `name="…"`. */
const EXTENSIONS = new RegExp(`^${ONE_EXTENSION}(?:;${ONE_EXTENSION})*$`);

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
