import type { Exchange } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { hasKnownExtension } from './content-type.ts';

/** What a page in a tab or a frame is fetched as; a script or an image never is. */
const PAGE_DESTINATIONS = new Set(['document', 'iframe', 'frame', 'embed', 'object', 'fencedframe']);

/**
 * Whether the browser asks for a page (Fetch Metadata, with `Accept` for browsers and tools that don't send it), so
 * that a single-page application's own routing may answer.
 */
export function isNavigation(exchange: Exchange): boolean {
  const mode = exchange.headers.getById(H['sec-fetch-mode']);
  const destination = exchange.headers.getById(H['sec-fetch-dest']);
  if (destination !== undefined && !PAGE_DESTINATIONS.has(destination)) return false;
  if (mode !== undefined) return mode === 'navigate';
  return exchange.headers.getById(H.accept)?.toLowerCase().includes('text/html') ?? false;
}

/**
 * Whether a path names a file of a kind that we know: such a file is missing, and a page in its place would only hide
 * that. `/users/jane.doe` and `/v1.2` are no such names.
 */
export function namesAsset(path: string): boolean {
  return hasKnownExtension(path.slice(path.lastIndexOf('/') + 1));
}
