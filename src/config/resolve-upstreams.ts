import type * as z from 'zod';
import { DEFAULT_IDLE_TIMEOUT, DEFAULT_MAX_IDLE, DEFAULT_UPSTREAM_TIMEOUTS } from './defaults.ts';
import type { ListenerModel, ServerModel, UpstreamModel, UpstreamTimeouts } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { ResolveContext } from './context.ts';
import { resolveTls } from './resolve-tls.ts';
import { parsePart } from './schema/issues.ts';
import { upstream as upstreamSchema, type upstreamOptions } from './schema/schema.ts';

/** Named upstreams, and those that routes write as URLs. */
export class Upstreams {
  readonly named = new Map<string, UpstreamModel>();
  /** Every name in the file, also of upstreams that are wrong in themselves. */
  readonly names = new Set<string>();
  readonly used = new Set<string>();
  private readonly targets: { readonly server: ServerModel; readonly url: string; readonly path: KeyPath }[] = [];
  private readonly byUrl = new Map<string, UpstreamModel>();
  private readonly context: ResolveContext;

  constructor(context: ResolveContext) {
    this.context = context;
  }

  /** Understands one entry of `upstreams`. */
  define(name: string, value: unknown): void {
    const { problems } = this.context;
    const path = ['upstreams', name];
    this.names.add(name);
    const options = parsePart(upstreamSchema, value, { path, problems });
    if (options === undefined) return;
    const short = typeof options === 'string' || Array.isArray(options);
    const model = this.build(name, short ? { servers: options } : options, { path, short });
    if (model !== undefined) this.named.set(name, model);
  }

  /** What a route's `proxy` means. */
  find(proxy: string, path: KeyPath): UpstreamModel | undefined {
    if (proxy.includes('://')) return this.fromUrl(proxy, path);
    this.used.add(proxy);
    if (!this.names.has(proxy)) this.context.unknownName('upstream-unknown', path, { name: proxy, known: this.names });
    return this.named.get(proxy);
  }

  /** Reports servers that are this gateway itself. */
  checkLoops(listeners: readonly ListenerModel[]): void {
    for (const { server, url, path } of this.targets) {
      const loops = listeners.some(
        ({ host, port }) => port === server.port && (host === server.host || (isLocal(host) && isLocal(server.host))),
      );
      if (loops) this.context.problems.error('upstream-loop', path, { url });
    }
  }

  private fromUrl(url: string, path: KeyPath): UpstreamModel | undefined {
    const known = this.byUrl.get(url);
    if (known !== undefined) return known;
    const model = this.build(url, { servers: url }, { path, short: true });
    if (model !== undefined) this.byUrl.set(url, model);
    return model;
  }

  private build(
    name: string,
    options: z.output<typeof upstreamOptions>,
    { path, short }: { path: KeyPath; short: boolean },
  ): UpstreamModel | undefined {
    const { problems } = this.context;
    const urls = typeof options.servers === 'string' ? [options.servers] : options.servers;
    const serversPath = short ? path : [...path, 'servers'];
    if (urls.length === 0) problems.error('upstream-no-server', serversPath, { name });
    const servers: ServerModel[] = [];
    for (const [index, url] of urls.entries()) {
      const urlPath = typeof options.servers === 'string' ? serversPath : [...serversPath, index];
      const server = parseServer(url);
      if ('reason' in server) problems.error('server-url-invalid', urlPath, { url: masked(url), ...server });
      else {
        servers.push(Object.freeze(server));
        this.targets.push({ server, url, path: urlPath });
      }
    }
    const tls = resolveTls(options.tls, [...path, 'tls'], this.context);
    if (servers.length === 0 || servers.length < urls.length || tls === undefined) return undefined;
    return Object.freeze({
      name,
      servers: Object.freeze(servers),
      timeouts: mergeTimeouts(DEFAULT_UPSTREAM_TIMEOUTS, options.timeouts),
      maxIdle: options.maxIdle ?? DEFAULT_MAX_IDLE,
      idleTimeout: options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT,
      tls,
    });
  }
}

/** Whether this machine answers to that name: as a listener's host or as a server's. */
function isLocal(host: string): boolean {
  return ['localhost', '0.0.0.0', '::', '::1'].includes(host) || host.startsWith('127.');
}

/** Timeouts of an upstream or of a route over those of what surrounds it. */
export function mergeTimeouts(
  base: UpstreamTimeouts,
  over: { readonly [Key in keyof UpstreamTimeouts]?: number } | undefined,
): UpstreamTimeouts {
  return over === undefined ? base : Object.freeze({ ...base, ...over });
}

/** Why a URL can't be a server, and what may have been meant. */
interface ServerProblem {
  readonly reason: string;
  readonly suggestion: string;
}

/** A URL without the password that it may hold. */
function masked(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@');
}

/** A server's URL, or why it isn't one. */
export function parseServer(text: string): ServerModel | ServerProblem {
  const fail = (reason: string, suggestion = ''): ServerProblem => ({ reason, suggestion });
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text))
    return fail('no-scheme', /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text) ? `http://${text}` : '');
  if (/[\s\\]/.test(text)) return fail('not-a-url');
  const url = parseUrl(text);
  if (url === null) return fail('not-a-url');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return fail('scheme', /^wss?:/i.test(text) ? text.replace(/^ws/i, 'http') : '');
  }
  if (url.username !== '' || url.password !== '') return fail('userinfo');
  if (text.includes('?') || text.includes('#')) return fail('query', text.replace(/[?#].*$/s, ''));
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  if (port === 0) return fail('port');
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return { protocol, host, port, basePath: url.pathname.replace(/\/+$/, '') };
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
