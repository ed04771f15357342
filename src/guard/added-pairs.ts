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
  const any = [...new Set(spellings)].map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)).join('|');
  return new RegExp(String.raw`([?&])(?:${any})(?=[&#>"'\s,;]|$)`, 'gi');
}

/** A header's value without them: `?ours&a=1` becomes `?a=1`, `?a=1&ours&b=2` `?a=1&b=2`, `?ours` nothing. */
export function withoutPairs(text: string, pairs: RegExp): string {
  const rest = text.replaceAll(pairs, (_, mark: string) => (mark === '?' ? '?' : ''));
  return rest.replaceAll('?&', '?').replaceAll(/\?(?=[#>"'\s,;]|$)/g, '');
}
