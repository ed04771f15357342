import type { PathParams } from './pattern.ts';
import { fillTemplate, parseTemplate, type Template } from './template.ts';

/** What a Location is made of: the route's path parameters, and the request's query with its `?`. */
export interface Redirected {
  readonly params: PathParams | undefined;
  readonly query: string;
}

/** Makes the Location of one exchange. The request's query goes along unless the target says what its query is. */
export function locator(to: string): (redirected: Redirected) => string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(escapeForeign(to)) ?? [];
  const ownQuery = beforeFragment.includes('?') || beforeFragment.includes('{query}');
  const path = parseTemplate(beforeFragment);
  const target = ownQuery ? path : [...path, { fill: '{query}' }];
  const joint = jointOf(target);
  return ({ params, query }) => {
    const joined = query.length > 1 ? joint + query.slice(1) : '';
    return escapeForeign(fillTemplate(target, params, joined).replace(/\?$/, '') + fragment);
  };
}

/** What stands before the request's query where the template puts it. */
function jointOf(template: Template): '?' | '&' | '' {
  const at = template.findIndex((part) => typeof part !== 'string' && part.fill === '{query}');
  const before = template
    .slice(0, Math.max(at, 0))
    .map((part) => (typeof part === 'string' ? part : ''))
    .join('');
  if (!before.includes('?')) return '?';
  return /[?&]$/.test(before) ? '' : '&';
}

/**
 * Escapes what can't stand in a URI (RFC 3986 §2), and the backslash, which browsers take for a slash. Everything else
 * stays as it was sent.
 */
function escapeForeign(text: string): string {
  return text.replaceAll(/[^\x21-\x7e]|\\/gu, (char) => (char === '\\' ? '%5C' : encodeURIComponent(char)));
}
