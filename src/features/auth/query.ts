/** Every value of the parameter of that name, however it's spelled: `%61` is `a`. @param query with its `?` */
export function parameterValues(query: string, name: string): string[] {
  return query
    .slice(1)
    .split('&')
    .filter((parameter) => nameOf(parameter) === name)
    .map(valueOf);
}

/** A query without the parameter of that name. The others stay byte for byte; '' if there are none. */
export function withoutParameter(query: string, name: string): string {
  if (query.length <= 1) return query;
  const parameters = query.slice(1).split('&');
  const rest = parameters.filter((parameter) => nameOf(parameter) !== name);
  if (rest.length === parameters.length) return query;
  return rest.length === 0 ? '' : `?${rest.join('&')}`;
}

function nameOf(parameter: string): string {
  const equals = parameter.indexOf('=');
  return decode(equals < 0 ? parameter : parameter.slice(0, equals));
}

function valueOf(parameter: string): string {
  const equals = parameter.indexOf('=');
  return equals < 0 ? '' : decode(parameter.slice(equals + 1));
}

/** As forms are decoded (WHATWG URL, urlencoded parsing); what is no escape stays as it is. */
function decode(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
