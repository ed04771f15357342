import { isLoopbackHost } from './origin.ts';

/** Mixed Content, 4.4: a page that came over TLS loads nothing without, but from this machine. */
export function isMixedContent(pageOrigin: string, url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return pageOrigin.startsWith('https:') && protocol === 'http:' && !isLoopbackHost(hostname);
}
