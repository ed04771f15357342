import type { Upstream } from '../../upstream/upstream.ts';
import type { UpstreamServer } from '../../upstream/upstream-server.ts';
import type { MetricFamily, NumberSeries } from './families.ts';

/** How upstreams and their servers are at the moment. */
export function upstreamFamilies(upstreams: readonly Upstream[]): MetricFamily[] {
  const perServer = (value: (server: UpstreamServer, upstream: Upstream) => number): NumberSeries[] =>
    upstreams.flatMap((upstream) =>
      upstream.servers.map((server) => ({
        labels: { upstream: upstream.model.name, server: server.pool.label },
        value: value(server, upstream),
      })),
    );
  const balanced = upstreams.flatMap(({ model, balancer }) =>
    balancer === undefined ? [] : [{ labels: { upstream: model.name }, balancer }],
  );
  return [
    gauge(
      'oneorigin_upstream_server_live',
      'Whether a server gets requests: 1, or 0 while it is down or left out.',
      perServer((server, { balancer }) => (balancer === undefined || balancer.roster.live.includes(server) ? 1 : 0)),
    ),
    gauge(
      'oneorigin_upstream_requests',
      'Requests under way at a server.',
      perServer(({ busy }) => busy),
    ),
    gauge(
      'oneorigin_upstream_connections',
      'Connections open to a server.',
      perServer(({ pool }) => pool.size),
    ),
    gauge(
      'oneorigin_upstream_waiting',
      'Requests that wait for a server with room.',
      balanced.map(({ labels, balancer }) => ({ labels, value: balancer.line?.length ?? 0 })),
    ),
    gauge(
      'oneorigin_upstream_circuit_open',
      'Whether the circuit breaker refuses requests: 1, or 0.',
      balanced.flatMap(({ labels, balancer: { breaker } }) =>
        breaker === undefined ? [] : [{ labels, value: breaker.isOpen ? 1 : 0 }],
      ),
    ),
  ];
}

function gauge(name: string, help: string, series: readonly NumberSeries[]): MetricFamily {
  return { name, help, type: 'gauge', series };
}
