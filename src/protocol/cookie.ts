/**
 * The value of the first cookie of that name in a Cookie field (RFC 6265 §4.2.1), without the quotes that may stand around
 * it; undefined if there is none. Linear time.
 */
export function cookieValue(field: string, name: string): string | undefined {
  for (const pair of field.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
  }
  return undefined;
}
