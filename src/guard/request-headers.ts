import { CONNECTION_HEADERS } from './header-names.ts';
import type { GuardModel } from './model.ts';

/**
 * Whether a header of the client's is passed on to the target. What the client's `Connection` lists isn't, either; that is
 * for who has the whole request.
 *
 * @param name in lower case
 */
export function passesRequestHeader({ requestHeaders }: GuardModel, name: string): boolean {
  return requestHeaders.has(name) && !CONNECTION_HEADERS.has(name);
}
