/** A request that is refused before one byte of it reaches an upstream. */
export interface Refused {
  readonly name: string;
  readonly bytes: string;
  /** Default: 400 with `malformed-request`. */
  readonly status?: number;
  readonly code?: string;
  /** The Origin can't be read from it, so that the answer can't carry CORS lines for it. */
  readonly withoutOrigin?: boolean;
}

export const ORIGIN = 'https://app.test';
const ORIGIN_LINE = `Origin: ${ORIGIN}\r\n`;

/** A request with these lines (each with its CRLF) behind Host and Origin. */
function withLines(lines: string, { method = 'POST', body = '', version = '1.1' } = {}): string {
  return `${method} /x HTTP/${version}\r\nHost: a.test\r\n${ORIGIN_LINE}${lines}\r\n${body}`;
}

function withTarget(target: string, method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: a.test\r\n${ORIGIN_LINE}\r\n`;
}

function withHost(hostLines: string): string {
  return `GET /x HTTP/1.1\r\n${hostLines}${ORIGIN_LINE}\r\n`;
}

function withLine(line: string): string {
  return `${line}\r\nHost: a.test\r\n${ORIGIN_LINE}\r\n`;
}

const shown = (text: string): string => JSON.stringify(text).slice(1, -1);

const LENGTHS = [
  '+5',
  '-1',
  '0x5',
  '1_0',
  '5 5',
  '',
  '9007199254740992',
  '99999999999999999999',
  '18446744073709551621',
  '05',
  '00',
  '5,5',
  '5, 5',
  '5,6',
  '5;',
  '5.0',
  '5e0',
  '"5"',
  '5\x0b',
  '\xa05',
  '٥',
  'five',
];

const CODINGS = [
  'identity',
  'gzip',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'chunked,',
  ', chunked',
  '',
  'chunked;q=1',
  'chunked; a=b',
  'xchunked',
  'chunkedx',
  'chunke',
  '"chunked"',
  'chunked\x0b',
  '\x0bchunked',
  'chunked\x00',
  'chunked\x80',
  '\xa0chunked',
  'chun ked',
  'chunked\r\n , gzip',
  '\r\n chunked',
];

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const EMPTY_CHUNKS = '0\r\n\r\n';

export const FRAMING: readonly Refused[] = [
  ...LENGTHS.map((value) => ({
    name: `Content-Length ${shown(value) || 'without a value'}`,
    bytes: withLines(`Content-Length: ${value}\r\n`, { body: 'abcde' }),
  })),
  ...CODINGS.map((value) => ({
    name: `Transfer-Encoding ${shown(value) || 'without a value'}`,
    bytes: withLines(`Transfer-Encoding: ${value}\r\n`, { body: EMPTY_CHUNKS }),
  })),
  {
    name: 'Content-Length, then Transfer-Encoding',
    bytes: withLines(`Content-Length: 5\r\n${CHUNKED}`, { body: EMPTY_CHUNKS }),
  },
  {
    name: 'Transfer-Encoding, then Content-Length',
    bytes: withLines(`${CHUNKED}Content-Length: 5\r\n`, { body: EMPTY_CHUNKS }),
  },
  {
    name: 'Transfer-Encoding with Content-Length 0',
    bytes: withLines(`${CHUNKED}Content-Length: 0\r\n`, { body: EMPTY_CHUNKS }),
  },
  {
    name: 'Content-Length twice, different',
    bytes: withLines('Content-Length: 5\r\nContent-Length: 6\r\n', { body: 'abcdef' }),
  },
  {
    name: 'Content-Length twice, alike',
    bytes: withLines('Content-Length: 5\r\ncontent-length: 5\r\n', { body: 'abcde' }),
  },
  { name: 'Transfer-Encoding twice', bytes: withLines(`${CHUNKED}${CHUNKED}`, { body: EMPTY_CHUNKS }) },
  {
    name: 'Transfer-Encoding twice, the second another',
    bytes: withLines(`${CHUNKED}Transfer-Encoding: identity\r\n`, { body: EMPTY_CHUNKS }),
  },
  {
    name: 'Transfer-Encoding in HTTP/1.0',
    bytes: withLines(CHUNKED, { body: EMPTY_CHUNKS, version: '1.0' }),
  },
  { name: 'Content_Length', bytes: withLines('Content_Length: 5\r\n', { body: 'abcde' }) },
  { name: 'Transfer_Encoding', bytes: withLines('Transfer_Encoding: chunked\r\n', { body: EMPTY_CHUNKS }) },
  { name: 'X_Forwarded_For', bytes: withLines('X_Forwarded_For: 1.2.3.4\r\n') },
  { name: 'a tab behind the Content-Length', bytes: withLines('Content-Length: 5\t\r\n', { body: 'abcde' }) },
  { name: 'a tab behind chunked', bytes: withLines('Transfer-Encoding: chunked\t\r\n', { body: EMPTY_CHUNKS }) },
];

export const LINES: readonly Refused[] = [
  { name: 'a space before the colon', bytes: withLines('X-A : 1\r\n') },
  { name: 'a tab before the colon', bytes: withLines('X-A\t: 1\r\n') },
  { name: 'a space before the colon of Content-Length', bytes: withLines('Content-Length : 5\r\n', { body: 'abcde' }) },
  {
    name: 'a space before the colon of Transfer-Encoding',
    bytes: withLines('Transfer-Encoding : chunked\r\n', { body: EMPTY_CHUNKS }),
  },
  { name: 'white space before the first header', bytes: `GET /x HTTP/1.1\r\n Host: a.test\r\n${ORIGIN_LINE}\r\n` },
  { name: 'a tab before the first header', bytes: `GET /x HTTP/1.1\r\n\tHost: a.test\r\n${ORIGIN_LINE}\r\n` },
  { name: 'a folded line', bytes: withLines('X-A: 1\r\n 2\r\n') },
  { name: 'a line folded with a tab', bytes: withLines('X-A: 1\r\n\t2\r\n') },
  { name: 'a line of white space', bytes: withLines('X-A: 1\r\n \r\n') },
  { name: 'NUL in a value', bytes: withLines('X-A: a\0b\r\n') },
  { name: 'NUL in a name', bytes: withLines('X\0A: 1\r\n') },
  { name: 'a control byte in a value', bytes: withLines('X-A: a\x01b\r\n') },
  { name: 'DEL in a value', bytes: withLines('X-A: a\x7fb\r\n') },
  { name: 'a bare CR in a value', bytes: withLines('X-A: a\rb\r\n') },
  { name: 'a bare CR before the line ends', bytes: withLines('X-A: a\r\r\n') },
  { name: 'a bare LF in a value', bytes: withLines('X-A: a\nX-B: b\r\n') },
  { name: 'a bare LF before the empty line', bytes: `GET /x HTTP/1.1\r\nHost: a.test\r\n${ORIGIN_LINE}\n` },
  { name: 'CR CR LF for the empty line', bytes: `GET /x HTTP/1.1\r\nHost: a.test\r\n${ORIGIN_LINE}\r\r\n` },
  { name: 'a line without a colon', bytes: withLines('X-A\r\n') },
  { name: 'a name without a letter', bytes: withLines(': 1\r\n') },
  { name: 'a name with a byte from 0x80 on', bytes: withLines('X-\xe9: 1\r\n') },
  { name: 'a name with a parenthesis', bytes: withLines('X(A): 1\r\n') },
  { name: 'a name with a quote', bytes: withLines('"X": 1\r\n') },
  { name: 'a name with an @', bytes: withLines('X@A: 1\r\n') },
  { name: 'a name with a slash', bytes: withLines('X/A: 1\r\n') },
  {
    name: 'LF line ends throughout',
    bytes: withTarget('/x').replaceAll('\r\n', '\n'),
    withoutOrigin: true,
  },
  { name: 'a bare LF behind the request line', bytes: `GET /x HTTP/1.1\nHost: a.test\r\n${ORIGIN_LINE}\r\n` },
  { name: 'a bare CR behind the request line', bytes: `GET /x HTTP/1.1\rHost: a.test\r\n${ORIGIN_LINE}\r\n` },
  { name: 'HTTP/0.9', bytes: withLine('GET /x') },
  { name: 'HTTP/0.9 by name', bytes: withLine('GET /x HTTP/0.9'), status: 505, code: 'version-not-supported' },
  { name: 'HTTP/1.32', bytes: withLine('GET /x HTTP/1.32') },
  { name: 'HTTP/1.2', bytes: withLine('GET /x HTTP/1.2'), status: 505, code: 'version-not-supported' },
  { name: 'HTTP/2.0', bytes: withLine('GET /x HTTP/2.0'), status: 505, code: 'version-not-supported' },
  { name: 'HTTP/01.1', bytes: withLine('GET /x HTTP/01.1') },
  { name: 'http/1.1', bytes: withLine('GET /x http/1.1') },
  { name: 'HTTP/1.1 and a space', bytes: withLine('GET /x HTTP/1.1 ') },
  { name: "HTTP/2's preface", bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', withoutOrigin: true },
  { name: 'a TLS handshake', bytes: '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', withoutOrigin: true },
  { name: 'two spaces before the target', bytes: withLine('GET  /x HTTP/1.1') },
  { name: 'a tab before the target', bytes: withLine('GET\t/x HTTP/1.1') },
  { name: 'two spaces before the version', bytes: withLine('GET /x  HTTP/1.1') },
  { name: 'a space before the method', bytes: withLine(' GET /x HTTP/1.1') },
  { name: 'a method in lower case', bytes: withLine('get /x HTTP/1.1') },
  { name: 'a method that nobody knows', bytes: withLine('FROB /x HTTP/1.1') },
  { name: 'a method with a control byte', bytes: withLine('GE\x01T /x HTTP/1.1') },
  { name: 'no method', bytes: withLine(' /x HTTP/1.1') },
];

const HOSTS = [
  '',
  'a.test,b.test',
  'a.test, b.test',
  'user@a.test',
  'user:pw@a.test',
  'a.test/path',
  '/a.test',
  'a.test?q',
  'a.test#f',
  'a test',
  'a.test:80:80',
  'a.test:x',
  'a.test:123456',
  'a.test:-1',
  ':80',
  '::1',
  '[::1',
  '[::1]x',
  '[a.test]',
  'a.test\\b',
  'a.t\xe9st',
  'http://a.test',
  'a"b',
  '<a>',
  'a'.repeat(300),
];

export const HOST: readonly Refused[] = [
  { name: 'no Host', bytes: withHost('') },
  { name: 'Host twice', bytes: withHost('Host: a.test\r\nHost: b.test\r\n') },
  { name: 'Host twice, alike', bytes: withHost('Host: a.test\r\nhost: a.test\r\n') },
  {
    name: 'no Host, though the target names one',
    bytes: `GET http://a.test/x HTTP/1.1\r\n${ORIGIN_LINE}\r\n`,
  },
  {
    name: 'Host twice, though the target names one',
    bytes: `GET http://a.test/x HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n${ORIGIN_LINE}\r\n`,
  },
  ...HOSTS.map((host) => ({
    name: `Host ${shown(host).slice(0, 30) || 'without a value'}`,
    bytes: withHost(`Host: ${host}\r\n`),
  })),
];

const TARGETS = [
  '*',
  'x',
  'a.test:80',
  '?q',
  '/x#f',
  '/x#',
  '/x y',
  '/x\0y',
  '/x\x7f',
  '/x\ty',
  '/x\xe9',
  '/\xc3\xa9',
  '\\x',
  'http://',
  'http:///x',
  'http:x',
  'http://user@a.test/x',
  'http://a.test:x/x',
  'http://a,b/x',
  'http://a.test#f',
  'http://[::1/x',
  'ftp://a.test/x',
  'file:///etc/passwd',
  'ws://a.test/x',
  // Refused for what they could be read as.
  '/%00',
  '/x%00y',
  '/x%0d%0aX-A:%201',
  '/x%0ay',
  '/x%7fy',
  '/x%',
  '/x%2',
  '/x%zz',
];

export const TARGET: readonly Refused[] = [
  ...TARGETS.map((target) => ({ name: `the target ${shown(target)}`, bytes: withTarget(target) })),
  { name: 'no target', bytes: withLine('GET HTTP/1.1') },
  { name: 'an empty target', bytes: withTarget('') },
  {
    name: 'CONNECT to an authority',
    bytes: withTarget('a.test:443', 'CONNECT'),
    status: 405,
    code: 'method-not-allowed',
  },
  { name: 'CONNECT to a path', bytes: withTarget('/x', 'CONNECT'), status: 405, code: 'method-not-allowed' },
  { name: 'TRACE', bytes: withTarget('/x', 'TRACE'), status: 405, code: 'method-not-allowed' },
  {
    name: 'TRACE with a body',
    bytes: withLines('Content-Length: 5\r\n', { method: 'TRACE', body: 'abcde' }),
    status: 405,
    code: 'method-not-allowed',
  },
  ...[
    '/../x',
    '/x/..',
    '/x/./y',
    '/%2e%2e/x',
    '/x/.%2e/y',
    '/x%2f..%2fy',
    '/x\\..\\y',
    '/x%5c..',
    '/%c0%ae%c0%ae/x',
  ].map((target) => ({ name: `the path ${target}`, bytes: withTarget(target), code: 'ambiguous-path' })),
];

export const SEMANTICS: readonly Refused[] = [
  ...['200-ok', '100-continue, x', '', 'payment'].map((value) => ({
    name: `Expect ${value || 'without a value'}`,
    bytes: withLines(`Expect: ${value}\r\nContent-Length: 5\r\n`, { body: 'abcde' }),
    status: 417,
    code: 'expectation-failed',
  })),
  {
    name: 'Expect twice',
    bytes: withLines('Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5\r\n', { body: 'abcde' }),
    status: 417,
    code: 'expectation-failed',
  },
];
