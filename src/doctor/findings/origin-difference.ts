import { isLoopbackHost } from '../../protocol/origin.ts';

/** How an allowed value misses an origin. */
export type OriginDifference =
  | 'slash'
  | 'case'
  | 'scheme'
  | 'port'
  | 'loopback'
  | 'www'
  | 'pattern'
  | 'quoted'
  | 'null'
  | 'other';

/** Why a value of `Access-Control-Allow-Origin` isn't the origin, as a person would say it. */
export function originDifference(value: string, origin: string): OriginDifference {
  if (value === 'null') return 'null';
  if (/^["'].*["']$/.test(value)) return 'quoted';
  if (value.toLowerCase() === origin.toLowerCase()) return 'case';
  if (value.includes('*')) return 'pattern';
  if (!URL.canParse(value) || !URL.canParse(origin)) return 'other';
  const [allowed, asking] = [new URL(value), new URL(origin)];
  if (allowed.origin === asking.origin) return 'slash';
  if (allowed.hostname === asking.hostname) return allowed.protocol === asking.protocol ? 'port' : 'scheme';
  if (isLoopbackHost(allowed.hostname) && isLoopbackHost(asking.hostname)) return 'loopback';
  return allowed.hostname.replace(/^www\./, '') === asking.hostname.replace(/^www\./, '') ? 'www' : 'other';
}
