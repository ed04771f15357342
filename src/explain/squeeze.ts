/** A text without all that varies from one copy of a message to the next, and where each character stood. */
export interface Squeezed {
  readonly raw: string;
  /** Lower case (ASCII), without whitespace, quotes, control characters, escape sequences and source columns. */
  readonly text: string;
  /** The place in `raw` of each character of `text`. */
  readonly at: Uint32Array;
}

/** Quotes as browsers, blogs and word processors write them. */
const QUOTES = new Set('\'"`´‘’‚‛“”„‟«»‹›′″');
/** A quote in HTML. */
const ENTITIES = ['&#39;', '&#039;', '&#x27;', '&quot;', '&apos;'];
/** `app.js:12`, `(index):1:5`, `localhost/:8`: what a console prints at the right of a line. */
const SOURCE =
  /^(?:\(index\)|\(anonymous\)|VM\d{1,9}|[\w.@~-]{1,100}(?:\.(?:[cm]?[jt]sx?|html?|vue|svelte)|\/))(?::\d{1,9}){1,2}$/i;
const ESCAPE = 0x1b;
/** An escape sequence that goes on longer is none. */
const LONGEST_ESCAPE = 2048;
/** Characters that `String.fromCharCode` can take at once on every engine. */
const CHUNK = 8192;

/** Squeezes a text. Linear in its length. */
export function squeeze(raw: string): Squeezed {
  const at = new Uint32Array(raw.length);
  const codes = new Uint16Array(raw.length);
  let length = 0;
  let line = 0;
  while (line < raw.length) {
    const newline = raw.indexOf('\n', line);
    const end = newline === -1 ? raw.length : newline;
    const stop = contentEnd(raw, line, end);
    let i = contentStart(raw, line, stop);
    while (i < stop) {
      const skipped = noiseLength(raw, i);
      if (skipped > 0) {
        i += skipped;
        continue;
      }
      const code = raw.charCodeAt(i);
      codes[length] = code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
      at[length] = i;
      length += 1;
      i += 1;
    }
    line = end + 1;
  }
  return { raw, text: decode(codes.subarray(0, length)), at: at.subarray(0, length) };
}

/** After the marks of a quotation: `> > text`. */
function contentStart(raw: string, from: number, end: number): number {
  let i = from;
  while (i < end && (raw[i] === '>' || raw[i] === ' ' || raw[i] === '\t')) i += 1;
  return i;
}

/** Before the source column. */
function contentEnd(raw: string, from: number, end: number): number {
  let last = end;
  while (last > from && isBlank(raw.charCodeAt(last - 1))) last -= 1;
  let first = last;
  while (first > from && last - first < 130 && !isBlank(raw.charCodeAt(first - 1))) first -= 1;
  // A word by itself is the message, or a part of it.
  return first > from && SOURCE.test(raw.slice(first, last)) ? first : last;
}

/** How many characters from here on say nothing. */
function noiseLength(raw: string, i: number): number {
  const code = raw.charCodeAt(i);
  if (code === ESCAPE) return escapeLength(raw, i);
  if (isBlank(code) || QUOTES.has(raw[i] ?? '')) return 1;
  if (code === 0x5c) {
    const next = raw[i + 1] ?? '';
    return QUOTES.has(next) || next === 'n' || next === 'r' || next === 't' ? 2 : 0;
  }
  if (code === 0x26) return ENTITIES.find((entity) => raw.startsWith(entity, i))?.length ?? 0;
  return 0;
}

/** ECMA-48: CSI sequences (colours) and OSC strings (links, titles). */
function escapeLength(raw: string, i: number): number {
  const kind = raw[i + 1];
  if (kind !== '[' && kind !== ']') return 1;
  const limit = Math.min(raw.length, i + LONGEST_ESCAPE);
  for (let end = i + 2; end < limit; end++) {
    const code = raw.charCodeAt(end);
    if (kind === '[' && code >= 0x40 && code <= 0x7e) return end - i + 1;
    if (kind === ']' && code === 0x07) return end - i + 1;
    if (kind === ']' && code === ESCAPE) return end - i + (raw[end + 1] === '\\' ? 2 : 0);
    if (code === 0x0a) break;
  }
  return 2;
}

/** Whitespace, controls, and characters without a width. */
function isBlank(code: number): boolean {
  if (code <= 0x20 || (code >= 0x7f && code <= 0xa0)) return true;
  if (code < 0x200b) return code === 0xad || code === 0x1680 || code >= 0x2000;
  return (
    code <= 0x200f ||
    (code >= 0x2028 && code <= 0x202f) ||
    (code >= 0x205f && code <= 0x206f) ||
    code === 0x3000 ||
    code === 0xfeff
  );
}

function decode(codes: Uint16Array): string {
  let text = '';
  for (let i = 0; i < codes.length; i += CHUNK) text += String.fromCharCode(...codes.subarray(i, i + CHUNK));
  return text;
}
