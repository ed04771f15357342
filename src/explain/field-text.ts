import type { Field } from './pattern.ts';
import type { Squeezed } from './squeeze.ts';

/** Fields whose text has spaces and quotes of its own. The others are put together again if a line break cut them. */
const VERBATIM: ReadonlySet<Field> = new Set(['value', 'detail', 'kind']);
/** What may stand around a text without belonging to it. */
const WRAPPING = /^[\s'"`‘’“”«»]$/;
const URL_END = /^[\s'"`<>‘’“”«»]$/;
const PUNCTUATION = '.,;:)]';
const ESCAPES = /\u001B\[[\d;]*[A-Za-z]/g;
/** The longest trailing field. */
const LONGEST_TRAILING = 4096;
/** How far away the next quote may be. */
const LONGEST_QUOTED = 40;
const CLOSING: Readonly<Record<string, string>> = { '"': '"', '“': '”', "'": "'", '‘': '’' };

/** A field's text between two places of the squeezed text. */
export function fieldText(field: Field, squeezed: Squeezed, from: number, to: number): string {
  if (from >= to) return '';
  if (!VERBATIM.has(field)) return joined(squeezed, from, to);
  // With what was squeezed out at its edges: the quotes say where a value of blanks begins.
  const first = (squeezed.at[from - 1] ?? -1) + 1;
  const end = to < squeezed.at.length ? (squeezed.at[to] ?? first) : squeezed.raw.length;
  return unwrap(squeezed.raw.slice(first, end).replace(ESCAPES, '').replaceAll(/\s+/g, ' '));
}

/** Where a field ends that only a quote parts from the next one; at once, if the quotes are lost. */
export function nextQuote(_field: Field, squeezed: Squeezed, from: number): number {
  const limit = Math.min(squeezed.at.length, from + LONGEST_QUOTED);
  for (let to = from + 1; to < limit; to++) if (/['"`‘“]/.test(gapBefore(squeezed, to))) return to;
  return from;
}

/** Where a field ends that nothing follows. */
export function trailingEnd(field: Field, squeezed: Squeezed, from: number): number {
  const { at, raw } = squeezed;
  const limit = Math.min(at.length, from + LONGEST_TRAILING);
  let to = from;
  if (field === 'status') {
    while (to < limit && to < from + 3 && isDigit(raw[at[to] ?? 0])) to += 1;
    return to === from && squeezed.text.startsWith('(null)', from) ? from + 6 : to;
  }
  if (field === 'value' || field === 'detail') {
    const closing = CLOSING[raw[(at[from] ?? 0) - 1] ?? ''];
    const isEnd = (gap: string): boolean => gap.includes('\n') || (closing !== undefined && gap.includes(closing));
    while (to < limit && !(to > from && isEnd(gapBefore(squeezed, to)))) to += 1;
    return to;
  }
  while (to < limit && !(to > from && cutBefore(squeezed, to))) to += 1;
  while (to > from && PUNCTUATION.includes(raw[at[to - 1] ?? 0] ?? '')) to -= 1;
  return to;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/** Whether a URL ends before a character of the squeezed text. */
function cutBefore({ at, raw }: Squeezed, index: number): boolean {
  return URL_END.test(raw[(at[index] ?? 0) - 1] ?? '') || URL_END.test(raw[at[index] ?? 0] ?? '');
}

/** What was squeezed out right before a character. */
function gapBefore({ at, raw }: Squeezed, index: number): string {
  const [from, to] = [(at[index - 1] ?? -1) + 1, at[index] ?? 0];
  return raw.slice(from, Math.min(to, from + 200));
}

function joined({ raw, at }: Squeezed, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += raw[at[i] ?? 0];
  return text;
}

/** Without blanks and one pair of quotes. */
function unwrap(text: string): string {
  let [from, to] = [0, text.length];
  let quotes = 0;
  while (from < to && WRAPPING.test(text[from] ?? '') && quotes < 1) {
    if (text[from] !== ' ') quotes += 1;
    from += 1;
  }
  quotes = 0;
  while (to > from && WRAPPING.test(text[to - 1] ?? '') && quotes < 1) {
    if (text[to - 1] !== ' ') quotes += 1;
    to -= 1;
  }
  return text.slice(from, to);
}
