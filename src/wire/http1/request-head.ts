import { METHODS } from 'node:http';
import { equalsIgnoringCase, H } from '../known-names.ts';
import { CHARS, HOST, SPACE, TARGET, TOKEN } from './chars.ts';
import { hex, INCOMPLETE, MessageHead, REFUSED } from './message-head.ts';

/** Limits on a request head. */
export interface HeadLimits {
  /** Bytes of the request line. */
  readonly requestLine: number;
  readonly headerCount: number;
}

const METHOD_NAMES: ReadonlySet<string> = new Set(METHODS);
const MAX_METHOD_LENGTH = Math.max(...METHODS.map((method) => method.length));

/** A request's head (RFC 9112 §3): scanned once, in place. */
export class RequestHead extends MessageHead {
  method = '';
  /** Origin-form (or `*`): for an absolute-form target its path and query. */
  target = '';
  expectsContinue = false;
  /** The value of Upgrade, lower case, if Connection names it too; else ''. */
  upgrade = '';

  /**
   * Scans a request head that begins at `from`.
   * @returns the index behind the head, INCOMPLETE (everything so far is fine), or REFUSED (see `problem`, `reason`).
   */
  scan(text: string, from: number, limits: HeadLimits): number {
    this.reset(text);
    this.method = '';
    this.target = '';
    this.expectsContinue = false;
    this.upgrade = '';
    const lineEnd = this.scanRequestLine(text, from, limits.requestLine);
    if (lineEnd <= 0) return lineEnd;
    const end = this.scanFields(text, lineEnd, limits.headerCount);
    if (end <= 0) return end;
    return this.checkSemantics() ? end : REFUSED;
  }

  private scanRequestLine(text: string, from: number, maxLine: number): number {
    const length = text.length;
    let pos = from;
    let code = 0;
    while (pos < length && ((CHARS[(code = text.charCodeAt(pos))] as number) & TOKEN) !== 0) pos++;
    if (pos - from > MAX_METHOD_LENGTH) return this.refuse('not a known method');
    if (pos >= length) return INCOMPLETE;
    if (code !== SPACE) return this.refuse(`byte 0x${hex(code)} in the method`);
    const method = text.slice(from, pos);
    // The list of Node's own parser: an unknown method could mean a different body rule to whoever comes next.
    if (!METHOD_NAMES.has(method)) return this.refuse('not a known method');
    this.method = method;
    const targetStart = ++pos;
    while (pos < length && ((CHARS[(code = text.charCodeAt(pos))] as number) & TARGET) !== 0) pos++;
    if (pos - from > maxLine) return this.refuse(`a request line longer than ${maxLine} bytes`, 'target-too-long');
    if (pos >= length) return INCOMPLETE;
    if (code !== SPACE) return this.refuse(`byte 0x${hex(code)} in the request target`);
    if (pos === targetStart) return this.refuse('an empty request target');
    this.target = text.slice(targetStart, pos);
    return this.scanVersion(text, pos + 1);
  }

  /** `HTTP/1.1` CRLF. */
  private scanVersion(text: string, pos: number): number {
    if (text.startsWith('HTTP/1.1\r\n', pos)) {
      this.version = 11;
      return pos + 10;
    }
    if (text.startsWith('HTTP/1.0\r\n', pos)) {
      this.version = 10;
      return pos + 10;
    }
    const rest = text.slice(pos, pos + 10);
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
    if (this.hostCount === 1 && !isHost(this.host)) return this.no('a bad Host');
    if (!this.checkTarget()) return false;
    if (this.headers.hasId(H.expect) && !this.checkExpect()) return false;
    if (this.connectionUpgrade && this.version === 11) this.noteUpgrade();
    return true;
  }

  /** RFC 9112 §3.2: origin-form; absolute-form, whose authority replaces Host; `*` for OPTIONS; never authority-form. */
  private checkTarget(): boolean {
    const target = this.target;
    if (this.method === 'CONNECT') return this.no('CONNECT is for forward proxies', 'method-not-allowed');
    if (target.charCodeAt(0) === 0x2f) return true;
    if (target === '*') return this.method === 'OPTIONS' || this.no('* as target of another method than OPTIONS');
    const absolute = /^https?:\/\/([^/?]*)(.*)$/i.exec(target);
    if (absolute === null) return this.no('a request target that is no path');
    const [, authority = '', rest = ''] = absolute;
    if (!isHost(authority)) return this.no('a bad authority in the request target');
    this.host = authority;
    this.headers.set('Host', authority);
    this.target = rest.startsWith('/') ? rest : `/${rest}`;
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
