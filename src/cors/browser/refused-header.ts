import type { FetchRun } from './fetch-run.ts';
import { checkPreflight } from './response.ts';

/**
 * The request header of a preflight that engines name which look at the page's headers in their order, as the page wrote
 * it; `name` is the first in alphabetical order.
 */
export function refusedHeader(run: FetchRun, name: string): string {
  const { received, engine, request, method } = run;
  if (received === undefined) return name;
  const credentials = request.credentials ?? 'same-origin';
  const isRefused = (header: string): boolean => {
    const asked = { origin: run.origin, credentials, method, headers: [header.toLowerCase()] };
    return !checkPreflight(received, asked, { ...engine, preflightOrder: ['headers'] }).passed;
  };
  const asked = run.preflightNames;
  return run.allHeaders.find(([key]) => asked.includes(key.toLowerCase()) && isRefused(key))?.[0] ?? name;
}
