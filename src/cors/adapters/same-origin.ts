import { defaultPort } from '../../protocol/origin.ts';

/**
 * Whether a request's `Origin` is the server it was sent to, as far as a server can know. `authority` is host and port as
 * in `Host`. A server without TLS may stand behind a proxy that has it, so an `https` origin counts; the other way round
 * it's a downgrade.
 */
export function isSameOrigin(origin: string | undefined, authority: string, encrypted: boolean): boolean {
  if (origin === undefined || authority === '') return false;
  const scheme = origin.startsWith('https://') ? 'https' : origin.startsWith('http://') ? 'http' : undefined;
  if (scheme === undefined || (scheme === 'http' && encrypted)) return false;
  const suffix = `:${defaultPort(scheme)}`;
  const host = authority.toLowerCase();
  return origin.slice(scheme.length + 3) === (host.endsWith(suffix) ? host.slice(0, -suffix.length) : host);
}
