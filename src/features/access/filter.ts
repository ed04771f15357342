import type { BlockList } from 'node:net';
import type { AccessModel } from '../../config/feature-models.ts';
import { contains, rangesOf } from '../../wire/address-ranges.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';

/**
 * The features `ipAllow` and `ipDeny`: refuses by the client's address, as trusted proxies tell it. Anybody can pretend to
 * be nobody: an address that can't be read is in no list.
 */
export function createAccess({ allow, deny }: AccessModel): Filter {
  const allowed = allow === undefined ? undefined : rangesOf(allow);
  const denied = rangesOf(deny);
  return {
    name: 'access',
    request(exchange) {
      if (mayAsk(exchange.clientAddress, allowed, denied)) return false;
      replyProblem(exchange, 'address-refused', { detail: 'Your address may not ask here.' });
      return true;
    },
  };
}

function mayAsk(address: string, allowed: BlockList | undefined, denied: BlockList): boolean {
  return !contains(denied, address) && (allowed === undefined || contains(allowed, address));
}
