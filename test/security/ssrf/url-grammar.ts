import type { Random } from '../../fixtures/random.ts';

/** Addresses that a test's servers have: any of 127.77.0.0/16 may be asked, nothing else. */
export const FARM = Array.from({ length: 16 }, (_, index) => `127.77.0.${index + 1}`);

const LETTERS = 'abcxyz0189-_';
/** What makes programs disagree, wherever it's put. */
const NASTY: readonly string[] = [
  ...'@:/\\?#%&;.[]{}|^`\'"<> \t\r\n\0+=,!$()*~',
  ...'%00 %09 %0a %0d %20 %23 %25 %2e %2E %2f %3a %3f %40 %5b %5c %5d'.split(' '),
  ...'// \\\\ /.. /. .. :: @@ % %zz %2 %252f %u0061 %C0%AF %ff'.split(' '),
  ...'。．｡／＠：？＃＼％ﬀßİıK℀№１①²٣é\u00ad\u200b\u200c\u200d\u2060\u202e\ufeff\u0301\u{1d7cf}\ufffd',
];

/** One URL, or what somebody hopes to be taken for one. Most have a host in the farm and the farm's port. */
export function randomUrl(random: Random, port: number): string {
  const text = [
    random.chance(0.8)
      ? 'http'
      : random.pick(['https', 'HTTP', 'hTTps', 'ftp', 'file', 'ws', 'javascript', 'httpx', '']),
    random.chance(0.85)
      ? '://'
      : random.pick([':', ':/', ':///', '//', ':\\\\', ':/\\', ':\\/', '%3A%2F%2F', ': //', '']),
    random.chance(0.9)
      ? ''
      : random.pick(['user@', 'user:pass@', '@', ':@', `${FARM[0]}@`, 'a.test:80@', 'a%40', 'a@b@']),
    randomHost(random),
    random.chance(0.8) ? `:${port}` : randomPort(random, port),
    randomPath(random),
    random.chance(0.8)
      ? ''
      : random.pick(['?', '?a=b', '?url=http://a.test/', '?a=b&url=c', '?a/../b', '?@a.test', '?a?b', "?'"]),
    random.chance(0.9) ? '' : random.pick(['#', '#a', '#@a.test/', '#/../..', '#?']),
  ].join('');
  let mutated = text;
  while (random.chance(0.35)) mutated = mutate(random, mutated);
  // Half a character is none, and can't be escaped.
  return mutated.replaceAll(/\p{Cs}/gu, '');
}

function randomHost(random: Random): string {
  const kind = random.int(10);
  if (kind < 4) return randomName(random);
  if (kind < 7) return spell(random, random.pick(FARM));
  if (kind === 7)
    return random.pick([
      '[::1]',
      '[0:0::1]',
      '[::127.77.0.1]',
      '[::ffff:7f4d:1]',
      '[::1%25lo]',
      '[::1',
      '::1',
      '[::2]',
    ]);
  if (kind === 8)
    return random.pick(['10.0.0.1', '169.254.169.254', 'localhost', '0', '', '.', '127.1', '0x7f.1', '2130706433']);
  return disguise(random, random.pick(FARM));
}

function randomName(random: Random): string {
  const labels = Array.from({ length: 1 + random.int(3) }, () => random.text(LETTERS, 1 + random.int(8)));
  const name = [
    ...labels,
    random.pick(['test', 'TEST', 'ex%61mple', 'xn--bcher-kva', 'bücher', 'faß', 'test.', 'test..', '1', '0x']),
  ].join('.');
  return random.chance(0.1) ? name.replace('.', random.pick(['。', '．', '｡', '%2e', '..'])) : name;
}

/** An IPv4 address in one of the ways that C libraries, and so browsers, understand. */
function spell(random: Random, address: string): string {
  if (random.chance(0.5)) return address;
  const bytes = address.split('.').map(Number);
  const count = 1 + random.int(4);
  const last = bytes.slice(count - 1).reduce((sum, byte) => sum * 256 + byte, 0);
  const parts = [...bytes.slice(0, count - 1), last].map((part) => {
    const radix = random.int(4);
    if (radix === 0) return `0x${part.toString(16)}`;
    if (radix === 1) return `0${part.toString(8)}`;
    return String(part);
  });
  return parts.join('.') + (random.chance(0.1) ? '.' : '');
}

/** The same in characters that compatibility mapping turns into digits and dots. */
function disguise(random: Random, address: string): string {
  return [...address]
    .map((char) => {
      if (!random.chance(0.5)) return char;
      if (char === '.') return random.pick(['。', '．', '｡', '%2e']);
      const digit = Number(char);
      return random.pick([
        String.fromCodePoint(0xff10 + digit),
        String.fromCodePoint(0x1d7ce + digit),
        `%3${digit}`,
        `${digit}\u00ad`,
      ]);
    })
    .join('');
}

function randomPort(random: Random, port: number): string {
  return random.pick([
    '',
    ':',
    ':80',
    ':443',
    `:0${port}`,
    `:00000${port}`,
    `:+${port}`,
    `:${port}a`,
    ': 80',
    ':-1',
    ':0',
    ':65536',
    `:${65_536 + port}`,
    `:${port}:${port}`,
    '：80',
    `:${port}.`,
    ':１',
  ]);
}

function randomPath(random: Random): string {
  let path = '';
  while (random.chance(0.6)) {
    path += random.chance(0.7)
      ? `/${random.text(LETTERS, random.int(5))}`
      : random.pick([
          '/',
          '//',
          '/..',
          '/.',
          '/%2e%2e',
          '/..;',
          '/a%2fb',
          '\\',
          '/é',
          '/%E9',
          '/@a.test',
          '/:80',
          '/ ',
          '/"',
          '/{x}',
          '/a|b',
          '/%25',
          '/[',
          '/..%2f',
          '/%5c..',
          "/'",
          '/^',
          '/`',
          '/<>',
        ]);
  }
  return path;
}

function mutate(random: Random, text: string): string {
  const at = random.int(text.length + 1);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  switch (random.int(6)) {
    case 0:
    case 1:
      return before + random.pick(NASTY) + after;
    case 2:
      return before + after.slice(1 + random.int(3));
    case 3:
      return before + after.slice(0, random.int(6)) + after;
    case 4: {
      const code = after.charCodeAt(0);
      return after === '' || code > 127 ? text : `${before}%${code.toString(16).padStart(2, '0')}${after.slice(1)}`;
    }
    default:
      return before.slice(0, -1) + after.slice(0, 1) + before.slice(-1) + after.slice(1);
  }
}
