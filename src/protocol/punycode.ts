const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST_N = 128;
const FIRST_BIAS = 72;

/** The text that a Punycode string stands for (RFC 3492, 6.2), without `xn--`; `undefined` if it stands for none. */
export function decodePunycode(input: string): string | undefined {
  const delimiter = input.lastIndexOf('-');
  const output = Array.from(input.slice(0, Math.max(0, delimiter)), (char) => char.charCodeAt(0));
  let [n, i, bias] = [FIRST_N, 0, FIRST_BIAS];
  let at = delimiter + 1;
  while (at < input.length) {
    const delta = readDelta(input, at, bias);
    if (delta === undefined) return undefined;
    at = delta.end;
    const length = output.length + 1;
    bias = adapt(delta.value, length, i === 0 && n === FIRST_N && length === 1 + Math.max(0, delimiter));
    i += delta.value;
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10ffff) return undefined;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

/** One variable-length integer (RFC 3492, 3.3). */
function readDelta(input: string, from: number, bias: number): { value: number; end: number } | undefined {
  let value = 0;
  let weight = 1;
  for (let at = from, k = BASE; at < input.length; at++, k += BASE) {
    const digit = digitOf(input.charCodeAt(at));
    if (digit === undefined) return undefined;
    value += digit * weight;
    if (value > 0x7fffffff) return undefined;
    const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
    if (digit < threshold) return { value, end: at + 1 };
    weight *= BASE - threshold;
  }
  return undefined;
}

function digitOf(code: number): number | undefined {
  if (code >= 0x61 && code <= 0x7a) return code - 0x61;
  return code >= 0x30 && code <= 0x39 ? code - 0x30 + 26 : undefined;
}

/** RFC 3492, 6.1. */
function adapt(value: number, points: number, first: boolean): number {
  let delta = Math.floor(value / (first ? DAMP : 2));
  delta += Math.floor(delta / points);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}

/**
 * Whether an `xn--` label, in lower case, is one that a browser would write: it decodes, to something beyond ASCII, in
 * lower case and normal form, without control characters and spaces. That is less than UTS #46 asks for, and doesn't
 * need its tables; what a platform's URL parser says of such labels differs from version to version.
 */
export function isIdnLabel(label: string): boolean {
  const text = decodePunycode(label.slice('xn--'.length));
  if (text === undefined || text === '' || text !== text.toLowerCase() || text !== text.normalize('NFKC')) return false;
  // The joiners are format characters that some scripts need (RFC 5892, A.1 and A.2).
  return /[^\0-\x7f]/.test(text) && !/[\p{C}\p{Z}]/u.test(text.replaceAll(/[\u200c\u200d]/g, ''));
}
