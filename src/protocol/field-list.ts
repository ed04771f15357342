import { isTokenCode } from './token.ts';

const COMMA = 0x2c;

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/**
 * The items of a comma-separated field value (RFC 9110, 5.6.1), without optional whitespace and without empty items.
 * Quoted strings are not interpreted: use it for lists of tokens and of origins. Linear time.
 */
export function splitList(value: string): string[] {
  const items: string[] = [];
  let start = 0;
  for (let i = 0; i <= value.length; i++) {
    if (i < value.length && value.charCodeAt(i) !== COMMA) continue;
    const item = trimOws(value, start, i);
    if (item !== '') items.push(item);
    start = i + 1;
  }
  return items;
}

/** `value.slice(start, end)` without the spaces and tabs around it (RFC 9110, 5.6.3). */
export function trimOws(value: string, start = 0, end = value.length): string {
  let from = start;
  let to = end;
  while (from < to && isOws(value.charCodeAt(from))) from++;
  while (to > from && isOws(value.charCodeAt(to - 1))) to--;
  return value.slice(from, to);
}

/** What a list of tokens may hold before it's taken for an attack instead of a list. */
export interface TokenListLimits {
  /** Characters in all. */
  readonly length: number;
  /** Empty items: RFC 9110, 5.6.1.2 asks recipients to accept "a reasonable number" of them. */
  readonly empty: number;
}

/**
 * The tokens of a list in their order and case, or `undefined` if an item is no token or a limit is passed. One pass, so
 * that a hostile value costs no more than its length.
 */
export function parseTokenList(value: string, limits: TokenListLimits): string[] | undefined {
  if (value.length > limits.length) return undefined;
  const items: string[] = [];
  let empty = 0;
  let start = 0;
  for (let i = 0; i <= value.length; i++) {
    if (i < value.length && value.charCodeAt(i) !== COMMA) continue;
    const item = trimOws(value, start, i);
    start = i + 1;
    if (item === '') {
      // A value that is empty as a whole is the empty list, not a list with one empty item.
      if (value.length > 0 && ++empty > limits.empty) return undefined;
      continue;
    }
    for (let j = 0; j < item.length; j++) {
      if (!isTokenCode(item.charCodeAt(j))) return undefined;
    }
    items.push(item);
  }
  return items;
}
