/** Every value of the cookie of that name in Cookie fields (RFC 6265 §4.2.1), without quotes around it. Linear time. */
export function cookieValues(fields: readonly string[], name: string): string[] {
  return fields.flatMap((field) =>
    field
      .split(';')
      .filter((pair) => nameOf(pair) === name)
      .map(valueOf),
  );
}

/** A Cookie field without the cookie of that name. The others stay byte for byte; '' if there are none. */
export function withoutCookie(field: string, name: string): string {
  const pairs = field.split(';');
  const rest = pairs.filter((pair) => nameOf(pair) !== name);
  return rest.length === pairs.length ? field : rest.join(';').trim();
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  // Browsers send a cookie without a name as its value alone.
  return equals < 0 ? '' : pair.slice(0, equals).trim();
}

function valueOf(pair: string): string {
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
