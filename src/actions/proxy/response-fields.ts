import type { ProxyModel } from '../../config/model.ts';
import type { UpstreamServer } from '../../upstream/upstream.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { removeHopByHop } from '../../wire/hop-by-hop.ts';
import { H } from '../../wire/known-names.ts';

/** Takes what is hop-by-hop off an upstream's response and turns its own addresses into the gateway's. */
export function cleanResponse(headers: HeaderList, model: ProxyModel, server: UpstreamServer): void {
  removeHopByHop(headers);
  if (model.host === 'upstream' || model.stripPrefix !== '' || server.basePath !== '')
    mapLocation(headers, model, server);
}

/**
 * A Location that names the upstream's own origin would lead the browser past the gateway: it's made a path, with what
 * was taken off the request's path put back.
 */
function mapLocation(headers: HeaderList, model: ProxyModel, server: UpstreamServer): void {
  const location = headers.getById(H.location);
  if (location === undefined) return;
  let path = location;
  if (path.startsWith(server.origin)) path = path.slice(server.origin.length) || '/';
  if (!path.startsWith('/') || path.startsWith('//')) return;
  if (server.basePath !== '' && (path === server.basePath || path.startsWith(`${server.basePath}/`))) {
    path = path.slice(server.basePath.length) || '/';
  }
  const mapped = model.stripPrefix + path;
  if (mapped !== location) headers.set('Location', mapped);
}
