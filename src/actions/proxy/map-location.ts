import type { ProxyModel } from '../../config/model.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';

/** Who was asked by whom. */
export interface Asked {
  readonly exchange: Pick<Exchange, 'authority'>;
  readonly model: Pick<ProxyModel, 'host' | 'stripPrefix'>;
  readonly server: Pick<UpstreamServer, 'origin' | 'basePath'>;
}

/**
 * A Location that names the upstream's own origin would lead the browser past the gateway, and one that names the
 * gateway's, as servers write it that are told the client's Host, to a path that only the upstream knows: it's made a
 * path, with what was taken off the request's path put back.
 */
export function mapLocation(headers: HeaderList, { exchange, model, server }: Asked): void {
  const location = headers.getById(H.location);
  if (location === undefined) return;
  if (model.host !== 'upstream' && model.stripPrefix === '' && server.basePath === '') return;
  let path =
    pathBehind(server.origin, location) ??
    pathBehind(`http://${exchange.authority}`, location) ??
    pathBehind(`https://${exchange.authority}`, location) ??
    location;
  if (!path.startsWith('/') || path.startsWith('//')) return;
  if (server.basePath !== '' && (path === server.basePath || path.startsWith(`${server.basePath}/`))) {
    path = path.slice(server.basePath.length) || '/';
  }
  const mapped = model.stripPrefix + path;
  if (mapped !== location) headers.set('Location', NAMES_HOST.test(mapped) ? `/.${mapped}` : mapped);
}

/**
 * A path that a browser takes for a host: it reads a backslash as a slash and no tabs at all (WHATWG URL, relative state).
 * With `/.` before it the same path is a path.
 */
const NAMES_HOST = /^\/\t*[/\\]/;

/** What follows `origin` in a URL of that origin, as a path; undefined for a URL of another one. */
function pathBehind(origin: string, url: string): string | undefined {
  if (!url.startsWith(origin)) return undefined;
  const rest = url.slice(origin.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') || rest.startsWith('#') ? `/${rest}` : undefined;
}
