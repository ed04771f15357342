/** What an upstream sends, and what comes of it. */
export interface UpstreamAnswer {
  readonly name: string;
  /** Default: GET. */
  readonly method?: string;
  /** Of the client. Default: 1.1. */
  readonly version?: '1.0';
  /** What the upstream sends. */
  readonly sent: string;
  /** It closes behind that. */
  readonly ends?: boolean;
  /** The bytes that the client gets, or the problem that it's told. */
  readonly got: string | { readonly status: number; readonly problem: string };
  /** The upstream's connection isn't used again. */
  readonly spent?: boolean;
}

/** So that what the client gets is known to the byte: an answer without a date is given one. */
const DATE = 'Date: now\r\n';

function answer(lines: string, body = '', { status = '200 OK', version = '1.1' } = {}): string {
  return `HTTP/${version} ${status}\r\n${DATE}${lines}\r\n${body}`;
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const NO_CONTENT = { status: '204 No Content' };
const NOT_MODIFIED = { status: '304 Not Modified' };
const OK = answer('Content-Length: 2\r\n', 'ok');
const BROKEN = { status: 502, problem: 'upstream-malformed' };
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';

export const BODIES: readonly UpstreamAnswer[] = [
  { name: 'a body of a length', sent: OK, got: OK },
  { name: 'an empty body', sent: answer('Content-Length: 0\r\n'), got: answer('Content-Length: 0\r\n') },
  {
    name: 'a chunked body, whose sizes and extensions are written anew',
    sent: answer(CHUNKED, '0002;a=b\r\nok\r\n000;c\r\n\r\n'),
    got: answer(CHUNKED, '2\r\nok\r\n0\r\n\r\n'),
  },
  {
    name: 'an empty chunked body',
    sent: answer(CHUNKED, '0\r\n\r\n'),
    got: answer(CHUNKED, '0\r\n\r\n'),
  },
  {
    name: 'trailers, without those that mean something in front of a body only',
    sent: answer(CHUNKED, '2\r\nok\r\n0\r\nX-Sum: 1\r\nSet-Cookie: a\r\nAccess-Control-Allow-Origin: *\r\n\r\n'),
    got: answer(CHUNKED, '2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n'),
  },
  {
    name: 'a chunked body, for a client of HTTP/1.0',
    version: '1.0',
    sent: answer(CHUNKED, '2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n'),
    got: answer('Connection: close\r\n', 'ok'),
  },
  {
    name: 'a body that the end of the connection ends',
    sent: answer('', 'ok'),
    ends: true,
    got: answer(CHUNKED, '2\r\nok\r\n0\r\n\r\n'),
    spent: true,
  },
  {
    name: 'no body, as the end of the connection says',
    sent: answer(''),
    ends: true,
    got: answer(CHUNKED, '0\r\n\r\n'),
    spent: true,
  },
  {
    name: 'a body that the end of the connection ends, for a client of HTTP/1.0',
    version: '1.0',
    sent: answer('', 'ok'),
    ends: true,
    got: answer('Connection: close\r\n', 'ok'),
    spent: true,
  },
  {
    name: 'an answer in HTTP/1.0 with a length',
    sent: answer('Content-Length: 2\r\n', 'ok', { version: '1.0' }),
    got: OK,
    spent: true,
  },
  {
    name: 'an answer in HTTP/1.0 that keeps its connection',
    sent: answer('Connection: keep-alive\r\nContent-Length: 2\r\n', 'ok', { version: '1.0' }),
    got: OK,
  },
  {
    name: 'an answer in HTTP/1.0 that its end ends',
    sent: answer('', 'ok', { version: '1.0' }),
    ends: true,
    got: answer(CHUNKED, '2\r\nok\r\n0\r\n\r\n'),
    spent: true,
  },
  {
    name: 'an answer that closes its connection',
    sent: answer('Connection: close\r\nContent-Length: 2\r\n', 'ok'),
    got: OK,
    spent: true,
  },
  {
    name: 'what Connection lists, and what is hop-by-hop without it',
    sent: answer(
      'Connection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nUpgrade: h2c\r\nContent-Length: 2\r\n',
      'ok',
    ),
    got: OK,
  },
  {
    name: 'a reason phrase of its own',
    sent: answer('Content-Length: 2\r\n', 'ok', { status: '200 Excellent \xe9' }),
    got: OK,
  },
  {
    name: 'no reason phrase',
    sent: answer('Content-Length: 2\r\n', 'ok', { status: '200 ' }),
    got: OK,
  },
  { name: 'bytes behind a body of a length', sent: `${OK}${OK}`, got: OK, spent: true },
  {
    name: 'bytes behind the last chunk',
    sent: `${answer(CHUNKED, '0\r\n\r\n')}${OK}`,
    got: answer(CHUNKED, '0\r\n\r\n'),
    spent: true,
  },
  { name: 'an empty line behind the answer', sent: `${OK}\r\n`, got: OK, spent: true },
];

export const BODYLESS: readonly UpstreamAnswer[] = [
  {
    name: 'an answer to HEAD with the length of what GET would get',
    method: 'HEAD',
    sent: answer('Content-Length: 5\r\n'),
    got: answer('Content-Length: 5\r\n'),
  },
  {
    name: 'an answer to HEAD with a body all the same',
    method: 'HEAD',
    sent: answer('Content-Length: 5\r\n', 'hello'),
    got: answer('Content-Length: 5\r\n'),
    spent: true,
  },
  { name: 'an answer to HEAD without a length', method: 'HEAD', sent: answer(''), got: answer('') },
  { name: 'a chunked answer to HEAD', method: 'HEAD', sent: answer(CHUNKED), got: answer('') },
  {
    name: 'a chunked answer to HEAD with the chunks all the same',
    method: 'HEAD',
    sent: answer(CHUNKED, '0\r\n\r\n'),
    got: answer(''),
    spent: true,
  },
  { name: 'a 204', sent: answer('', '', NO_CONTENT), got: answer('', '', NO_CONTENT) },
  {
    name: 'a 204 with a length of nothing',
    sent: answer('Content-Length: 0\r\n', '', NO_CONTENT),
    got: answer('', '', NO_CONTENT),
  },
  {
    name: 'a 204 that announces a body',
    sent: answer('Content-Length: 5\r\n', '', NO_CONTENT),
    got: answer('', '', NO_CONTENT),
    spent: true,
  },
  {
    name: 'a 204 with a body',
    sent: answer('Content-Length: 5\r\n', 'hello', NO_CONTENT),
    got: answer('', '', NO_CONTENT),
    spent: true,
  },
  {
    name: 'a 204 with chunks',
    sent: answer(CHUNKED, '5\r\nhello\r\n0\r\n\r\n', NO_CONTENT),
    got: answer('', '', NO_CONTENT),
    spent: true,
  },
  {
    name: 'a 304 with the length of what it is about',
    sent: answer('ETag: "a"\r\nContent-Length: 5\r\n', '', NOT_MODIFIED),
    got: answer('ETag: "a"\r\nContent-Length: 5\r\n', '', NOT_MODIFIED),
  },
  {
    name: 'a 304 without',
    sent: answer('ETag: "a"\r\n', '', NOT_MODIFIED),
    got: answer('ETag: "a"\r\n', '', NOT_MODIFIED),
  },
  {
    name: 'a 304 with a body',
    sent: answer('Content-Length: 5\r\n', 'hello', NOT_MODIFIED),
    got: answer('Content-Length: 5\r\n', '', NOT_MODIFIED),
    spent: true,
  },
  {
    name: 'a 304 with chunks',
    sent: answer(CHUNKED, '5\r\nhello\r\n0\r\n\r\n', NOT_MODIFIED),
    got: answer('', '', NOT_MODIFIED),
    spent: true,
  },
];

export const INTERIM: readonly UpstreamAnswer[] = [
  { name: 'hints before the answer', sent: `${HINTS}${OK}`, got: `${HINTS}${OK}` },
  {
    name: 'several interim responses',
    sent: `${HINTS}HTTP/1.1 102 Processing\r\n\r\n${HINTS}${OK}`,
    got: `${HINTS}HTTP/1.1 102 Processing\r\n\r\n${HINTS}${OK}`,
  },
  {
    name: 'hints before an answer without a body',
    sent: `${HINTS}${answer('', '', NO_CONTENT)}`,
    got: `${HINTS}${answer('', '', NO_CONTENT)}`,
  },
  {
    name: 'hints before an answer to HEAD',
    method: 'HEAD',
    sent: `${HINTS}${answer('Content-Length: 5\r\n')}`,
    got: `${HINTS}${answer('Content-Length: 5\r\n')}`,
  },
  {
    name: 'hints, for a client of HTTP/1.0',
    version: '1.0',
    sent: `${HINTS}${OK}`,
    got: answer('Content-Length: 2\r\nConnection: close\r\n', 'ok'),
  },
  { name: 'a 100 that nobody waits for', sent: `HTTP/1.1 100 Continue\r\n\r\n${OK}`, got: OK },
  {
    name: 'an interim response with a length of nothing',
    sent: `HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n${OK}`,
    got: `HTTP/1.1 103 Early Hints\r\n\r\n${OK}`,
  },
  {
    name: 'an interim response that announces a body',
    sent: `HTTP/1.1 103 Early Hints\r\nContent-Length: 2\r\n\r\nok${OK}`,
    got: BROKEN,
    spent: true,
  },
  {
    name: 'a chunked interim response',
    sent: `HTTP/1.1 103 Early Hints\r\n${CHUNKED}\r\n0\r\n\r\n${OK}`,
    got: BROKEN,
    spent: true,
  },
  {
    name: 'a 101 that nobody asked for',
    sent: 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    got: BROKEN,
    spent: true,
  },
  { name: 'an interim response behind the answer', sent: `${OK}${HINTS}`, got: OK, spent: true },
  {
    name: 'an interim response and nothing behind it',
    sent: `HTTP/1.1 100 Continue\r\n\r\n`,
    ends: true,
    got: { status: 502, problem: 'upstream-reset' },
    spent: true,
  },
];

export const BROKEN_FRAMING: readonly UpstreamAnswer[] = [
  ['Content-Length and Transfer-Encoding', answer(`Content-Length: 2\r\n${CHUNKED}`, '0\r\n\r\n')],
  ['Transfer-Encoding and Content-Length', answer(`${CHUNKED}Content-Length: 2\r\n`, '0\r\n\r\n')],
  ['a length with a leading zero', answer('Content-Length: 02\r\n', 'ok')],
  ['an empty length', answer('Content-Length:\r\n', 'ok')],
  ['an empty Transfer-Encoding', answer('Transfer-Encoding:\r\n', '0\r\n\r\n')],
  ['Transfer-Encoding twice', answer(`${CHUNKED}${CHUNKED}`, '0\r\n\r\n')],
  ['identity', answer('Transfer-Encoding: identity\r\n', 'ok')],
  ['chunked with a parameter', answer('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n')],
  ['chunked in HTTP/1.0', answer(CHUNKED, '0\r\n\r\n', { version: '1.0' })],
  ['a length in words', answer('Content-Length: two\r\n', 'ok')],
  ['a 204 with two lengths', answer('Content-Length: 0\r\nContent-Length: 0\r\n', '', NO_CONTENT)],
  ['a length and chunks in answer to HEAD', answer(`Content-Length: 2\r\n${CHUNKED}`), 'HEAD'],
].map(([name = '', sent = '', method = 'GET']) => ({ name, sent, method, got: BROKEN, spent: true }));
