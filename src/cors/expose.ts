import { FORBIDDEN_RESPONSE_HEADERS, SAFELISTED_RESPONSE_HEADERS } from '../protocol/fetch-names.ts';
import type { Decision } from './decision.ts';

/**
 * The value of `Access-Control-Expose-Headers` for a decision with `exposeAll`: the response's own header names, since
 * `*` means nothing with credentials (Fetch, "CORS-exposed header-name list"). Lower case, sorted, each once; without
 * the ones every page may read anyway, without Set-Cookie and without CORS's own. `undefined` if nothing is left, or if
 * the decision doesn't ask for it.
 */
export function exposeNames(decision: Decision, responseHeaderNames: Iterable<string>): string | undefined {
  if (!decision.exposeAll) return undefined;
  const names = new Set<string>();
  for (const item of responseHeaderNames) {
    const name = item.toLowerCase();
    if (SAFELISTED_RESPONSE_HEADERS.has(name) || FORBIDDEN_RESPONSE_HEADERS.has(name)) continue;
    if (name.startsWith('access-control-')) continue;
    names.add(name);
  }
  return names.size === 0 ? undefined : [...names].toSorted().join(',');
}

/**
 * A decision's lines with names beside those that they expose already: of headers that whoever answers adds by itself, and
 * that a page should read. Nothing is exposed where the decision lets nobody in.
 */
export function exposeMore(lines: Decision['headers'], names: readonly string[]): Decision['headers'] {
  const isExpose = ([name]: readonly [string, string]): boolean => name === 'Access-Control-Expose-Headers';
  if (names.length === 0 || !lines.some(([name]) => name === 'Access-Control-Allow-Origin')) return lines;
  const [, value = ''] = lines.find(isExpose) ?? [];
  if (value === '*') return lines;
  const all = new Set([...value.split(',').filter((name) => name !== ''), ...names]);
  const line = ['Access-Control-Expose-Headers', [...all].toSorted().join(',')] as const;
  return [...lines.filter((each) => !isExpose(each)), line];
}
