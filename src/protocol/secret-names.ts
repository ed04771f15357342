import { parseUrl } from './parse-url.ts';

/** Words that make a name one of a secret: `api_key`, `accessToken`, `X-Amz-Signature`. */
const WORDS = new Set(
  `assertion auth authorization bearer code credential credentials hmac jwt key otp pass passcode passphrase passwd
  password pin pwd samlrequest samlresponse secret session sid sig signature ticket token tokens`.split(/\s+/),
);

/** The same, written together: `apikey`, `PHPSESSID`. */
const ENDS = /(?:key|passw(?:or)?d|secret|sess(?:ion)?(?:id)?|signature|token)$/;

/** Whether a query parameter, a cookie or a header is called as secrets are. It takes too much for a secret rather than too little. */
export function isSecretName(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.some((word) => WORDS.has(word)) || ENDS.test(words.join(''));
}

/** The secrets that a URL holds: user name, password, and the values of parameters that are called as secrets are. */
export function namedSecrets(url: string): string[] {
  const parsed = parseUrl(url);
  if (parsed === undefined) return [];
  const raw = parsed.search.slice(1).split('&').map(splitParameter);
  const named = raw.filter(({ name }) => isSecretName(decode(name))).map(({ value }) => value);
  const texts = [parsed.username, parsed.password, ...named];
  return texts.flatMap((text) => [text, decode(text)]).filter((text) => text !== '');
}

/** The pieces of a URL, those that are secret apart, with a name for each. */
export function partsOfUrl(url: string): { readonly text: string; readonly secret?: string }[] {
  const [, scheme = '', userinfo, rest = ''] = /^([a-z]+:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(url) ?? [];
  const [before = '', ...queries] = (scheme === '' ? url : rest).split('?');
  const query = queries.join('?');
  return [
    { text: scheme },
    ...(userinfo === undefined ? [] : [{ text: userinfo, secret: 'userinfo' }, { text: '@' }]),
    { text: queries.length === 0 ? before : `${before}?` },
    ...query.split('&').flatMap((parameter, index) => {
      const start = index === 0 ? '' : '&';
      const { name, value } = splitParameter(parameter);
      if (value === '' || !isSecretName(decode(name))) return [{ text: start + parameter }];
      return [{ text: `${start}${name}=` }, { text: value, secret: decode(name) }];
    }),
  ];
}

function splitParameter(text: string): { name: string; value: string } {
  const at = text.indexOf('=');
  return at < 0 ? { name: text, value: '' } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** A parameter of a URL in a text, or of a URL that is a parameter's value: there its signs are percent-encoded. */
const PARAMETER = /([?&#]|%3f|%26)((?:(?!%3[df]|%26)[^=&?#\s"'`<>])+)(=|%3d)((?:(?!%26)[^&#\s"'`<>])+)/gi;
const USERINFO = /(\b[a-z][a-z\d+.-]*:\/\/)[^\s/?#@"'`<>]+@/gi;
const SET_COOKIE = /^((?:< )?set-cookie:\s*[^=;\s]+=)[^;]+/i;
const HEADER = /^((?:[<>] )?([\w-]+):[ \t]*)\S.*$/;

/** A text without what is a secret by its name: in URLs, in cookies that are set, in header lines. */
export function maskSecrets(text: string, mask: string): string {
  const [, start = '', name = ''] = HEADER.exec(text) ?? [];
  if (name !== '' && !/^access-control-/i.test(name) && isSecretName(name)) return start + mask;
  return maskParameters(text, mask).replaceAll(USERINFO, `$1${mask}@`).replace(SET_COOKIE, `$1${mask}`);
}

function maskParameters(text: string, mask: string): string {
  return text.replaceAll(PARAMETER, (_, before: string, name: string, equals: string, value: string) => {
    const shown = isSecretName(decode(name)) ? mask : maskParameters(value, mask);
    return before + name + equals + shown;
  });
}
