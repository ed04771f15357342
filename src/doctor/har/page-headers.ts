import { isForbiddenRequestHeader } from '../../protocol/fetch-names.ts';
import { splitList } from '../../protocol/field-list.ts';
import { fieldOf, fieldsOf } from '../probe/response-parser.ts';
import type { HeaderLine } from '../probe/types.ts';
import type { Entry } from './read-har.ts';

/** What browsers add by themselves, so that nobody knows whether the page set it. No preflight comes of the browser's own. */
const BY_BROWSER =
  /^(?:accept-encoding|alt-used|authority|cache-control|client-hints.*|device-memory|downlink|dpr|ect|idempotency-key|if-(?:match|modified-since|none-match|range|unmodified-since)|max-forwards|pragma|priority|purpose|range|rtt|save-data|service-worker.*|upgrade-insecure-requests|user-agent|viewport-width|width|x-client-data|x-devtools-.*)$/;

/** The headers that the page set, as far as the recording tells: a preflight names those that need leave. */
export function pageHeaders(entry: Entry, preflight: Entry | undefined): HeaderLine[] {
  const own = entry.headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !BY_BROWSER.test(key) && !isForbiddenRequestHeader(key);
  });
  if (preflight === undefined) return own;
  const asked = requestedHeaders(preflight);
  const isSafe = ([name]: HeaderLine): boolean =>
    /^(?:accept|accept-language|content-language|content-type)$/i.test(name);
  return [
    ...own.filter((line) => isSafe(line) && !asked.includes(line[0].toLowerCase())),
    // Chromium leaves Authorization out of what it exports, unless told otherwise.
    ...asked.map((name) => [name, fieldOf(entry.headers, name) ?? ''] as const),
  ];
}

/** What a preflight asks leave for, in lower case. */
export function requestedHeaders({ headers }: Entry): string[] {
  return fieldsOf(headers, 'access-control-request-headers').flatMap((line) => splitList(line.toLowerCase()));
}

/** The method that a preflight asks leave for. */
export function requestedMethod({ headers }: Entry): string {
  return fieldOf(headers, 'access-control-request-method') ?? 'GET';
}
