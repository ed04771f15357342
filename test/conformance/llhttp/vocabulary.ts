// What messages are made of: what is ordinary, and what has gone wrong.

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const NAME_CHARS = `${LETTERS}0123456789-`;

export const TOKEN_CHARS = `${NAME_CHARS}!#$%&'*+.^_\`|~`;

export const VALUE_CHARS = `${TOKEN_CHARS}"(),/:;<=>?@[]{}\\`;

/** What may stand inside a value, bytes from 0x80 on too. */
export const WIDE_CHARS = `${VALUE_CHARS} \t\x80\x85\xa0\xe9\xff`;

export const NAMES = [
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

export const BAD_NAMES = [
  '',
  ' X-Led',
  '\tX',
  'X Y',
  'X ',
  'X\t',
  'X\x00',
  'X\x80',
  'X(',
  '"X"',
  'X\xe9',
  'X\r',
  '@',
  'X\n',
];

export const SEPARATORS = [': ', ': ', ': ', ':', ':\t', ':  ', ': \t '];

export const BAD_SEPARATORS = [' : ', '\t:', '', ' ', '::', '=', ':\r\n ', ': \r\n\t', ':\x0b', ':\xa0', ':\x00'];

export const TAILS = ['', '', '', '', ' ', '\t', ' \t '];

export const BAD_TAILS = ['\x00', '\r', '\x0b', '\x7f', '\x1f', '\n', '\r\n folded', '\r\n\tfolded', '\r\n '];

export const CONNECTIONS = [
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

export const LENGTHS_GONE_WRONG = [
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

export const ENCODINGS_GONE_WRONG = [
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

/** Names that pass for others where underscores and hyphens are one. */
export const LOOKALIKES = ['Content_Length', 'Transfer_Encoding', 'X_Forwarded_For', 'transfer_encoding', 'Host_'];

export const SIZES_GONE_WRONG = [
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

export const EXTENSIONS = [
  '',
  '',
  '',
  '',
  '',
  '',
  ';a=b',
  ';a',
  ';a="b c"',
  ';a="b\\"c"',
  ';a=b;c=d',
  ';x-1!=y~z',
  ';a=""',
];

export const EXTENSIONS_GONE_WRONG = [
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

export const TRAILER_NAMES = [
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

export const BODY_CHARS = `${VALUE_CHARS} \r\n\t\0\x80\xff`;
