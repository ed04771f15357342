import { BODY_HEADERS, CONNECTION_HEADERS, DEFAULT_REQUEST_HEADERS } from './header-names.ts';
import type { GuardModel } from './model.ts';
import type { Hop } from './redirect.ts';

const DEFAULT: ReadonlySet<string> = new Set(DEFAULT_REQUEST_HEADERS);

/**
 * Whether a header of the client's is sent with a hop. Those that the config lists (`authorization`, an API's own key) stay
 * with the origin that the page asked for, as the config's own do. What the client's `Connection` lists isn't sent, either;
 * that is for who has the whole request.
 *
 * @param name in lower case
 */
export function passesRequestHeader({ requestHeaders }: GuardModel, name: string, { credentials, body }: Hop): boolean {
  if (CONNECTION_HEADERS.has(name) || (!body && BODY_HEADERS.has(name))) return false;
  return credentials ? requestHeaders.has(name) : DEFAULT.has(name);
}
