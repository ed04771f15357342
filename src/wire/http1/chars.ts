/** Classes of bytes, one table look-up a byte. RFC 9110 §5.5, §5.6.2; RFC 9112 §3.2. */
export const TOKEN = 1;
/** May stand in a field value: tab, space, visible ASCII, obs-text. */
export const FIELD_VALUE = 2;
/** May stand in a request target: visible ASCII but `#`. */
export const TARGET = 4;
/** May stand in a Host value: what a registered name, an IPv4 or bracketed IPv6 address and a port are made of. */
export const HOST = 8;

/** `_` only. */
export const UNDERSCORE = 16;

export const CHARS = new Uint8Array(256);

for (let c = 0; c < 256; c++) {
  const char = String.fromCharCode(c);
  let bits = 0;
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char)) bits |= TOKEN;
  if (c === 9 || (c >= 0x20 && c !== 0x7f)) bits |= FIELD_VALUE;
  if (c > 0x20 && c < 0x7f && char !== '#') bits |= TARGET;
  if (/[A-Za-z0-9\-._~!$&'()*+;=:[\]%]/.test(char)) bits |= HOST;
  if (char === '_') bits |= UNDERSCORE;
  CHARS[c] = bits;
}

export const CR = 13;
export const LF = 10;
export const SPACE = 32;
export const TAB = 9;
export const COLON = 58;
