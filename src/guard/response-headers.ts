import { CONNECTION_HEADERS, DROPPED_RESPONSE_HEADERS } from './header-names.ts';
import type { GuardModel } from './model.ts';

/**
 * Whether a header of the target's is passed back to the page. CORS headers never are: they're the policy's. What the
 * target's `Connection` lists isn't, either; that is for who has the whole response.
 *
 * @param name in lower case
 */
export function passesResponseHeader({ responseHeaders }: GuardModel, name: string): boolean {
  if (CONNECTION_HEADERS.has(name) || name.startsWith('access-control-')) return false;
  return !DROPPED_RESPONSE_HEADERS.has(name) || responseHeaders.has(name);
}

/**
 * Lines of our own on each response, in place of the target's: what comes from there is data. Opened in a tab, it's a
 * document of the gateway's origin, and must not be able to do anything in it.
 */
export const RESPONSE_GUARDS: readonly (readonly [name: string, value: string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "sandbox; default-src 'none'"],
];
