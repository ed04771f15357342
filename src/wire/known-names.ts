/**
 * The field names the data path acts on. A head's scanner gives each line the id of its name, so that later questions
 * ("is there an Upgrade?") compare small integers instead of strings. 0 is "any other name".
 */
const NAMES = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
  'access-control-allow-private-network',
  'access-control-request-private-network',
  'vary',
  'date',
  'server',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-ssl',
  'x-client-cert-verified',
  'x-client-cert-subject',
  'x-client-cert-fingerprint',
  'client-cert',
  'client-cert-chain',
  'x-original-url',
  'x-rewrite-url',
  'x-real-ip',
  'x-request-id',
  'content-type',
  'content-encoding',
  'content-range',
  'content-location',
  'location',
  'set-cookie',
  'cookie',
  'authorization',
  'accept',
  'accept-encoding',
  'cache-control',
  'etag',
  'last-modified',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
  'max-forwards',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'sec-fetch-site',
  'sec-websocket-key',
  'age',
  'x-accel-buffering',
  // Nobody asks for these; they're so common that telling them by their id is worth it (see name-guess.ts).
  'user-agent',
  'accept-language',
  'referer',
  'sec-ch-ua',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-fetch-user',
  'upgrade-insecure-requests',
  'priority',
  'pragma',
  'dnt',
  'sec-gpc',
  'x-requested-with',
  'traceparent',
] as const;

export type KnownName = (typeof NAMES)[number];

/** Id by name, for code that asks by constant: `H['content-length']`. */
export const H = Object.freeze(Object.fromEntries(NAMES.map((name, i) => [name, i + 1]))) as Readonly<
  Record<KnownName, number>
>;

/** The last name that somebody acts on. Those behind it have no bit: they would make the bits of the others say less. */
export const LAST_ACTED_ON = H['x-accel-buffering'];

/** The bit of an id below 32, 0 for any other. */
export function lowBit(id: number): number {
  return id < 32 ? 1 << id : 0;
}

/** The bit of an id from 32 on, which it shares with others; 0 for any other, and for those that nobody asks for. */
export function highBit(id: number): number {
  return id >= 32 && id <= LAST_ACTED_ON ? 1 << id : 0;
}

/** Ids go from 1 to this. */
export const NAME_COUNT = NAMES.length;

/** A set of known names, for questions about many lines at once. */
export class NameSet {
  /** Indexed by id: 1 if the name is in the set. */
  readonly marks = new Uint8Array(NAMES.length + 1);
  /** A bit for each id below 32. */
  readonly low: number;
  /** A bit for each other id, modulo 32. */
  readonly high: number;

  constructor(...names: readonly KnownName[]) {
    let low = 0;
    let high = 0;
    for (const name of names) {
      const id = H[name];
      this.marks[id] = 1;
      if (id > LAST_ACTED_ON) throw new TypeError(`${name} has no bit`);
      low |= lowBit(id);
      high |= highBit(id);
    }
    this.low = low;
    this.high = high;
  }
}

const ids = new Map<string, number>(NAMES.map((name, i) => [name, i + 1]));

/**
 * Candidates by length and last two bytes, so that nearly every name, known or not, is told by one look-up and at most
 * one comparison. No string is made of a name and no lower-cased copy.
 */
const candidates: readonly number[][] = Array.from({ length: 512 }, () => []);
for (const [i, name] of NAMES.entries()) {
  candidates[slotOf(name.length, name.charCodeAt(name.length - 1), name.charCodeAt(name.length - 2))]?.push(i + 1);
}
/** By id; 0 for what isn't known. */
export const LENGTHS = Uint8Array.from([0, ...NAMES.map((name) => name.length)]);
/** Each name's bytes, four to a word, and the last word ending with the name: `WORDS[id * WORDS_EACH + n]`. */
const WORDS_EACH = 10;
const WORDS = new Int32Array((NAMES.length + 1) * WORDS_EACH);
for (const [i, name] of NAMES.entries()) {
  const bytes = Buffer.from(name, 'latin1');
  const at = (i + 1) * WORDS_EACH;
  if (name.length < 4) WORDS[at] = bytes.readUIntLE(0, name.length);
  else for (let n = 0; n * 4 < name.length; n++) WORDS[at + n] = bytes.readInt32LE(Math.min(n * 4, name.length - 4));
}

function slotOf(length: number, last: number, beforeLast: number): number {
  return ((length * 37) ^ ((last & 31) << 4) ^ (beforeLast & 31)) & 511;
}

/** The id of a lower-case name, 0 if it isn't one of the known. */
export function idOfName(lowerCaseName: string): number {
  return ids.get(lowerCaseName) ?? 0;
}

/** The id of the name at `view[start, end)` in any case, 0 if it isn't one of the known. The bytes are a token's. */
export function recogniseName(view: DataView, start: number, end: number): number {
  const length = end - start;
  if (length < 2) return 0;
  const slot = candidates[slotOf(length, view.getUint8(end - 1), view.getUint8(end - 2))] as number[];
  for (let i = 0; i < slot.length; i++) {
    const id = slot[i] as number;
    if (LENGTHS[id] === length && isName(view, start, end, id)) return id;
  }
  return 0;
}

/**
 * Compares four bytes at a time. Setting the bit that tells an upper-case letter from a lower-case one makes nothing else
 * of a token into a letter, a digit or a hyphen.
 */
function isName(view: DataView, start: number, end: number, id: number): boolean {
  let word = id * WORDS_EACH;
  const last = end - 4;
  if (last < start) {
    for (let pos = start, shift = 0; pos < end; pos++, shift += 8) {
      if ((view.getUint8(pos) | 0x20) !== (((WORDS[word] as number) >> shift) & 0xff)) return false;
    }
    return true;
  }
  for (let pos = start; pos < last; pos += 4) {
    if ((view.getInt32(pos, true) | 0x20202020) !== WORDS[word++]) return false;
  }
  return (view.getInt32(last, true) | 0x20202020) === WORDS[word];
}

/** Whether `bytes` at `start` hold `lowerCaseName` in any case. */
export function bytesEqualIgnoringCase(bytes: Uint8Array, start: number, lowerCaseName: Uint8Array): boolean {
  for (let i = 0; i < lowerCaseName.length; i++) {
    const expected = lowerCaseName[i];
    const actual = bytes[start + i] as number;
    if (actual !== expected && ((actual | 0x20) !== expected || actual < 0x41 || actual > 0x5a)) return false;
  }
  return true;
}

/**
 * `text.slice(start, end)`, or `known` itself if that's the same: on a connection values repeat, and then no copy is made
 * and later comparisons are of one string with itself. (Comparing a slice calls into the runtime: five times the cost.)
 */
export function sliceOrSame(text: string, start: number, end: number, known: string): string {
  const length = end - start;
  if (length !== known.length) return text.slice(start, end);
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(start + i) !== known.charCodeAt(i)) return text.slice(start, end);
  }
  return known;
}

/** Whether `text` at `start` holds `lowerCaseName` in any case. Names hold letters, digits and hyphens only. */
export function equalsIgnoringCase(text: string, start: number, lowerCaseName: string): boolean {
  for (let i = 0; i < lowerCaseName.length; i++) {
    const expected = lowerCaseName.charCodeAt(i);
    const actual = text.charCodeAt(start + i);
    if (actual !== expected && ((actual | 0x20) !== expected || actual < 0x41 || actual > 0x5a)) return false;
  }
  return true;
}
