import ipaddr from 'ipaddr.js';
import { DEFAULT_LISTEN } from './defaults.ts';
import type { ListenerModel } from './model.ts';
import type { At } from './schema/issues.ts';
import { show } from './schema/issues.ts';

/** Understands `listen`. A bare port or `:port` is this machine only: being reachable takes an address on purpose. */
export function resolveListen(
  listen: string | number | readonly (string | number)[] | undefined,
  at: At,
): ListenerModel[] {
  const entries = listen === undefined ? [DEFAULT_LISTEN] : typeof listen === 'object' ? listen : [listen];
  if (entries.length === 0) at.problems.error('listen-empty', at.path);
  const listeners: ListenerModel[] = [];
  for (const [index, entry] of entries.entries()) {
    const path = typeof listen === 'object' ? [...at.path, index] : at.path;
    const parsed = parseListen(entry);
    if ('reason' in parsed) {
      at.problems.error('listen-invalid', path, { value: show(entry), reason: parsed.reason });
      continue;
    }
    const twice = listeners.some(({ host, port }) => port !== 0 && host === parsed.host && port === parsed.port);
    if (twice) at.problems.error('listen-twice', path, { value: show(entry) });
    listeners.push(Object.freeze(parsed));
  }
  return listeners;
}

/** One address, or why it isn't one. */
export function parseListen(entry: string | number): ListenerModel | { readonly reason: string } {
  if (typeof entry === 'number') return parsePort(String(entry), '127.0.0.1');
  const text = entry.trim();
  if (text.includes('://')) return { reason: 'url' };
  if (/^\d+$/.test(text)) return parsePort(text, '127.0.0.1');
  if (ipaddr.IPv6.isValid(text)) return { reason: 'no-port' };
  const colon = text.lastIndexOf(':');
  if (colon === -1) return { reason: 'no-port' };
  const host = text.slice(0, colon);
  if (host === '*') return { reason: 'star' };
  const name = hostOf(host === '' ? '127.0.0.1' : host);
  return name === undefined ? { reason: 'host' } : parsePort(text.slice(colon + 1), name);
}

function hostOf(host: string): string | undefined {
  if (host.startsWith('[')) {
    const literal = host.endsWith(']') ? host.slice(1, -1) : '';
    return ipaddr.IPv6.isValid(literal) ? literal : undefined;
  }
  if (/^[\d.]+$/.test(host)) return ipaddr.IPv4.isValidFourPartDecimal(host) ? host : undefined;
  return /^[a-z\d](?:[a-z\d-]*[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]*[a-z\d])?)*$/i.test(host)
    ? host.toLowerCase()
    : undefined;
}

function parsePort(text: string, host: string): ListenerModel | { readonly reason: string } {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? { host, port } : { reason: 'port' };
}

/** Understands `trustedProxies`. */
export function resolveTrustedProxies(ranges: readonly string[], { path, problems }: At): string[] {
  const valid: string[] = [];
  for (const [index, range] of ranges.entries()) {
    const text = range.trim();
    if (!ipaddr.isValid(text) && !ipaddr.isValidCIDR(text)) {
      problems.error('trusted-proxy-invalid', [...path, index], { value: show(range) });
    } else if (text.endsWith('/0')) {
      problems.error('trusted-proxy-everyone', [...path, index], { value: text });
    } else {
      valid.push(text);
    }
  }
  return valid;
}
