/**
 * The field names the data path acts on. A head's scanner gives each line the id of its name, so that later questions
 * ("is there an Upgrade?") compare small integers instead of strings. 0 is "any other name".
 */
const NAMES = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
  'access-control-allow-private-network',
  'access-control-request-private-network',
  'vary',
  'date',
  'server',
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-real-ip',
  'x-request-id',
  'content-type',
  'content-encoding',
  'content-range',
  'content-location',
  'location',
  'set-cookie',
  'cookie',
  'authorization',
  'accept',
  'accept-encoding',
  'cache-control',
  'etag',
  'last-modified',
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
  'max-forwards',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'sec-fetch-site',
  'sec-websocket-key',
  'age',
  'x-accel-buffering',
] as const;

export type KnownName = (typeof NAMES)[number];

/** Id by name, for code that asks by constant: `H['content-length']`. */
export const H = Object.freeze(Object.fromEntries(NAMES.map((name, i) => [name, i + 1]))) as Readonly<
  Record<KnownName, number>
>;

const ids = new Map<string, number>(NAMES.map((name, i) => [name, i + 1]));

/** Names by length, then compared char by char: no lower-cased copy of a name is ever made. */
const byLength: (readonly number[] | undefined)[] = [];
for (const [i, name] of NAMES.entries()) {
  byLength[name.length] = [...(byLength[name.length] ?? []), i + 1];
}

/** The id of a lower-case name, 0 if it isn't one of the known. */
export function idOfName(lowerCaseName: string): number {
  return ids.get(lowerCaseName) ?? 0;
}

/** The id of the name at `text[start, end)` in any case, 0 if it isn't one of the known. The bytes are tokens already. */
export function recogniseName(text: string, start: number, end: number): number {
  const length = end - start;
  const candidates = byLength[length];
  if (candidates === undefined) return 0;
  const last = text.charCodeAt(end - 1) | 0x20;
  const first = text.charCodeAt(start) | 0x20;
  for (let c = 0; c < candidates.length; c++) {
    const id = candidates[c] as number;
    const name = NAMES[id - 1] as string;
    if (name.charCodeAt(length - 1) !== last || name.charCodeAt(0) !== first) continue;
    if (equalsIgnoringCase(text, start, name)) return id;
  }
  return 0;
}

/** Whether `text` at `start` holds `lowerCaseName` in any case. Names hold letters, digits and hyphens only. */
export function equalsIgnoringCase(text: string, start: number, lowerCaseName: string): boolean {
  for (let i = 0; i < lowerCaseName.length; i++) {
    const expected = lowerCaseName.charCodeAt(i);
    const actual = text.charCodeAt(start + i);
    if (actual !== expected && ((actual | 0x20) !== expected || actual < 0x41 || actual > 0x5a)) return false;
  }
  return true;
}
