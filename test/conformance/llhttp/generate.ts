import type { Random } from '../../fixtures/random.ts';
import {
  NAME_CHARS,
  TOKEN_CHARS,
  VALUE_CHARS,
  WIDE_CHARS,
  NAMES,
  BAD_NAMES,
  SEPARATORS,
  BAD_SEPARATORS,
  TAILS,
  BAD_TAILS,
  CONNECTIONS,
  LENGTHS_GONE_WRONG,
  ENCODINGS_GONE_WRONG,
  LOOKALIKES,
  SIZES_GONE_WRONG,
  EXTENSIONS,
  EXTENSIONS_GONE_WRONG,
  TRAILER_NAMES,
  BODY_CHARS,
} from './vocabulary.ts';

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
