import type * as z from 'zod';
import type { crossSiteOptions } from '../features/cross-site/options.ts';
import { parseOrigin } from '../protocol/origin.ts';
import type { CrossSiteModel } from './feature-models.ts';
import type { PolicyModel } from './model.ts';
import type { FeatureContext } from './resolve-features.ts';
import { show } from './schema/issues.ts';

/** Understands `crossSite`; undefined: it's off. */
export function resolveCrossSite(
  options: boolean | z.output<typeof crossSiteOptions> | undefined,
  { path, problems, cors }: FeatureContext,
): CrossSiteModel | undefined {
  if (options === undefined || options === false) return undefined;
  const { allow = [], sameSite = false } = options === true ? {} : options;
  const list = typeof allow === 'string' ? [allow] : allow;
  for (const [index, origin] of list.entries()) {
    if (isOrigin(origin)) continue;
    const at = typeof allow === 'string' ? [...path, 'crossSite', 'allow'] : [...path, 'crossSite', 'allow', index];
    problems.error('cross-site-origin-invalid', at, { value: show(origin) });
  }
  return Object.freeze({ allow: Object.freeze([...list]), sameSite, trustsPolicy: listsOrigins(cors) });
}

/** As a browser writes it, so that it's ever equal to one. */
function isOrigin(text: string): boolean {
  return !('problem' in parseOrigin(text));
}

/** A policy for everybody trusts nobody in particular. */
function listsOrigins(cors: PolicyModel | undefined): boolean {
  return cors !== undefined && cors.policy.upstream !== 'pass' && !cors.policy.rules.some(({ kind }) => kind === 'any');
}
