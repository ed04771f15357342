import { isToken } from './token.ts';

/**
 * The essence (`type/subtype`, lower case) of a media type, parsed as browsers do (MIME Sniffing Standard, "parse a MIME
 * type"), or `undefined` if it doesn't parse. Parameters don't matter, so junk after the first `;` doesn't either.
 */
export function mimeEssence(input: string): string | undefined {
  const text = trimHttpWhitespace(input);
  const slash = text.indexOf('/');
  if (slash <= 0) return undefined;
  const type = text.slice(0, slash);
  const semicolon = text.indexOf(';', slash);
  const subtype = trimHttpWhitespace(text.slice(slash + 1, semicolon === -1 ? undefined : semicolon), 'end');
  if (!isToken(type) || !isToken(subtype)) return undefined;
  return `${type}/${subtype}`.toLowerCase();
}

/**
 * Without HTTP whitespace (Fetch: tab, line feed, carriage return, space) at both ends, or only at the end. A header
 * value as set by a page is normalized in this way.
 */
export function trimHttpWhitespace(text: string, where: 'both' | 'end' = 'both'): string {
  let from = 0;
  let to = text.length;
  if (where === 'both') while (from < to && isHttpWhitespace(text.charCodeAt(from))) from++;
  while (to > from && isHttpWhitespace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isHttpWhitespace(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
}
