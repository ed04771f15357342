import { parseUrl } from '../protocol/parse-url.ts';
import { isToken } from '../protocol/token.ts';

/** A URL in a text, and the method that stands before it. */
export interface Address {
  readonly url: string;
  readonly origin: string | undefined;
  readonly method: string | undefined;
}

const URLS =
  /(?:https?|wss?|file|(?:chrome|moz|safari-web)-extension):\/\/[^\s'"`<>‘’“”«»\\^{|}\u0000-\u001F\u007F]+/gi;
const PUNCTUATION = '.,;:!?)]';
/** More than anybody looks at. */
const MOST = 200;
const LONGEST_METHOD = 32;

/** The URLs of a text, each once, in their order. */
export function addressesIn(text: string): Address[] {
  const found = new Map<string, Address>();
  for (const match of text.matchAll(URLS)) {
    const url = withoutPunctuation(match[0]);
    const method = methodBefore(text, match.index);
    if (found.get(url)?.method === undefined && (found.has(url) || found.size < MOST))
      found.set(url, { url, origin: originOf(url), method });
  }
  return [...found.values()];
}

/** `PUT https://…` and Firefox's `XHRPUT https://…`. An OPTIONS there is the preflight. */
function methodBefore(text: string, index: number): string | undefined {
  const before = text.slice(Math.max(0, index - LONGEST_METHOD), index);
  const word = /(?:^|\s)(?:XHR ?)?([A-Z]{3,})\s{1,4}$/.exec(before)?.[1]?.replace(/^XHR/, '');
  return word === undefined || word === 'OPTIONS' || !isToken(word) ? undefined : word;
}

function withoutPunctuation(url: string): string {
  let end = url.length;
  while (end > 0 && PUNCTUATION.includes(url[end - 1] ?? '')) end -= 1;
  return url.slice(0, end);
}

/** How far before a message its URL may begin. */
const REACH = 2048;
const SPACE = 0x20;

/** The URL that a text has right before a place, as in `PUT https://… net::ERR_FAILED`. */
export function addressBefore(text: string, index: number): Pick<Address, 'url' | 'method'> | undefined {
  let end = index;
  while (end > 0 && text.charCodeAt(end - 1) <= SPACE) end -= 1;
  let from = end;
  while (from > 0 && end - from < REACH && text.charCodeAt(from - 1) > SPACE) from -= 1;
  if (!/^https?:\/\//i.test(text.slice(from, from + 8))) return undefined;
  return { url: text.slice(from, end), method: methodBefore(text, from) };
}

/** A URL's origin; `undefined` if it has none that a page could have. */
export function originOf(url: string): string | undefined {
  const parsed = parseUrl(url);
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) ? parsed.origin : undefined;
}

/** Whether a console has left out a part of a URL. */
export function isElided(url: string): boolean {
  return url.includes('…') || url.includes('...');
}
