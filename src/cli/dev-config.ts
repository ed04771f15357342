import ipaddr from 'ipaddr.js';
import type { Config, RouteOptions } from '../config/index.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { cliProblem } from './terminal.ts';

/** A path prefix and the server that answers below it. */
export interface Mapping {
  /** `/` or `/api`, without a slash at the end. */
  readonly prefix: string;
  /** URL of a server. */
  readonly target: string;
}

/** Understands `/api=http://localhost:8000` and its short forms, or says what is wrong with them. */
export function parseMappings(texts: readonly string[]): readonly Mapping[] | { readonly problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const mappings: Mapping[] = [];
  for (const text of texts) {
    const mapping = parseMapping(text);
    const twice = typeof mapping === 'object' && mappings.some(({ prefix }) => prefix === mapping.prefix);
    if (typeof mapping === 'string' || twice) {
      problems.push(cliProblem('cli-mapping-invalid', { text, reason: twice ? 'twice' : String(mapping) }));
    } else {
      mappings.push(mapping);
    }
  }
  return problems.length > 0 ? { problems } : mappings;
}

function parseMapping(text: string): Mapping | 'form' | 'prefix' | TargetFault {
  const equals = text.indexOf('=');
  if (equals === -1) return 'form';
  const prefix = text.slice(0, equals).replace(/\/+$/, '') || '/';
  if (!/^\/(?:[A-Za-z0-9\-._~!$&'()+,@]+(?:\/|$))*$/.test(prefix) || /\/\.{1,2}(?:\/|$)/.test(prefix)) return 'prefix';
  const target = parseTarget(text.slice(equals + 1));
  return typeof target === 'string' ? target : { prefix, target: target.url };
}

type TargetFault = 'target' | 'port' | 'query';

/** `5173`, `:5173`, `localhost:5173` or a URL. */
function parseTarget(text: string): { readonly url: string } | TargetFault {
  const port = /^:?(\d+)$/.exec(text)?.[1];
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)) return 'port';
  const url = port !== undefined ? `http://localhost:${port}` : text.includes('://') ? text : `http://${text}`;
  try {
    const { protocol, hostname, search, hash } = new URL(url);
    if (!/^https?:$/.test(protocol) || hostname === '') return 'target';
    return search === '' && hash === '' ? { url: url.replace(/\/+$/, '') } : 'query';
  } catch {
    return 'target';
  }
}

/**
 * The config behind `oneorigin dev`: every prefix to its target with the path kept as it is. Refusals are explained to
 * the browser, since only the developer sees them.
 */
export function devConfig(mappings: readonly Mapping[], address: string, https = false): Config {
  const listen = https ? { address, tls: { certificates: 'local' } as const } : address;
  return { listen, explain: true, routes: mappings.map(routeOf) };
}

function routeOf({ prefix, target }: Mapping): RouteOptions {
  return {
    path: prefix === '/' ? '/*' : `${prefix}/*`,
    proxy: target,
    // A server on this machine may make links and cookies of the Host it's sent; one elsewhere finds its site by it.
    hostHeader: isLocal(new URL(target).hostname) ? 'keep' : 'upstream',
  };
}

function isLocal(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(host)) return host === 'localhost' || host.endsWith('.localhost') || !host.includes('.');
  return ['loopback', 'private', 'uniqueLocal', 'linkLocal'].includes(ipaddr.parse(host).range());
}
