/** A user name and a password. */
export interface BasicCredentials {
  readonly user: string;
  readonly password: string;
}

const SCHEME = /^basic +/i;
/** As strict as Node's decoder isn't. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}={0,2}|[A-Za-z0-9+/]{3}=?)?$/;
/** RFC 7617 §2: neither a user name nor a password holds control characters. */
const CONTROLS = /[\u0000-\u001f\u007f]/;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * What an Authorization field says in the scheme Basic (RFC 7617 §2), in UTF-8; `malformed` if it's not well formed,
 * undefined if it's of another scheme.
 */
export function readBasic(authorization: string): BasicCredentials | 'malformed' | undefined {
  const scheme = SCHEME.exec(authorization);
  if (scheme === null) return undefined;
  const encoded = authorization.slice(scheme[0].length);
  if (!BASE64.test(encoded)) return 'malformed';
  let text: string;
  try {
    text = decoder.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return 'malformed';
  }
  const colon = text.indexOf(':');
  if (colon < 0 || CONTROLS.test(text)) return 'malformed';
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
