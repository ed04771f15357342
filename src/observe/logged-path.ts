import type { Exchange } from '../wire/exchange.ts';

/** A question mark that's escaped, once or more: behind it begins a URL's query. */
const QUERY = /%(?:25)*3f/i;
/** A segment that may hold a user's name and password. */
const USER = /(?<=\/)[^/]*(?:@|%(?:25)*40)/i;

/**
 * An exchange's path as the log may show it. Where it holds the URL of another server, that one's query is as secret as
 * any, and so are a user's name and password: the path ends before them.
 */
export function loggedPath({ path, route }: Exchange): string {
  if (route?.urlInPath !== true) return path;
  const ends = [path.search(QUERY), path.search(USER)].filter((at) => at >= 0);
  return ends.length === 0 ? path : `${path.slice(0, Math.min(...ends))}…`;
}
