import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';

/**
 * The feature `bodyLimit`: a body that says it's larger is refused before any of it is read, one that turns out to be is
 * broken off by the wire.
 * @param limit bytes, more than 0
 */
export function createBodyLimit(limit: number): Filter {
  const problem = { detail: `At most ${limit} bytes are accepted.` };
  return {
    name: 'bodyLimit',
    request(exchange) {
      exchange.maxBody = limit;
      if (exchange.bodyLength <= limit) return false;
      replyProblem(exchange, 'body-too-large', problem);
      return true;
    },
  };
}
