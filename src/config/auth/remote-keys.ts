import { isLoopbackHost } from '../../protocol/origin.ts';
import type { ResolveContext } from '../context.ts';
import type { RemoteKeysModel } from '../model.ts';
import type { KeyPath } from '../problems.ts';
import { resolveTls } from '../resolve-tls.ts';
import type { Upstreams } from '../resolve-upstreams.ts';
import type { ParsedJwt } from './jwt-keys.ts';
import { timeWithin } from './time-within.ts';

/** What understanding keys needs. */
export interface RemoteKeysContext extends Pick<ResolveContext, 'problems' | 'machine'> {
  readonly upstreams: Upstreams;
}

const DEFAULTS = { refresh: 600_000, cooldown: 30_000, keep: 86_400_000, timeout: 5000 };

/** Understands how an issuer's keys are fetched, or reports what is wrong. */
export function resolveRemoteKeys(
  jwks: NonNullable<ParsedJwt['jwks']>,
  path: KeyPath,
  context: RemoteKeysContext,
): RemoteKeysModel | undefined {
  const { problems } = context;
  const options = typeof jwks === 'string' ? { url: jwks } : jwks;
  const at = (key: string): { path: KeyPath; problems: typeof problems } => ({ path: [...path, key], problems });
  const refresh = timeWithin(options.refresh, { fallback: DEFAULTS.refresh, least: 1000 }, at('refresh'));
  const cooldown = timeWithin(options.cooldown, { fallback: DEFAULTS.cooldown, least: 1000 }, at('cooldown'));
  const fallback = Math.max(DEFAULTS.keep, refresh);
  const keep = timeWithin(options.keep, { fallback, least: refresh }, at('keep'));
  const timeout = timeWithin(options.timeout, { fallback: DEFAULTS.timeout, least: 100 }, at('timeout'));
  const urlPath = typeof jwks === 'string' ? path : [...path, 'url'];
  const url = parseIssuerUrl(options.url);
  const tls = resolveTls(options.ca === undefined ? undefined : { ca: options.ca }, path, context);
  if (typeof url === 'string') {
    problems.error('auth-jwks-url', urlPath, { url: options.url.replace(/\/\/[^/@]*@/, '//…@'), reason: url });
    return undefined;
  }
  const upstream = context.upstreams.find(url.origin, urlPath);
  if (upstream === undefined || tls === undefined) return undefined;
  const timeouts = Object.freeze({ connect: timeout, head: timeout, idle: timeout, total: timeout });
  return Object.freeze({
    kind: 'remote',
    // In logs, so without a query, which may hold a key.
    url: url.origin + url.pathname,
    upstream: Object.freeze({ ...upstream, name: url.origin, timeouts, tls }),
    path: url.pathname + url.search,
    refresh,
    cooldown,
    keep,
  });
}

/** The URL, or why keys can't be fetched from it. Whoever can change keys on their way can sign tokens. */
function parseIssuerUrl(text: string): URL | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'not-a-url';
  }
  if (url.username !== '' || url.password !== '') return 'userinfo';
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') return 'scheme';
  return isLoopbackHost(url.hostname) ? url : 'insecure';
}
