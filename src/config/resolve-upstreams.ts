import type * as z from 'zod';
import { DEFAULT_IDLE_TIMEOUT, DEFAULT_MAX_IDLE, DEFAULT_UPSTREAM_TIMEOUTS } from './defaults.ts';
import type { ListenerModel, ServerModel, UpstreamModel, UpstreamTimeouts } from './model.ts';
import type { KeyPath } from './problems.ts';
import type { ResolveContext } from './context.ts';
import { parseServer } from './parse-server.ts';
import { resolveBalancing } from './resolve-balancing.ts';
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
    if (/:\/\/|^unix:/i.test(proxy)) return this.fromUrl(proxy, path);
    this.used.add(proxy);
    if (!this.names.has(proxy)) this.context.unknownName('upstream-unknown', path, { name: proxy, known: this.names });
    return this.named.get(proxy);
  }

  /** Reports servers that are this gateway itself. */
  checkLoops(listeners: readonly ListenerModel[]): void {
    for (const { server, url, path } of this.targets) {
      if (server.kind !== 'address') continue;
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
    const listed = Array.isArray(options.servers) ? options.servers : [options.servers];
    const serversPath = short ? path : [...path, 'servers'];
    if (listed.length === 0) problems.error('upstream-no-server', serversPath, { name });
    const servers: ServerModel[] = [];
    for (const [index, entry] of listed.entries()) {
      const entryPath = Array.isArray(options.servers) ? [...serversPath, index] : serversPath;
      const server = this.resolveServer(entry, entryPath, servers);
      if (server !== undefined) servers.push(server);
    }
    const tls = resolveTls(options.tls, [...path, 'tls'], this.context);
    const balancing = resolveBalancing(options, { name, servers, path, problems });
    if (servers.length === 0 || servers.length < listed.length) return undefined;
    if (tls === undefined || balancing === undefined) return undefined;
    return Object.freeze({
      name,
      servers: Object.freeze(servers),
      timeouts: mergeTimeouts(DEFAULT_UPSTREAM_TIMEOUTS, options.timeouts),
      maxIdle: options.maxIdle ?? DEFAULT_MAX_IDLE,
      idleTimeout: options.idleTimeout ?? DEFAULT_IDLE_TIMEOUT,
      tls,
      balancing,
    });
  }

  private resolveServer(
    entry: string | { readonly url: string; readonly weight?: number },
    path: KeyPath,
    others: readonly ServerModel[],
  ): ServerModel | undefined {
    const { problems, machine } = this.context;
    const { url, weight = 1 } = typeof entry === 'string' ? { url: entry } : entry;
    const urlPath = typeof entry === 'string' ? path : [...path, 'url'];
    const server = parseServer(url, weight, machine.absolute);
    if ('reason' in server) {
      problems.error('server-url-invalid', urlPath, { url: masked(url), ...server });
      return undefined;
    }
    if (others.some((other) => isSame(other, server))) problems.error('server-twice', urlPath, { url });
    this.targets.push({ server, url, path: urlPath });
    return Object.freeze(server);
  }
}

/** Whether this machine answers to that name: as a listener's host or as a server's. */
function isLocal(host: string): boolean {
  return ['localhost', '0.0.0.0', '::', '::1'].includes(host) || host.startsWith('127.');
}

function isSame(a: ServerModel, b: ServerModel): boolean {
  const parts = ['protocol', 'host', 'port', 'basePath', 'socketPath'] as const;
  return parts.every((part) => a[part] === b[part]);
}

/** Timeouts of an upstream or of a route over those of what surrounds it. */
export function mergeTimeouts(
  base: UpstreamTimeouts,
  over: { readonly [Key in keyof UpstreamTimeouts]?: number } | undefined,
): UpstreamTimeouts {
  return over === undefined ? base : Object.freeze({ ...base, ...over });
}

/** A URL without the password that it may hold. */
function masked(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//…@');
}
