import type { Random } from '../../fixtures/random.ts';

/** How adventurous a generated stream is: the chance of an odd choice wherever there's one. */
export class Whim {
  readonly random: Random;
  private readonly oddity: number;

  constructor(random: Random) {
    this.random = random;
    this.oddity = random.pick([0, 0, 0, 0, 0.01, 0.04, 0.15]);
  }

  odd(): boolean {
    return this.oddity > 0 && this.random.chance(this.oddity);
  }

  /** Usually one of the ordinary ones, sometimes one of the odd. */
  either<T>(ordinary: readonly T[], strange: readonly T[]): T {
    return this.random.pick(this.odd() ? strange : ordinary);
  }

  /** The end of a line. */
  eol(): string {
    return this.either(['\r\n'], ['\n', '\r', '\r\r\n', '\n\r', ' \r\n', '\r\n\r\n', '']);
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NAME_CHARS = `${LETTERS}0123456789-`;
const TOKEN_CHARS = `${NAME_CHARS}!#$%&'*+.^_\`|~`;
const VALUE_CHARS = `${TOKEN_CHARS}"(),/:;<=>?@[]{}\\`;
/** What may stand inside a value, bytes from 0x80 on too. */
const WIDE_CHARS = `${VALUE_CHARS} \t\x80\x85\xa0\xe9\xff`;

const NAMES = [
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Access-Control-Request-Method',
  'Authorization',
  'Cache-Control',
  'Content-Type',
  'Cookie',
  'Date',
  'ETag',
  'Forwarded',
  'If-None-Match',
  'Origin',
  'Referer',
  'Sec-Fetch-Mode',
  'Server',
  'Set-Cookie',
  'User-Agent',
  'Vary',
  'Via',
  'X-Forwarded-For',
  'X-Request-Id',
  '__proto__',
  'constructor',
];

const BAD_NAMES = ['', ' X-Led', '\tX', 'X Y', 'X ', 'X\t', 'X\x00', 'X\x80', 'X(', '"X"', 'X\xe9', 'X\r', '@', 'X\n'];
const SEPARATORS = [': ', ': ', ': ', ':', ':\t', ':  ', ': \t '];
const BAD_SEPARATORS = [' : ', '\t:', '', ' ', '::', '=', ':\r\n ', ': \r\n\t', ':\x0b', ':\xa0', ':\x00'];
const TAILS = ['', '', '', '', ' ', '\t', ' \t '];
const BAD_TAILS = ['\x00', '\r', '\x0b', '\x7f', '\x1f', '\n', '\r\n folded', '\r\n\tfolded', '\r\n '];

const CONNECTIONS = [
  'keep-alive',
  'close',
  'Keep-Alive',
  'CLOSE',
  'upgrade',
  'keep-alive, Upgrade',
  'close, keep-alive',
  'te, close',
  'x-a , keep-alive',
  'close ,x',
  ',close,',
  'keep-alive,,close',
  '',
  'closed',
  'not-close',
  'close;q=1',
  'x close',
  'close x',
  'upgrade, close',
];

const LENGTHS_GONE_WRONG = [
  (n: number) => `+${n}`,
  (n: number) => `-${n}`,
  (n: number) => `0${n}`,
  (n: number) => `0x${n.toString(16)}`,
  (n: number) => `${n}, ${n}`,
  (n: number) => `${n},${n + 1}`,
  (n: number) => `${n} ${n}`,
  (n: number) => `${n}_0`,
  (n: number) => `${n}.0`,
  (n: number) => `${n}e1`,
  (n: number) => `"${n}"`,
  (n: number) => `${n};`,
  (n: number) => `${n}\x00`,
  (n: number) => `${n}\x0b`,
  (n: number) => `\xa0${n}`,
  () => '',
  () => '9007199254740992',
  () => '18446744073709551616',
  () => '18446744073709551619',
  () => '4294967299',
  () => '99999999999999999999999999',
];

const ENCODINGS_GONE_WRONG = [
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'chunked, chunked',
  'chunked,',
  ',chunked',
  'chunked;q=1',
  'chunked; a=b',
  'xchunked',
  'chunkedx',
  'chunke',
  '"chunked"',
  "'chunked'",
  'chunked\x0b',
  '\x0bchunked',
  'chunked\x00',
  '\xa0chunked',
  'chunked\x80',
  'chun\xebed',
  'chu nked',
  '',
  'gzip',
  'chunked, identity',
  'cow',
  '\r\n chunked',
  'x,\r\n chunked',
];

export function mixCase(random: Random, text: string): string {
  switch (random.int(4)) {
    case 0:
      return text.toLowerCase();
    case 1:
      return text.toUpperCase();
    default:
      return text;
  }
}

/** One header line with its end. */
export function line(whim: Whim, name: string, value: string): string {
  const tail = whim.either(TAILS, BAD_TAILS);
  return `${name}${whim.either(SEPARATORS, BAD_SEPARATORS)}${value}${tail}${whim.eol()}`;
}

function ordinaryLine(whim: Whim): string {
  const { random } = whim;
  const name = random.chance(0.3) ? random.text(random.chance(0.5) ? TOKEN_CHARS : NAME_CHARS, 1 + random.int(20)) : '';
  const known = mixCase(random, random.pick(NAMES));
  const value = random.chance(0.15)
    ? ''
    : random.text(random.chance(0.2) ? WIDE_CHARS : VALUE_CHARS, 1 + random.int(30)).trim();
  return line(whim, whim.odd() ? random.pick(BAD_NAMES) : name || known, value);
}

/** Names that pass for others where underscores and hyphens are one. */
const LOOKALIKES = ['Content_Length', 'Transfer_Encoding', 'X_Forwarded_For', 'transfer_encoding', 'Host_'];

/** Any number of header lines, some about the connection. */
export function someLines(whim: Whim): string[] {
  const { random } = whim;
  const lines: string[] = [];
  // More than 32 pairs go another way through Node's parser.
  const count = random.chance(0.02) ? 30 + random.int(40) : random.int(5);
  for (let i = 0; i < count; i++) lines.push(ordinaryLine(whim));
  if (random.chance(0.3)) lines.push(line(whim, mixCase(random, 'Connection'), random.pick(CONNECTIONS)));
  if (random.chance(0.04)) lines.push(line(whim, 'Connection', random.pick(CONNECTIONS)));
  if (random.chance(0.03)) lines.push(line(whim, 'Proxy-Connection', random.pick(CONNECTIONS)));
  if (random.chance(0.05))
    lines.push(line(whim, 'Upgrade', random.pick(['websocket', 'h2c', 'TLS/1.0, HTTP/2.0', ''])));
  if (random.chance(0.03)) lines.push(line(whim, 'TE', random.pick(['trailers', 'gzip', 'trailers, deflate;q=0.5'])));
  if (random.chance(0.03)) lines.push(line(whim, 'Trailer', 'X-T'));
  if (random.chance(0.03)) lines.push(line(whim, 'Keep-Alive', 'timeout=5'));
  if (whim.odd()) lines.push(line(whim, random.pick(LOOKALIKES), random.pick(['5', 'chunked', '1.2.3.4'])));
  return lines;
}

const SIZES_GONE_WRONG = [
  (n: number) => `0x${n.toString(16)}`,
  (n: number) => `+${n.toString(16)}`,
  (n: number) => `-${n.toString(16)}`,
  (n: number) => ` ${n.toString(16)}`,
  (n: number) => `${n.toString(16)} `,
  (n: number) => `${n.toString(16)}\t`,
  (n: number) => `${n.toString(16)}g`,
  (n: number) => `${n.toString(16)}_`,
  (n: number) => `${n.toString(16)}\x00`,
  (n: number) => (n + 1).toString(16),
  (n: number) => Math.max(0, n - 1).toString(16),
  (n: number) => `ffffffffffffffff${n.toString(16)}`,
  (n: number) => `10000000000000000${n.toString(16)}`,
  (n: number) => `${'0'.repeat(30)}${n.toString(16)}`,
  () => 'fffffffffffffff',
  () => '7fffffffffffffff',
  () => '',
];

const EXTENSIONS = ['', '', '', '', '', '', ';a=b', ';a', ';a="b c"', ';a="b\\"c"', ';a=b;c=d', ';x-1!=y~z', ';a=""'];
const EXTENSIONS_GONE_WRONG = [
  ';',
  ';;',
  '; a=b',
  ';a =b',
  ';a= b',
  ';a=b ',
  ' ;a',
  ';=b',
  ';a=',
  ';a="b',
  ';a=b"',
  ';a="b"c',
  ';a=\x00',
  ';a="\n"',
  ';a="\r"',
  ';a\x80',
  ';a="\x80"',
  ';a\n',
  ';a\r\r',
  ';\x7f',
  ';a=b;',
  ';a@',
  ';a="\\',
  ';a=b\x01',
  ';a="\x01"',
];

const TRAILER_NAMES = [
  'X-Checksum',
  'Server-Timing',
  'ETag',
  'X-T',
  'Content-Length',
  'Transfer-Encoding',
  'Host',
  'Authorization',
  'Set-Cookie',
  'Connection',
  'Access-Control-Allow-Origin',
  'X-Forwarded-For',
  'Content_Length',
];

export function chunkedBody(whim: Whim): string {
  const { random } = whim;
  let out = '';
  for (let i = random.int(4); i > 0; i--) {
    const data = bodyText(random, 1 + random.int(random.chance(0.05) ? 600 : 20));
    out += sizeLine(whim, data.length) + data + whim.either(['\r\n'], ['\n', '', '\r', 'x\r\n', '\r\n\r\n', '\r\nx']);
  }
  out += sizeLine(whim, 0);
  if (random.chance(0.15)) {
    for (let i = random.int(4); i >= 0; i--) {
      const name = mixCase(random, random.pick(TRAILER_NAMES));
      // About as long as a trailer section may be.
      if (random.chance(0.01)) out += line(whim, 'X-Long', 'v'.repeat(2000 + random.int(8000)));
      out += random.chance(0.7)
        ? line(whim, name, random.pick(['1', 'a b', 'chunked', '', 'close', 'x,y']))
        : ordinaryLine(whim);
    }
  }
  return out + whim.eol();
}

function sizeLine(whim: Whim, size: number): string {
  const { random } = whim;
  const digits = whim.odd()
    ? random.pick(SIZES_GONE_WRONG)(size)
    : (random.chance(0.1) ? '000' : '') + mixCase(random, size.toString(16));
  return digits + whim.either(EXTENSIONS, EXTENSIONS_GONE_WRONG) + whim.eol();
}

const BODY_CHARS = `${VALUE_CHARS} \r\n\t\0\x80\xff`;

export function bodyText(random: Random, length: number): string {
  // What a confused reader takes for a message of its own.
  if (random.chance(0.1)) return 'GET /smuggled HTTP/1.1\r\nHost: b\r\n\r\n';
  return random.text(BODY_CHARS, length);
}

/** How a message says where its body ends, and the body. */
export function framing(whim: Whim, none: boolean): { lines: string[]; body: string } {
  const { random } = whim;
  const lines: string[] = [];
  let body = '';
  const kind = whim.odd() ? random.int(7) : random.pick(none ? [0, 0, 0, 1, 2, 6] : [1, 1, 2, 2, 0, 6]);
  const name = mixCase(random, 'Content-Length');
  const coding = mixCase(random, 'Transfer-Encoding');
  const chunked = mixCase(random, 'chunked');
  switch (kind) {
    case 1: {
      body = bodyText(random, 1 + random.int(random.chance(0.03) ? 3000 : 30));
      const value = whim.odd() ? random.pick(LENGTHS_GONE_WRONG)(body.length) : String(body.length);
      lines.push(line(whim, name, value));
      if (whim.odd()) body = random.chance(0.5) ? body.slice(1) : `${body}!`;
      break;
    }
    case 2:
      lines.push(line(whim, coding, whim.odd() ? random.pick(ENCODINGS_GONE_WRONG) : chunked));
      body = chunkedBody(whim);
      break;
    case 3:
      body = chunkedBody(whim);
      lines.push(line(whim, name, String(body.length)), line(whim, coding, chunked));
      if (random.chance(0.5)) lines.reverse();
      break;
    case 4:
      body = chunkedBody(whim);
      lines.push(line(whim, coding, chunked), line(whim, coding, whim.either([chunked], ENCODINGS_GONE_WRONG)));
      if (random.chance(0.5)) lines.reverse();
      break;
    case 5:
      body = bodyText(random, 1 + random.int(30));
      lines.push(line(whim, name, String(body.length)), line(whim, name, String(body.length + random.int(2))));
      break;
    case 6:
      lines.push(line(whim, name, '0'));
      break;
    default:
  }
  return { lines, body };
}

export function shuffle<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
