import ipaddr from 'ipaddr.js';
import type { KeyPath } from './problems.ts';
import type { FeatureContext } from './resolve-features.ts';
import { show } from './schema/issues.ts';

/** Understands `ipAllow` or `ipDeny`; undefined: it's off. */
export function resolveRanges(
  key: 'ipAllow' | 'ipDeny',
  ranges: string | readonly string[] | false | undefined,
  { path, problems }: FeatureContext,
): readonly string[] | undefined {
  if (ranges === undefined || ranges === false) return undefined;
  const list = typeof ranges === 'string' ? [ranges] : ranges;
  // By a variable that's empty, most likely: it would lock everybody out, or nobody.
  if (list.length === 0) problems.error('ip-ranges-empty', [...path, key], { key });
  for (const [index, range] of list.entries()) {
    const at: KeyPath = typeof ranges === 'string' ? [...path, key] : [...path, key, index];
    if (!isRange(range)) problems.error('ip-range-invalid', at, { value: show(range) });
  }
  return Object.freeze(list.filter(isRange));
}

function isRange(text: string): boolean {
  return ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && (text.includes(':') || text.split('.').length === 4));
}
