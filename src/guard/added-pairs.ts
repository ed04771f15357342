/** What may begin a parameter: also as it looks in a URL that is a parameter itself. */
const MARK = '[?&]|%3f|%26';
/** No character of a value follows: the parameter ends here. */
const END = String.raw`(?![\w.~+-]|%(?!26|23|3f))`;

/**
 * Query parameters that the config adds, as a target may repeat them in the URLs of its headers. Undefined if there are
 * none.
 */
export function addedPairs(query: readonly (readonly [name: string, value: string])[]): RegExp | undefined {
  if (query.length === 0) return undefined;
  const spellings = query.flatMap(([name, value]) => [
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    new URLSearchParams([[name, value]]).toString(),
    `${name}=${value}`,
  ]);
  const all = [...spellings, ...spellings.map(encodeURIComponent)];
  const any = [...new Set(all)].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|');
  return new RegExp(`(${MARK})(?:${any})${END}`, 'gi');
}

/** A header's value without them: `?ours&a=1` becomes `?a=1`, `?a=1&ours&b=2` `?a=1&b=2`, `?ours` nothing. */
export function withoutPairs(text: string, pairs: RegExp): string {
  const rest = text.replaceAll(pairs, (_, mark: string) => (/[?f]$/i.test(mark) ? mark : ''));
  const bare = rest.replaceAll(/(\?|%3f)(?:&|%26)/gi, '$1').replaceAll(/\?(?=[#>"'\s,;]|$)/g, '');
  // A header's value neither begins nor ends with white space (RFC 9110 §5.5).
  return bare.trim();
}
