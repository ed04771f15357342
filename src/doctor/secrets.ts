import { parseUrl } from '../protocol/parse-url.ts';
import type { Question } from './question.ts';
import { maskSecrets, namedSecrets } from '../protocol/secret-names.ts';

/** Headers whose values are no secret, whatever they are: reports show them. */
const PUBLIC = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-language',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'pragma',
  'range',
  'x-requested-with',
]);

/** What stands in a report where a secret was. */
export const HIDDEN = '[hidden]';

/** Shorter texts can't be told from the rest of an answer. */
const SHORTEST = 4;

/** Whether a report may show the value of a header that the page sets. */
export function isPublicHeader(name: string): boolean {
  return PUBLIC.has(name.toLowerCase()) || /^access-control-/i.test(name);
}

/**
 * A function that takes secrets out of every text: what the user gave in confidence, also where a server sent it back,
 * and what is a secret by its name, whoever made it: `?token=…`, `user:password@`, the value of a cookie that is set.
 */
export function hider(question: Question): (text: string) => string {
  const values = [
    ...question.headers.filter(([name]) => !isPublicHeader(name)).map(([, value]) => value),
    ...(question.cookie === undefined ? [] : [question.cookie, ...question.cookie.split(';')]),
    ...(question.body === undefined ? [] : [question.body]),
    ...namedSecrets(question.url),
  ];
  // What a policy is written for must stay readable: a word in a host's name is no secret.
  const shown = [question.origin, parseUrl(question.url)?.host ?? ''];
  const secrets = [...new Set(values.flatMap(formsOf))].filter(
    (text) => text.length >= SHORTEST && !shown.some((name) => name.includes(text)),
  );
  // The longest first: a part of a secret must not break up the whole.
  const sorted = secrets.toSorted((a, b) => b.length - a.length);
  return (text) =>
    maskSecrets(
      sorted.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text),
      HIDDEN,
    );
}

/** A secret as it may come back: whole, without its scheme or name, decoded, in a URL, in a URL within a URL. */
function formsOf(value: string): string[] {
  const text = value.trim();
  const [scheme = '', ...rest] = text.split(/\s+/);
  const credentials = rest.join(' ');
  const named = /^[^=\s]+=(.+)$/.exec(text)?.[1];
  const forms = [text, credentials, named ?? ''];
  if (/^basic$/i.test(scheme)) {
    const pair = Buffer.from(credentials, 'base64').toString('utf8');
    forms.push(pair, pair.slice(pair.indexOf(':') + 1));
  }
  return forms.flatMap((form) => {
    const encoded = encodeURIComponent(form);
    return [form, encoded, encodeURIComponent(encoded), Buffer.from(form, 'utf8').toString('latin1')];
  });
}
