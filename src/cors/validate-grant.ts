import {
  FORBIDDEN_METHODS,
  FORBIDDEN_RESPONSE_HEADERS,
  NORMALIZED_METHODS,
  SAFELISTED_RESPONSE_HEADERS,
  isForbiddenRequestHeader,
} from '../protocol/fetch-names.ts';
import { isToken } from '../protocol/token.ts';
import type { Grant } from './grant.ts';
import { show, type At, type Path, type Report } from './problem.ts';
import { validateMaxAge } from './validate-max-age.ts';

/** The keys that a grant may have. */
export const GRANT_KEYS: readonly string[] = ['credentials', 'methods', 'headers', 'expose', 'maxAge'];

/** What a policy grants that says nothing. */
export const NO_GRANT: Grant = Object.freeze({
  credentials: false,
  anyMethod: false,
  methods: Object.freeze([]),
  anyHeader: false,
  headers: Object.freeze([]),
  exposeAll: false,
  expose: Object.freeze([]),
  maxAge: undefined,
});

/** Names that only requests carry (RFC 9110, 10.1, 12.5, 13.1, 14.2; Fetch): nothing to expose. */
const REQUEST_ONLY: ReadonlySet<string> = new Set([
  'access-control-request-headers',
  'access-control-request-method',
  'cookie',
  'expect',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'max-forwards',
  'origin',
  'proxy-authorization',
  'range',
  'referer',
  'te',
  'user-agent',
]);

/** Validates what `options` grants; what they leave out is taken from `defaults`. */
export function validateGrant(options: Readonly<Record<string, unknown>>, defaults: Grant, at: At): Grant {
  const { report, path } = at;
  const grant: Grant = {
    credentials: validateFlag(options['credentials'], defaults.credentials, {
      report,
      path: [...path, 'credentials'],
    }),
    ...(options['methods'] === undefined
      ? { anyMethod: defaults.anyMethod, methods: defaults.methods }
      : validateMethods(options['methods'], { report, path: [...path, 'methods'] })),
    ...(options['headers'] === undefined
      ? { anyHeader: defaults.anyHeader, headers: defaults.headers }
      : validateHeaders(options['headers'], { report, path: [...path, 'headers'] })),
    ...(options['expose'] === undefined
      ? { exposeAll: defaults.exposeAll, expose: defaults.expose }
      : validateExpose(options['expose'], { report, path: [...path, 'expose'] })),
    maxAge:
      options['maxAge'] === undefined
        ? defaults.maxAge
        : validateMaxAge(options['maxAge'], { report, path: [...path, 'maxAge'] }),
  };
  return Object.freeze(grant);
}

/** A boolean; `fallback` if absent. */
export function validateFlag(value: unknown, fallback: boolean, at: At): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  at.report.error('cors-type', at.path, { value: show(value), expected: '`true` or `false`' });
  return fallback;
}

/** The strings of a list with their paths; a string counts as a list of one. */
function listItems(value: unknown, at: At): { text: string; path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path: at.path }];
  if (!Array.isArray(value)) {
    at.report.error('cors-type', at.path, {
      value: show(value),
      expected: "a list of names, or '*'",
    });
    return [];
  }
  const items: { text: string; path: Path }[] = [];
  for (const [index, item] of (value as readonly unknown[]).entries()) {
    const path = [...at.path, index];
    if (typeof item === 'string') items.push({ text: item, path });
    else at.report.error('cors-type', path, { value: show(item), expected: 'a name' });
  }
  return items;
}

function validateMethods(value: unknown, at: At): Pick<Grant, 'anyMethod' | 'methods'> {
  const { report } = at;
  const methods = new Set<string>();
  const items = listItems(value, at);
  const anyMethod = items.some(({ text }) => text === '*');
  for (const { text, path } of items) {
    if (text === '*') continue;
    const upper = text.toUpperCase();
    if (!isToken(text)) report.error('cors-method-invalid', path, { value: text });
    else if (FORBIDDEN_METHODS.has(upper)) report.error('cors-method-forbidden', path, { value: text });
    else if (methods.has(text)) report.warn('cors-name-repeated', path, { value: text });
    else if (anyMethod) report.warn('cors-name-redundant', path, { value: text });
    else if (text !== upper) warnOfCase(report, path, text);
    methods.add(text);
  }
  return { anyMethod, methods: Object.freeze(anyMethod ? [] : [...methods]) };
}

function warnOfCase(report: Report, path: Path, text: string): void {
  const upper = text.toUpperCase();
  // Browsers put these into upper case themselves, so the method as written here never arrives.
  if (NORMALIZED_METHODS.has(upper)) report.error('cors-method-never-sent', path, { value: text, upper });
  else report.warn('cors-method-case', path, { value: text, upper });
}

function validateHeaders(value: unknown, at: At): Pick<Grant, 'anyHeader' | 'headers'> {
  const { report } = at;
  const headers = new Set<string>();
  const items = listItems(value, at);
  const anyHeader = items.some(({ text }) => text === '*');
  for (const { text, path } of items) {
    if (text === '*') continue;
    const name = text.toLowerCase();
    if (!isToken(text)) report.error('cors-header-invalid', path, { value: text });
    else if (isForbiddenRequestHeader(name)) reportForbidden(report, path, text);
    else if (name.startsWith('access-control-')) report.error('cors-header-response-only', path, { value: text });
    else if (headers.has(name)) report.warn('cors-name-repeated', path, { value: text });
    else if (anyHeader && name !== 'authorization') report.warn('cors-name-redundant', path, { value: text });
    if (!anyHeader || name === 'authorization') headers.add(name);
  }
  return { anyHeader, headers: Object.freeze([...headers].toSorted()) };
}

function reportForbidden(report: Report, path: Path, value: string): void {
  report.error(value.toLowerCase() === 'cookie' ? 'cors-header-cookie' : 'cors-header-forbidden', path, { value });
}

function validateExpose(value: unknown, at: At): Pick<Grant, 'exposeAll' | 'expose'> {
  const { report } = at;
  const expose = new Set<string>();
  const items = listItems(value, at);
  const exposeAll = items.some(({ text }) => text === '*');
  for (const { text, path } of items) {
    if (text === '*') continue;
    const name = text.toLowerCase();
    if (!isToken(text)) report.error('cors-expose-invalid', path, { value: text });
    else if (FORBIDDEN_RESPONSE_HEADERS.has(name)) report.error('cors-expose-cookie', path, { value: text });
    else if (REQUEST_ONLY.has(name)) report.error('cors-expose-request-only', path, { value: text });
    else if (expose.has(name)) report.warn('cors-name-repeated', path, { value: text });
    else if (exposeAll || SAFELISTED_RESPONSE_HEADERS.has(name)) {
      report.warn('cors-name-redundant', path, { value: text });
    }
    expose.add(name);
  }
  return { exposeAll, expose: Object.freeze(exposeAll ? [] : [...expose].toSorted()) };
}
