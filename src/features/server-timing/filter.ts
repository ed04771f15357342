import { performance } from 'node:perf_hooks';
import type { Filter } from '../filter.ts';

/**
 * The feature `serverTiming`: says on every response how long the upstream took until its head was there, and how long the
 * gateway itself (Server-Timing, W3C). Lines of the upstream's own stay.
 */
export function createServerTiming(): Filter {
  return {
    name: 'serverTiming',
    response(exchange, _status, headers) {
      const { startedAt, upstreamTime } = exchange;
      const upstream = Math.max(0, upstreamTime);
      const gateway = Math.max(0, performance.now() - startedAt - upstream);
      const metrics = [`gateway;dur=${gateway.toFixed(1)}`];
      if (upstreamTime >= 0) metrics.push(`upstream;dur=${upstream.toFixed(1)}`);
      headers.append('Server-Timing', metrics.join(', '));
    },
  };
}
