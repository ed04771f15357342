import { HIDDEN, isPublicHeader } from '../secrets.ts';
import type { HeaderLine } from '../probe/types.ts';
import type { Entry } from './read-har.ts';

/** Headers whose values tell who answered and what it allows, and nothing of the visitor. */
const SHOWN =
  /^(?:access-control-.*|age|allow|apigw-requestid|cache-control|cache-status|cf-cache-status|cf-ray|content-length|content-type|cross-origin-.*|server|vary|via|x-(?:amz-apigw-id|amz-cf-id|amzn-errortype|application-context|cache|cache-status|drupal-cache|envoy-.*|kong-.*|nextjs-.*|powered-by|proxy-cache|varnish|vercel-cache|vercel-id))$/;

/** Response headers for a report: names all, values only where they hold nothing in confidence. */
export function hideAnswer(headers: readonly HeaderLine[]): HeaderLine[] {
  return headers.map(([name, value]) => [name, shownValue(name.toLowerCase(), value)]);
}

function shownValue(name: string, value: string): string {
  if (SHOWN.test(name)) return value;
  if (name === 'location') return hideUrl(value);
  // A scheme and its realm; parameters may be a nonce.
  if (name === 'www-authenticate') return /^[\w-]+/.exec(value)?.[0] ?? HIDDEN;
  if (name !== 'set-cookie') return HIDDEN;
  const [pair = '', ...attributes] = value.split(';');
  const known = attributes.filter((part) => /^\s*(?:samesite|secure|httponly|path|partitioned)\b/i.test(part));
  return [`${/^[^=]*/.exec(pair)?.[0] ?? ''}=${HIDDEN}`, ...known].join(';');
}

/** A request header that a page set: its value only where that is public. */
export function hideHeader([name, value]: HeaderLine): HeaderLine {
  return [name, isPublicHeader(name) ? value : HIDDEN];
}

/** A URL or a `Location` without user name, fragment, values of the query, and parts of the path that look like tokens. */
export function hideUrl(text: string): string {
  // A report sets code between backticks.
  const [, address = '', query = ''] = /^([^?#]*)(?:\?([^#]*))?/.exec(text.replaceAll('`', '%60')) ?? [];
  const path = address
    .replace(/\/\/[^/]*@/, '//')
    .split('/')
    .map((part) => (looksSecret(part) ? HIDDEN : part))
    .join('/');
  if (query === '') return path;
  const shown = query.split('&').map((part) => {
    const name = part.split('=', 1)[0] ?? '';
    if (part.includes('=')) return `${looksSecret(name) ? HIDDEN : name}=${HIDDEN}`;
    return /^[a-z_-]{0,16}$/i.test(part) ? part : HIDDEN;
  });
  return `${path}?${shown.join('&')}`;
}

/** Long, and of letters and digits, like keys and JSON Web Tokens; UUIDs name things. */
function looksSecret(part: string): boolean {
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(part)) return false;
  const isLong = /^eyJ[\w.-]{8,}$/.test(part) || /^[\w.~:%=+-]{24,}$/.test(part);
  // A host's name is long too, and names with hyphens are words.
  return isLong && /\d/.test(part) && /[a-z]/i.test(part) && !/^[a-z\d-]+(?:\.[a-z\d-]+)+(?::\d+)?$/.test(part);
}

/** Shorter texts can't be told from the rest of a report. */
const SHORTEST = 8;

/** What was recorded in confidence: it mustn't come back, wherever a server sent it. Texts that a report needs are none. */
export function secretsOf(entries: readonly Entry[], needed: readonly string[]): string[] {
  const found = entries.flatMap(({ headers, answer, url }) => [
    ...headers.filter(([name]) => !isOfTheWay(name)).flatMap(([, value]) => partsOf(value)),
    ...answer.headers.filter(([name]) => name.toLowerCase() === 'set-cookie').flatMap(([, value]) => partsOf(value)),
    ...[...url.searchParams].flatMap((pair) => pair[1]),
    url.password,
  ]);
  const secrets = new Set(found.filter((text) => text.length >= SHORTEST));
  const isNeeded = (text: string): boolean => needed.some((one) => one.includes(text));
  // The longest first: a part of a secret must not break up the whole.
  return [...secrets].filter((text) => !isNeeded(text)).toSorted((a, b) => b.length - a.length);
}

/** Headers that browsers write themselves, and that say nothing of the visitor. */
function isOfTheWay(name: string): boolean {
  return (
    isPublicHeader(name) ||
    /^(?:accept-.*|connection|dnt|host|origin|priority|referer|sec-.*|te|user-agent)$/i.test(name)
  );
}

/** A value whole, without its scheme, and each of its cookies. */
function partsOf(value: string): string[] {
  const cookies = value.split(';').map((part) => part.slice(part.indexOf('=') + 1).trim());
  return [value, value.replace(/^\S+\s+/, ''), ...cookies];
}
