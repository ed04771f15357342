import type { Question } from './question.ts';

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

/** A function that takes what the user gave in confidence out of every text, also where a server sent it back. */
export function hider(question: Question): (text: string) => string {
  const values = [
    ...question.headers.filter(([name]) => !isPublicHeader(name)).map(([, value]) => value),
    ...(question.cookie === undefined ? [] : [question.cookie, ...question.cookie.split(';')]),
    ...(question.body === undefined ? [] : [question.body]),
  ];
  const secrets = [...new Set(values.flatMap(formsOf))].filter((text) => text.length >= SHORTEST);
  // The longest first: a part of a secret must not break up the whole.
  const sorted = secrets.toSorted((a, b) => b.length - a.length);
  return (text) => sorted.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** A secret as it may come back: whole, without its scheme or name, decoded, in a URL. */
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
  return forms.flatMap((form) => [form, encodeURIComponent(form), Buffer.from(form, 'utf8').toString('latin1')]);
}
