import { METHODS } from 'node:http';
import { createRequire } from 'node:module';
import type { Message, Reading } from './reading.ts';

type Headers = readonly string[] | undefined;

interface NodeParser {
  [callback: number]: unknown;
  initialize(type: number, resource: object, maxHeaderSize: number, lenientFlags: number): void;
  /** How many bytes were consumed (fewer than given before an upgrade), or what is wrong with them. */
  execute(bytes: Buffer): number | (Error & { readonly code: string; readonly bytesParsed: number });
  finish(): undefined | (Error & { readonly code: string });
}

interface NodeParserClass {
  new (): NodeParser;
  readonly REQUEST: number;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
  readonly kLenientNone: number;
}

// Node has no public door to its parser; this one is open in every version from 12 on.
const { HTTPParser } = createRequire(import.meta.url)('_http_common') as { readonly HTTPParser: NodeParserClass };

const MAX_HEADERS = 1024 * 1024;

/** Node's own HTTP/1 parser (llhttp), as strict as it gets, with everything it finds kept. */
export class Llhttp {
  private readonly parser = new HTTPParser();
  private readonly type: number;
  private reading: Reading = { messages: [], refused: '' };
  private headers: string[] = [];
  private url = '';
  private current: Message | undefined = undefined;
  private answersHead: (index: number) => boolean = () => false;

  constructor(kind: 'request' | 'response') {
    this.type = kind === 'request' ? HTTPParser.REQUEST : HTTPParser.RESPONSE;
    const { parser } = this;
    parser[HTTPParser.kOnHeaders] = (headers: readonly string[], url: string): void => {
      (this.current === undefined ? this.headers : this.current.trailers).push(...headers);
      if (this.current === undefined) this.url += url;
    };
    parser[HTTPParser.kOnHeadersComplete] = (
      major: number,
      minor: number,
      headers: Headers,
      method: number | undefined,
      url: string | undefined,
      status: number | undefined,
      _statusMessage: string | undefined,
      _upgrade: boolean,
      keepAlive: boolean,
    ): number => this.onHead({ major, minor, headers, method, url, status, keepAlive });
    parser[HTTPParser.kOnBody] = (bytes: Buffer): void => {
      if (this.current !== undefined) this.current.body += bytes.toString('latin1');
    };
    parser[HTTPParser.kOnMessageComplete] = (): void => {
      if (this.current !== undefined) this.current.complete = true;
      this.current = undefined;
    };
  }

  /**
   * Reads a whole stream. What llhttp would hand to an upgrade, or refuses only since an earlier message asked to close,
   * is read on as HTTP: whether to go on is for others to compare.
   *
   * @param answersHead for responses: whether the one with this index, counted without 1xx, answers a HEAD
   */
  read(bytes: Buffer, answersHead: (index: number) => boolean = () => false): Reading {
    this.reading = { messages: [], refused: '' };
    this.answersHead = answersHead;
    let rest = bytes;
    for (;;) {
      this.headers = [];
      this.url = '';
      this.current = undefined;
      this.parser.initialize(this.type, {}, MAX_HEADERS, HTTPParser.kLenientNone);
      const result = this.parser.execute(rest);
      if (typeof result === 'number') {
        if (result < rest.length) {
          rest = rest.subarray(result);
          continue;
        }
        this.end();
        return this.reading;
      }
      if (result.code !== 'HPE_CLOSED_CONNECTION') {
        this.reading.refused = `${result.code} ${result.message}`;
        return this.reading;
      }
      // It has gone one byte into what it refuses.
      rest = rest.subarray(result.bytesParsed - 1);
    }
  }

  /** The connection ends: a response without a length is complete now. */
  private end(): void {
    if (this.type === HTTPParser.RESPONSE) this.parser.finish();
  }

  private onHead(head: {
    major: number;
    minor: number;
    headers: Headers;
    method: number | undefined;
    url: string | undefined;
    status: number | undefined;
    keepAlive: boolean;
  }): number {
    const { messages } = this.reading;
    const finals = messages.filter(({ start }) => !start.startsWith('1')).length;
    const message: Message = {
      start: head.method === undefined ? String(head.status) : (methodNames().get(head.method) ?? ''),
      target: head.url ?? this.url,
      version: head.major * 10 + head.minor,
      headers: [...(head.headers ?? this.headers)],
      body: '',
      trailers: [],
      complete: false,
      keepAlive: head.keepAlive,
    };
    this.headers = [];
    this.url = '';
    messages.push(message);
    this.current = message;
    const skipsBody = this.type === HTTPParser.RESPONSE && this.answersHead(finals) && !message.start.startsWith('1');
    return skipsBody ? 1 : 0;
  }
}

let methods: Map<number, string> | undefined;

/** llhttp's numbers of methods: asked for, since where Node keeps the list differs between its versions. */
function methodNames(): Map<number, string> {
  if (methods !== undefined) return methods;
  methods = new Map();
  const parser = new HTTPParser();
  for (const name of METHODS) {
    parser[HTTPParser.kOnHeadersComplete] = (_major: number, _minor: number, _headers: Headers, method: number) => {
      methods?.set(method, name);
      return 0;
    };
    parser.initialize(HTTPParser.REQUEST, {}, MAX_HEADERS, HTTPParser.kLenientNone);
    parser.execute(Buffer.from(`${name} ${name === 'CONNECT' ? 'a:1' : '/'} HTTP/1.1\r\nHost: a\r\n\r\n`));
  }
  return methods;
}
