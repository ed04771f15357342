import type { Field, MessagePattern } from './pattern.ts';
import { squeeze, type Squeezed } from './squeeze.ts';
import { fieldText, nextQuote, trailingEnd } from './field-text.ts';

/** A pattern found in a text. */
export interface Match {
  readonly pattern: MessagePattern;
  /** Where it begins and ends in the squeezed text. */
  readonly start: number;
  readonly end: number;
  /** How much of it is the pattern's own words: of two matches at one place the one with more is meant. */
  readonly weight: number;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
}

/** A pattern ready to be looked for: `literals[0] fields[0] literals[1] …`. */
export interface Matcher {
  readonly pattern: MessagePattern;
  readonly literals: readonly string[];
  readonly fields: readonly Field[];
  readonly weight: number;
  /** Whether a blank or a quote stands between the first literal and its field. */
  readonly isParted: boolean;
}

/** How long a field may be, in squeezed characters: what is longer belongs to another message. */
const LONGEST: Readonly<Partial<Record<Field, number>>> = {
  kind: 40,
  method: 200,
  header: 200,
  status: 12,
  scheme: 60,
  space: 20,
  origin: 400,
};
const LONGEST_FIELD = 8192;
/** What a field must look like. Firefox prints `(null)` where there was no answer. */
const FORMS: Readonly<Partial<Record<Field, RegExp>>> = { status: /^(?:\d{3}|\(null\))$/, url: /[:/…]/ };

/** Takes a wording apart. */
export function compile(pattern: MessagePattern): Matcher {
  const pieces = pattern.text.split(/\{(\w+)\}/);
  const literals = pieces.filter((_, index) => index % 2 === 0).map((piece) => squeeze(piece).text);
  const last = literals.length - 1;
  // The full stop at the end is the first thing that gets lost.
  literals[last] = (literals[last] ?? '').replace(/\.$/, '');
  const fields = pieces.filter((_, index) => index % 2 === 1) as Field[];
  const isParted = fields.length > 0 && /[\s'"`‘“]$/.test(pieces[0] ?? '');
  return { pattern, literals, fields, weight: literals.join('').length, isParted };
}

/**
 * Finds a pattern wherever it occurs, in linear time: starts only grow, and with them the place of each literal behind,
 * so no part of the text is searched twice for the same literal.
 */
export function* findAll(matcher: Matcher, squeezed: Squeezed): Generator<Match> {
  const { literals } = matcher;
  const [first = ''] = literals;
  const found = literals.map(() => -1);
  let start = nextStart(matcher, squeezed, 0);
  while (start !== -1) {
    const next = nextStart(matcher, squeezed, start + first.length);
    const second = seek(squeezed.text, literals, { found, index: 1, from: start + first.length });
    if (second === undefined) return;
    // A beginning that is followed by another one has lost its end.
    if (next === -1 || second <= next || literals.length === 1) {
      const match = matchAt(matcher, squeezed, { start, found });
      if (match !== undefined) yield match;
    }
    start = next;
  }
}

/** Where a pattern may begin: its first words, and not the beginning of a longer word. */
function nextStart({ literals: [first = ''], isParted }: Matcher, { text, at }: Squeezed, from: number): number {
  let start = text.indexOf(first, from);
  if (!isParted) return start;
  // Nothing was squeezed out behind it: the word goes on.
  while (start !== -1 && at[start + first.length] === (at[start + first.length - 1] ?? 0) + 1) {
    start = text.indexOf(first, start + 1);
  }
  return start;
}

interface Search {
  /** Where each literal was found last. */
  readonly found: number[];
  readonly index: number;
  readonly from: number;
}

/** The next place of a literal; `undefined` if there's none any more. An empty one is anywhere. */
function seek(text: string, literals: readonly string[], { found, index, from }: Search): number | undefined {
  const literal = literals[index];
  if (literal === undefined || literal === '') return from;
  const last = found[index] ?? -1;
  if (last >= from) return last;
  const at = text.indexOf(literal, from);
  found[index] = at === -1 ? Number.POSITIVE_INFINITY : at;
  return at === -1 ? undefined : at;
}

function matchAt(
  { pattern, literals, fields, weight }: Matcher,
  squeezed: Squeezed,
  { start, found }: { readonly start: number; readonly found: number[] },
): Match | undefined {
  let end = start + (literals[0]?.length ?? 0);
  const values: Partial<Record<Field, string>> = {};
  for (const [index, field] of fields.entries()) {
    const isOpen = literals[index + 1] === '';
    const isLast = index === fields.length - 1;
    const to = isOpen
      ? (isLast ? trailingEnd : nextQuote)(field, squeezed, end)
      : seek(squeezed.text, literals, { found, index: index + 1, from: end });
    if (to === undefined || to - end > (LONGEST[field] ?? LONGEST_FIELD)) return undefined;
    if (to === Number.POSITIVE_INFINITY) return undefined;
    const value = fieldText(field, squeezed, end, to);
    if (FORMS[field]?.test(value) === false) return undefined;
    values[field] = value;
    end = to + (literals[index + 1]?.length ?? 0);
  }
  return { pattern, start, end, weight, fields: values };
}
