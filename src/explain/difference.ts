import { nearestRule } from '../cors/nearest.ts';
import { parseOrigin } from '../protocol/origin.ts';

/** Problems of a text that isn't an origin, as the catalogue words them. */
const WORDED: ReadonlySet<string> = new Set([
  'slash',
  'path',
  'comma',
  'whitespace',
  'empty',
  'null',
  'scheme-missing',
]);

/**
 * In what the value of `Access-Control-Allow-Origin` departs from the page's origin, as `allow-origin-mismatch` of the
 * catalogue words it; `undefined` if that can't be told.
 */
export function differenceOf(value: string, origin: string | undefined): string | undefined {
  if (/^["']|["']$/.test(value)) return 'quotes';
  if (value.includes('*')) return 'wildcard';
  const parsed = parseOrigin(value);
  if ('problem' in parsed) {
    if (WORDED.has(parsed.problem)) return parsed.problem;
    return parsed.problem === 'host-case' || parsed.problem === 'scheme-case' || parsed.problem === 'port-default'
      ? 'form'
      : 'invalid';
  }
  if (origin === undefined || origin === 'null') return undefined;
  return nearestRule([{ kind: 'exact', text: value, group: 0, ...parsed.origin }], origin)?.miss;
}
