import { equalsIgnoringCase } from '../known-names.ts';
import { BEFORE_REQUEST } from '../name-guess.ts';
import * as chars from './chars.ts';
import { asciiBytes, hex, INCOMPLETE, MessageHead, REFUSED } from './message-head.ts';
import { METHODS } from './methods.ts';

// Not as imported bindings: see message-head.ts.
const { CHARS, HOST, SPACE, TARGET, TOKEN } = chars;

/** Limits on a request head. */
export interface HeadLimits {
  /** Bytes of the request line. */
  readonly requestLine: number;
  readonly headerCount: number;
}

/** By length. Those that are met most come first. */
const methodsByLength: { readonly name: string; readonly bytes: Uint8Array }[][] = [];
for (const name of ['GET', 'POST', ...METHODS])
  (methodsByLength[name.length] ??= []).push({ name, bytes: asciiBytes(name) });
const MAX_METHOD_LENGTH = Math.max(...METHODS.map((method) => method.length));

/** A request's head (RFC 9112 §3): scanned once, in place. */
export class RequestHead extends MessageHead {
  method = '';
  /** Origin-form (or `*`): for an absolute-form target its path and query. */
  target = '';
  expectsContinue = false;
  /** The value of Upgrade, lower case, if Connection names it too; else ''. */
  upgrade = '';
  private targetStart = 0;
  private targetEnd = 0;

  /**
   * Scans a request head that begins at `bytes[from]`; `end` is behind the last byte there is.
   * @returns the index behind the head, INCOMPLETE (everything so far is fine), or REFUSED (see `problem`, `reason`).
   */
  scan(bytes: Buffer, from: number, end: number, limits: HeadLimits): number {
    this.reset(from);
    this.method = '';
    this.target = '';
    this.expectsContinue = false;
    this.upgrade = '';
    const lineEnd = this.scanRequestLine(bytes, from, end, limits.requestLine);
    if (lineEnd <= 0) return lineEnd;
    const headEnd = this.scanFields(bytes, lineEnd, end, limits.headerCount, BEFORE_REQUEST);
    if (headEnd <= 0) {
      // For the answer to a refusal: what was asked for is known.
      if (headEnd === REFUSED) this.target = bytes.toString('latin1', from + this.targetStart, from + this.targetEnd);
      return headEnd;
    }
    const text = bytes.toString('latin1', from, headEnd);
    this.seal(text);
    this.target = text.slice(this.targetStart, this.targetEnd);
    return this.checkSemantics() ? headEnd : REFUSED;
  }

  private scanRequestLine(bytes: Buffer, from: number, end: number, maxLine: number): number {
    let pos = from;
    let code = 0;
    while (pos < end && ((CHARS[(code = bytes[pos] as number)] as number) & TOKEN) !== 0) pos++;
    if (pos - from > MAX_METHOD_LENGTH) return this.refuse('not a known method');
    if (pos >= end) return INCOMPLETE;
    if (code !== SPACE) return this.refuse(`byte 0x${hex(code)} in the method`);
    const method = methodAt(bytes, from, pos);
    if (method === undefined) return this.refuse('not a known method');
    this.method = method;
    const targetStart = ++pos;
    while (pos < end && ((CHARS[(code = bytes[pos] as number)] as number) & TARGET) !== 0) pos++;
    if (pos - from > maxLine) return this.refuse(`a request line longer than ${maxLine} bytes`, 'target-too-long');
    if (pos >= end) return INCOMPLETE;
    if (code !== SPACE) return this.refuse(`byte 0x${hex(code)} in the request target`);
    if (pos === targetStart) return this.refuse('an empty request target');
    this.targetStart = targetStart - from;
    this.targetEnd = pos - from;
    return this.scanVersion(bytes, pos + 1, end);
  }

  /** `HTTP/1.1` CRLF. */
  private scanVersion(bytes: Buffer, pos: number, end: number): number {
    if (pos + 10 <= end && isVersionLine(bytes, pos)) {
      this.version = bytes[pos + 7] === 0x31 ? 11 : 10;
      return pos + 10;
    }
    const rest = bytes.toString('latin1', pos, Math.min(end, pos + 10));
    // Only a whole line is judged, so that the answer doesn't depend on how the bytes were cut.
    if (/^HTTP\/[0-9]\.[0-9]\r\n$/.test(rest)) {
      return this.refuse('an HTTP version other than 1.0 and 1.1', 'version-not-supported');
    }
    if (/^(?:H(?:T(?:T(?:P(?:\/(?:[0-9](?:\.(?:[0-9]\r?)?)?)?)?)?)?)?)?$/.test(rest)) return INCOMPLETE;
    return this.refuse('a malformed request line');
  }

  /** What only the whole head shows: Host, target form, Expect, Upgrade. */
  private checkSemantics(): boolean {
    // RFC 9112 §3.2: exactly one Host in HTTP/1.1.
    if (this.hostCount > 1) return this.no('more than one Host');
    if (this.hostCount === 0 && this.version === 11) return this.no('no Host');
    if (this.hostCount === 1 && !this.isGoodHost()) return this.no('a bad Host');
    if (!this.checkTarget()) return false;
    if (this.expects && !this.checkExpect()) return false;
    if (this.connectionUpgrade && this.version === 11) this.noteUpgrade();
    return true;
  }

  /** RFC 9112 §3.2: origin-form; absolute-form, whose authority replaces Host; `*` for OPTIONS; never authority-form. */
  private checkTarget(): boolean {
    const target = this.target;
    const { method } = this;
    if (method === 'CONNECT')
      return this.no('CONNECT as its method, which is for forward proxies', 'method-not-allowed');
    // RFC 9110 §9.3.8: the answer repeats the request, with what proxies on the way have added for the upstream's eyes only.
    if (method === 'TRACE')
      return this.no('TRACE as its method, which would show what proxies add', 'method-not-allowed');
    if (target.charCodeAt(0) === 0x2f) return true;
    if (target === '*') return method === 'OPTIONS' || this.no('* as target of another method than OPTIONS');
    const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(target);
    if (absolute === null) return this.no('a request target that is no path');
    const [, authority = '', rest = ''] = absolute;
    if (!isHost(authority)) return this.no('a bad authority in the request target');
    this.host = authority;
    this.headers.set('Host', authority);
    this.target = rest.startsWith('/') ? rest : `/${rest}`;
    return true;
  }

  /** A connection's requests nearly all name one host: it's looked at once. */
  private isGoodHost(): boolean {
    if (this.host === this.goodHost) return true;
    if (!isHost(this.host)) return false;
    this.goodHost = this.host;
    return true;
  }

  private checkExpect(): boolean {
    // RFC 9110 §10.1.1. HTTP/1.0 clients can't expect anything: the field is ignored there.
    if (this.version === 10) return true;
    const value = this.headers.getCombined('expect') ?? '';
    if (value.length !== 12 || !equalsIgnoringCase(value, 0, '100-continue')) {
      return this.no('an expectation other than 100-continue', 'expectation-failed');
    }
    this.expectsContinue = true;
    return true;
  }

  private noteUpgrade(): void {
    this.upgrade = (this.headers.getCombined('upgrade') ?? '').toLowerCase();
  }

  private no(
    reason: string,
    problem: 'malformed-request' | 'method-not-allowed' | 'expectation-failed' = 'malformed-request',
  ): false {
    this.refuse(reason, problem);
    return false;
  }
}

const VERSION_LINE = asciiBytes('HTTP/1.1\r\n');

/** `HTTP/1.0` or `HTTP/1.1`, and CRLF. */
function isVersionLine(bytes: Buffer, pos: number): boolean {
  for (let i = 0; i < 10; i++) {
    if (bytes[pos + i] !== VERSION_LINE[i] && !(i === 7 && bytes[pos + i] === 0x30)) return false;
  }
  return true;
}

function methodAt(bytes: Buffer, from: number, to: number): string | undefined {
  const candidates = methodsByLength[to - from];
  if (candidates === undefined) return undefined;
  for (let c = 0; c < candidates.length; c++) {
    const method = candidates[c] as { readonly name: string; readonly bytes: Uint8Array };
    let i = 0;
    while (from + i < to && bytes[from + i] === method.bytes[i]) i++;
    if (from + i === to) return method.name;
  }
  return undefined;
}

/** `name`, `1.2.3.4` or `[::1]`, with an optional port. Checks the shape that routing and forwarding rely on. */
function isHost(host: string): boolean {
  const length = host.length;
  if (length === 0 || length > 259) return false;
  for (let i = 0; i < length; i++) if (((CHARS[host.charCodeAt(i)] as number) & HOST) === 0) return false;
  const close = host.charCodeAt(0) === 0x5b ? host.indexOf(']') : -1;
  if (close >= 0) return /^\[[0-9A-Fa-f:.]+\](?::[0-9]{0,5})?$/.test(host);
  const colon = host.indexOf(':');
  if (colon < 0) return !host.includes('[') && !host.includes(']');
  return colon > 0 && /^[^:[\]]+:[0-9]{0,5}$/.test(host);
}
