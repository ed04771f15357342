import type { HeaderLine, ProbeResponse } from './types.ts';

const HEAD_LIMIT = 65_536;
const BODY_LIMIT = 65_536;

/** What can't be an answer. */
export class MalformedResponse extends Error {
  readonly kind: 'malformed' | 'head-too-large';

  constructor(kind: 'malformed' | 'head-too-large', detail: string) {
    super(detail);
    this.kind = kind;
  }
}

/**
 * Reads one answer of HTTP/1. It is forgiving where browsers are, because what a server really sends is what is asked
 * for: bare line feeds, odd whitespace and repeated lines stay to be seen. Bytes are characters from 0 to 255.
 */
export class ResponseParser {
  private text = '';
  private head: ProbeResponse | undefined;
  private bodyStart = 0;
  private readonly method: string;

  constructor(method: string) {
    this.method = method;
  }

  /** Whether the head is complete. */
  get hasHead(): boolean {
    return this.head !== undefined;
  }

  /** Takes bytes. @returns whether everything that is wanted is there. Throws MalformedResponse. */
  push(bytes: Buffer): boolean {
    this.text += bytes.toString('latin1');
    while (this.head === undefined) {
      const end = /\r?\n\r?\n/.exec(this.text);
      if (end === null) {
        this.refuseEarly();
        return false;
      }
      const head = parseHead(this.text.slice(0, end.index));
      const next = end.index + end[0].length;
      // RFC 9110, 15.2: an interim response is followed by the real one.
      if (head.status >= 100 && head.status < 200 && head.status !== 101) this.text = this.text.slice(next);
      else {
        this.head = head;
        this.bodyStart = next;
      }
    }
    return this.isWhole();
  }

  /** The answer as far as it came; undefined before its head is complete. */
  finish(): ProbeResponse | undefined {
    return this.head && { ...this.head, body: this.body().slice(0, BODY_LIMIT) };
  }

  /** What came before a head was complete, for the report. */
  get beginning(): string {
    return this.text.slice(0, 80);
  }

  private refuseEarly(): void {
    if (this.text.length > HEAD_LIMIT) throw new MalformedResponse('head-too-large', `${this.text.length} bytes`);
    const start = this.text.slice(0, 5);
    if (!'HTTP/'.startsWith(start)) throw new MalformedResponse('malformed', this.beginning);
  }

  private isWhole(): boolean {
    const { head } = this;
    if (head === undefined) return false;
    if (this.method === 'HEAD' || head.status === 204 || head.status === 304 || head.status === 101) return true;
    const length = this.text.length - this.bodyStart;
    if (length >= BODY_LIMIT) return true;
    if (this.isChunked()) return /(?:^|\r?\n)0[^\n]*\r?\n(?:[^\n]+\n)*\r?\n$/.test(this.text.slice(this.bodyStart));
    const announced = fieldOf(head.headers, 'content-length');
    return announced !== undefined && length >= Number(announced);
  }

  private isChunked(): boolean {
    return /chunked/i.test(fieldOf(this.head?.headers ?? [], 'transfer-encoding') ?? '');
  }

  private body(): string {
    const raw = this.text.slice(this.bodyStart);
    return this.isChunked() ? dechunk(raw) : raw;
  }
}

function parseHead(text: string): ProbeResponse {
  const rawHead = text.split(/\r?\n/);
  const [statusLine = '', ...lines] = rawHead;
  const status = /^HTTP\/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]|$)/.exec(statusLine)?.[1];
  if (status === undefined) throw new MalformedResponse('malformed', statusLine.slice(0, 80));
  return { status: Number(status), statusLine, headers: parseLines(lines), rawHead, body: '' };
}

function parseLines(lines: readonly string[]): HeaderLine[] {
  const headers: HeaderLine[] = [];
  for (const line of lines) {
    const last = headers.at(-1);
    // RFC 9112, 5.2: obsolete folding; browsers join the lines.
    if (/^[ \t]/.test(line) && last !== undefined) {
      headers[headers.length - 1] = [last[0], `${last[1]} ${line.trim()}`];
      continue;
    }
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon).trimEnd(), trimValue(line.slice(colon + 1))]);
  }
  return headers;
}

function trimValue(value: string): string {
  return value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '');
}

function dechunk(raw: string): string {
  let body = '';
  let at = 0;
  for (;;) {
    const line = /^([\da-f]+)[^\n]*\n/i.exec(raw.slice(at, at + 1024));
    const size = line === null ? 0 : Number.parseInt(line[1] ?? '0', 16);
    if (line === null || size === 0) return body;
    at += line[0].length;
    body += raw.slice(at, at + size);
    at += size + (raw[at + size] === '\r' ? 2 : 1);
  }
}

/** The first value of a header. @param name in lower case */
export function fieldOf(headers: readonly HeaderLine[], name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The values of all lines of a header. @param name in lower case */
export function fieldsOf(headers: readonly HeaderLine[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
