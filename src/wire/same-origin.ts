import type { Exchange } from './exchange.ts';

/**
 * Whether an Origin is the origin that the request was sent to, as the browser sees it: the scheme and host that trusted
 * proxies in front of us report.
 */
export function isSameOrigin(origin: string, exchange: Exchange): boolean {
  const { scheme, authority } = exchange;
  // An HTTP/1.0 request may say no host: `http://` isn't its origin.
  if (authority === '') return false;
  const start = scheme.length + 3;
  if (!origin.startsWith(scheme) || !origin.startsWith('://', scheme.length)) return false;
  if (origin.length === start + authority.length && origin.endsWith(authority)) return true;
  return origin.slice(start) === withoutDefaultPort(authority.toLowerCase(), scheme);
}

/** An Origin never names its scheme's default port; a Host may. */
function withoutDefaultPort(authority: string, scheme: string): string {
  const port = scheme === 'https' ? ':443' : ':80';
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
}
