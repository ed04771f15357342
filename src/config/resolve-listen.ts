import ipaddr from 'ipaddr.js';
import type * as z from 'zod';
import type { ResolveContext } from './context.ts';
import { DEFAULT_LISTEN } from './defaults.ts';
import type { ListenerModel } from './model.ts';
import type { KeyPath } from './problems.ts';
import { resolveListenerTls } from './resolve-listener-tls.ts';
import { resolveTransport } from './resolve-transport.ts';
import type { At } from './schema/issues.ts';
import { show } from './schema/issues.ts';
import type { configSchema, listenerOptions } from './schema/schema.ts';

type Entry = string | number | z.output<typeof listenerOptions>;

/** An address to listen on. */
type Address = Pick<ListenerModel, 'host' | 'port'>;

const PATH: KeyPath = ['listen'];

/** Understands `listen`. A bare port or `:port` is this machine only: being reachable takes an address on purpose. */
export function resolveListen(
  listen: z.output<typeof configSchema>['listen'],
  trustedProxies: readonly string[],
  context: ResolveContext,
): ListenerModel[] {
  const { problems } = context;
  const several = Array.isArray(listen);
  const entries: readonly Entry[] = several ? listen : [listen ?? DEFAULT_LISTEN];
  if (entries.length === 0) problems.error('listen-empty', PATH);
  const listeners: ListenerModel[] = [];
  for (const [index, entry] of entries.entries()) {
    const path = several ? [...PATH, index] : PATH;
    const options = typeof entry === 'object' ? entry : { address: entry };
    const addressPath = typeof entry === 'object' ? [...path, 'address'] : path;
    const tls = options.tls === undefined ? undefined : resolveListenerTls(options.tls, [...path, 'tls'], context);
    const proxyProtocol = resolveProxyProtocol(options.proxyProtocol, { path: [...path, 'proxyProtocol'], problems });
    const parsed = parseListen(options.address);
    if ('reason' in parsed) {
      problems.error('listen-invalid', addressPath, { value: show(options.address), reason: parsed.reason });
      continue;
    }
    const twice = listeners.some(({ host, port }) => port !== 0 && host === parsed.host && port === parsed.port);
    if (twice) problems.error('listen-twice', addressPath, { value: show(options.address) });
    listeners.push(
      Object.freeze({
        ...plainListener(parsed),
        tls,
        proxyProtocol: Object.freeze(proxyProtocol),
        ...resolveTransport(options, { entries, trustedProxies }, { path, problems }),
      }),
    );
  }
  return listeners;
}

/** An address, and nothing asked of what comes there. */
export function plainListener(address: Address): ListenerModel {
  return Object.freeze({ ...address, tls: undefined, proxyProtocol: [], redirectToHttps: undefined, hsts: '' });
}

/** One address, or why it isn't one. */
export function parseListen(entry: string | number): Address | { readonly reason: string } {
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

function parsePort(text: string, host: string): Address | { readonly reason: string } {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? { host, port } : { reason: 'port' };
}

function resolveProxyProtocol(ranges: readonly string[] | undefined, at: At): string[] {
  if (ranges?.length === 0) at.problems.error('proxy-protocol-nobody', at.path);
  return resolveTrustedProxies(ranges ?? [], at);
}

/** Understands `trustedProxies`, and what else lists proxies. */
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
