/**
 * What a path looks like to someone who wants to slip past a route:
 * - `plain`: only characters that everybody reads alike;
 * - `suspicious`: legal, but an upstream could read it as another path;
 * - the rest is refused, because no honest client sends it.
 */
export type PathInspection = 'plain' | 'suspicious' | RefusedPath;

/** Why a path is refused whatever it matches. */
export type RefusedPath = 'no-slash' | 'dot-segment' | 'bad-escape' | 'control' | 'overlong';

/** Unreserved characters, sub-delimiters but `;`, `:` and `@` (RFC 3986 §3.3); 2: `/`, 3: `.`. */
const kinds = new Uint8Array(128);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,=:@") {
  kinds[char.charCodeAt(0)] = 1;
}
kinds[0x2f] = 2;
kinds[0x2e] = 3;

const separator = String.raw`(?:[/\\]|%2f|%5c)`;
const dotSegment = new RegExp(`${separator}(?:\\.|%2e){1,2}(?:$|[;/\\\\]|%2f|%5c|%3b)`, 'i');
const badEscape = /%(?![0-9a-f]{2})/i;
const control = /[\0-\x1f\x7f]|%[01][0-9a-f]|%7f/i;
/** An escape that's escaped itself, once or more: two servers in a row that each decode once come to this. */
const escapedEscape = /%(?:25)+(?=[0-9a-f]{2})/gi;
/** Encodings of ASCII in more bytes than needed, which careless decoders take for `.`, `/` or `\`. */
const overlong = /%c[01]%[89ab][0-9a-f]|%e0%[89][0-9a-f]|%f0%8[0-9a-f]/i;

/** Looks at a path once; anything but a plain one is looked at more closely. */
export function inspectPath(path: string): PathInspection {
  if (path.charCodeAt(0) !== 0x2f) return 'no-slash';
  let previous = 2;
  for (let index = 1; index < path.length; index += 1) {
    const code = path.charCodeAt(index);
    const kind = code < 128 ? (kinds[code] ?? 0) : 0;
    // A slash after a slash, a dot that begins a segment, or any unusual character.
    if (kind === 0 || (kind >= 2 && previous === 2)) return inspectClosely(path);
    previous = kind;
  }
  return 'plain';
}

function inspectClosely(path: string): PathInspection {
  if (badEscape.test(path)) return 'bad-escape';
  if (control.test(path)) return 'control';
  if (overlong.test(path)) return 'overlong';
  if (dotSegment.test(path) || dotSegment.test(decodeEscapes(path))) return 'dot-segment';
  return 'suspicious';
}

/**
 * The path as the most eager upstream would read it: every escape of a character that needs none is decoded (with `%2f`
 * and `%5c`), backslashes are slashes, repeated slashes one. Other characters become upper-case escapes, so that two
 * spellings of one path end up equal.
 */
export function canonicalPath(path: string): string {
  return mergeSlashes(decodeSlashes(normaliseEscapes(path)));
}

/**
 * Every way an upstream may read a path: with or without decoding (once or until nothing is left to decode), with or
 * without encoded slashes as slashes, with or without `;…` parameters removed, with or without repeated slashes merged,
 * those too that a removed parameter leaves. The path itself isn't among them.
 */
export function pathReadings(path: string): readonly string[] {
  let readings = new Set([path]);
  for (const read of [decodeEscapes, normaliseEscapes, decodeSlashes, dropPathParameters, mergeSlashes]) {
    const next = new Set(readings);
    for (const reading of readings) next.add(read(reading));
    readings = next;
  }
  readings.delete(path);
  return [...readings];
}

const encoder = new TextEncoder();

function normaliseEscapes(path: string): string {
  return path.replaceAll(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9_\-.~!$&'()*+,;=:@/\\%]/gu, (text) => {
    if (text.length === 3 && text.startsWith('%')) return normaliseEscape(text);
    let escaped = '';
    for (const byte of encoder.encode(text)) escaped += escapeOf(byte);
    return escaped;
  });
}

function normaliseEscape(escape: string): string {
  const code = Number.parseInt(escape.slice(1), 16);
  const plain = code < 128 && (kinds[code] === 1 || kinds[code] === 3 || code === 0x3b);
  return plain ? String.fromCharCode(code) : escape.toUpperCase();
}

function escapeOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

function decodeEscapes(path: string): string {
  return path.replaceAll(escapedEscape, '%');
}

function decodeSlashes(path: string): string {
  return path.replaceAll(/\\|%2f|%5c/gi, '/');
}

function mergeSlashes(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/');
}

function dropPathParameters(path: string): string {
  return path.replaceAll(/(?:;|%3b)[^/\\]*/gi, '');
}
