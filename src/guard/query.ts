/** Name and value of parameters that are added on the server. */
export type AddedQuery = readonly (readonly [name: string, value: string])[];

/**
 * Puts parameters over those of a query: the client's of the same name are removed, ours are appended.
 *
 * @param query with its `?`, or ''
 */
export function overlayQuery(query: string, added: AddedQuery): string {
  if (added.length === 0) return query;
  const kept = withoutNames(query, added);
  const ours = added.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return kept === '' || kept === '?' ? `?${ours}` : `${kept}&${ours}`;
}

/** A query without the parameters of these names, however they're spelled. */
export function withoutNames(query: string, added: AddedQuery): string {
  if (added.length === 0 || query === '') return query;
  const names = new Set(added.map(([name]) => nameAsRead(name)));
  const parts = query.slice(1).split('&');
  const kept = parts.filter((part) => !part.split(/;|%3b/i).some((one) => names.has(nameAsRead(decodeName(one)))));
  return kept.length === parts.length ? query : kept.length === 0 ? '' : `?${kept.join('&')}`;
}

/** The name of `name=value`, decoded as forms are. */
function decodeName(part: string): string {
  const name = part.split('=', 1)[0] ?? '';
  const spaced = name.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // What isn't UTF-8 still has the ASCII part of its name decoded.
    return spaced.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

/**
 * The name that the most liberal server makes of it: ASP.NET ignores case, others spaces around it; PHP also what follows a
 * NUL or a bracket, and takes dots and spaces for underscores.
 */
function nameAsRead(name: string): string {
  // oxlint-disable-next-line no-control-regex
  const cut = name.replace(/[\0[=].*$/s, '').trim();
  return cut.replaceAll(/[. ]/g, '_').toLowerCase();
}
