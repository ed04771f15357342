import { inspectPath, pathReadings, type PathInspection } from './path-safety.ts';
import type { HeaderLookup, RouteMatch } from './pattern.ts';
import { PreflightHeaders } from './preflight-headers.ts';
import type { RouteTable } from './table.ts';

/** `malformed`: not a path; `ambiguous`: a path that upstreams could take for another. Both are refused with 400. */
export type UnsafePath = 'malformed' | 'ambiguous';

/**
 * Matches a request whose path nobody vouches for. A path with dot segments, broken escapes or encoded control
 * characters is refused; one that an upstream could read in another way must lead to the same route in every reading,
 * so that `/%61dmin`, `//admin` and `/admin;x` can't slip past a route for `/admin`.
 */
export function matchSafely<T>(
  table: RouteTable<T>,
  host: string,
  path: string,
  method: string,
  headers: HeaderLookup,
): RouteMatch<T> | UnsafePath | undefined {
  const inspection = inspectPath(path);
  if (inspection === 'plain') return table.match(host, path, method, headers);
  if (inspection !== 'suspicious') return verdictOf(inspection);
  const match = table.match(host, path, method, headers);
  for (const reading of pathReadings(path)) {
    if (table.match(host, reading, method, headers)?.route !== match?.route) return 'ambiguous';
  }
  return match;
}

/** The same for a preflight, by the method and headers it announces; see `RouteTable.matchPreflight`. */
export function matchPreflightSafely<T>(
  table: RouteTable<T>,
  host: string,
  path: string,
  requestMethod: string,
  headers: HeaderLookup,
): RouteMatch<T> | UnsafePath | undefined {
  const inspection = inspectPath(path);
  if (inspection === 'plain') return table.matchPreflight(host, path, requestMethod, headers);
  if (inspection !== 'suspicious') return verdictOf(inspection);
  // One for all readings: the list of names may be long, and is taken apart once.
  const announced = new PreflightHeaders(headers);
  const match = table.matchPreflight(host, path, requestMethod, announced);
  for (const reading of pathReadings(path)) {
    const other = table.matchPreflight(host, reading, requestMethod, announced);
    if (other?.route !== match?.route) return 'ambiguous';
  }
  return match;
}

function verdictOf(inspection: PathInspection): UnsafePath {
  return inspection === 'dot-segment' || inspection === 'overlong' ? 'ambiguous' : 'malformed';
}
