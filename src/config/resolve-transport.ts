import type * as z from 'zod';
import { maxAgePattern } from '../features/hsts/options.ts';
import type { ListenerModel } from './model.ts';
import type { KeyPath } from './problems.ts';
import { parseListen } from './resolve-listen.ts';
import type { At } from './schema/issues.ts';
import { show } from './schema/issues.ts';
import type { listenerOptions } from './schema/schema.ts';

type Options = Partial<z.output<typeof listenerOptions>>;
type Entry = string | number | z.output<typeof listenerOptions>;

const HTTPS_PORT = 443;

/** Seconds. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 };
/** What the list of browsers asks for. */
const PRELOAD_AGE = 31_536_000;

/** What a listener stands among. */
export interface Surroundings {
  /** All of `listen`. */
  readonly entries: readonly Entry[];
  readonly trustedProxies: readonly string[];
}

/** Understands what a listener asks of the way that requests come, and says what can't come about. */
export function resolveTransport(
  options: Options,
  surroundings: Surroundings,
  at: At,
): Pick<ListenerModel, 'redirectToHttps' | 'hsts'> {
  const { redirectToHttps = false, hsts } = options;
  const { entries } = surroundings;
  checkSense(options, surroundings, at);
  return {
    redirectToHttps:
      redirectToHttps === false ? undefined : redirectToHttps === true ? httpsPortOf(entries) : redirectToHttps,
    hsts: hsts === undefined ? '' : resolveHsts(hsts, { ...at, path: [...at.path, 'hsts'] }),
  };
}

/** Where clients find https: the first listener with TLS whose port is known. */
function httpsPortOf(entries: readonly Entry[]): number {
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry.tls === undefined) continue;
    const address = parseListen(entry.address);
    if ('port' in address && address.port !== 0) return address.port;
  }
  return HTTPS_PORT;
}

function resolveHsts(hsts: NonNullable<Options['hsts']>, at: At): string {
  const short = typeof hsts !== 'object';
  const { maxAge, includeSubDomains = false, preload = false } = short ? { maxAge: hsts } : hsts;
  const path: KeyPath = short ? at.path : [...at.path, 'maxAge'];
  const seconds = secondsOf(String(maxAge));
  if (seconds === undefined) {
    at.problems.error('hsts-max-age', path, { value: show(maxAge) });
    return '';
  }
  if (preload && (!includeSubDomains || seconds < PRELOAD_AGE)) at.problems.error('hsts-preload', at.path);
  return [
    `max-age=${seconds}`,
    ...(includeSubDomains ? ['includeSubDomains'] : []),
    ...(preload ? ['preload'] : []),
  ].join('; ');
}

function secondsOf(text: string): number | undefined {
  if (text === '0') return 0;
  if (!maxAgePattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+)([smhdy])/g)) total += Number(amount) * (UNITS[unit] ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Who ends TLS, if anybody does, must be known. */
function checkSense(
  { tls, proxyProtocol = [], redirectToHttps = false, hsts }: Options,
  { entries, trustedProxies }: Surroundings,
  { path, problems }: At,
): void {
  const trusts = trustedProxies.length > 0 || proxyProtocol.length > 0;
  if (hsts !== undefined && tls === undefined && !trusts) problems.error('hsts-pointless', [...path, 'hsts']);
  if (redirectToHttps === false) return;
  const redirectPath = [...path, 'redirectToHttps'];
  if (tls !== undefined && trustedProxies.length === 0) problems.error('redirect-https-pointless', redirectPath);
  const encrypted = entries.some((entry) => typeof entry === 'object' && entry.tls !== undefined);
  if (!encrypted && !trusts) problems.warn('redirect-https-loop', redirectPath);
}
