import { isToken } from '../protocol/token.ts';
import { canonicalPath, inspectPath } from '../routing/index.ts';
import type { AllowRule } from './model.ts';

/** Why a text isn't a rule, and what may have been meant. */
export interface AllowProblem {
  readonly reason: string;
  readonly suggestion: string;
}

/** Understands an entry of `allow`: `GET /repos/*` and the like. */
export function parseAllow(text: string): AllowRule | AllowProblem {
  const fail = (reason: string, suggestion = ''): AllowProblem => ({ reason, suggestion });
  const [, method = '', path = ''] = /^(\S+) +(\S+)$/.exec(text.trim()) ?? [];
  if (path === '') return fail('form', /^\/\S*$/.test(text) ? `GET ${text}` : '');
  const methods = method === '*' ? undefined : method.split('|');
  for (const each of methods ?? []) {
    if (!isToken(each)) return fail('method-invalid');
    if (each === 'CONNECT' || each === 'TRACE') return fail('method-refused');
    if (each !== each.toUpperCase()) return fail('method-case', `${method.toUpperCase()} ${path}`);
  }
  if (!path.startsWith('/')) return fail('form', `${method} /${path.replace(/^https?:\/\/[^/]*\/?/i, '')}`);
  if (/[?#]/.test(path)) return fail('query', `${method} ${path.replace(/[?#].*$/s, '')}`);
  const texts = path.slice(1).split('/');
  const segments: string[] = [];
  for (const [index, segment] of texts.entries()) {
    const last = index === texts.length - 1;
    if (segment === '' && !last) return fail('empty-segment');
    if (segment.startsWith(':')) return fail('param', `${method} ${path.replaceAll(/\/:[^/]+/g, '/*')}`);
    if (segment === '*' || (segment === '**' && last)) {
      segments.push(segment);
      continue;
    }
    if (segment.includes('*')) return fail('wildcard');
    if (/[;\\]|%2f|%5c|%3b/i.test(segment)) return fail('separator');
    const inspection = inspectPath(`/${segment}`);
    if (inspection !== 'plain' && inspection !== 'suspicious') return fail(inspection);
    // What browsers send: `café` arrives as `caf%C3%A9`.
    segments.push(canonicalPath(`/${segment}`).slice(1));
  }
  return { methods: methods === undefined ? undefined : withHead(methods), segments: Object.freeze(segments) };
}

/** Who may get, may ask for the head alone (RFC 9110 §9.3.2). */
function withHead(methods: readonly string[]): ReadonlySet<string> {
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}
