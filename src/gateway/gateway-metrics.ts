import { ExchangeMetrics } from '../observe/metrics/exchange-metrics.ts';
import type { Labels, MetricFamily } from '../observe/metrics/families.ts';
import { ProcessMetrics } from '../observe/metrics/process-metrics.ts';
import { upstreamFamilies } from '../observe/metrics/upstream-metrics.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** Everything that a gateway counts. */
export class GatewayMetrics {
  readonly exchanges = new ExchangeMetrics();
  private readonly connections: () => { readonly clients: number; readonly upstreams: number };
  private readonly upstreams: () => readonly Upstream[];
  private readonly process = new ProcessMetrics();

  /** @param upstreams those of the configuration in force */
  constructor(connections: GatewayMetrics['connections'], upstreams: () => readonly Upstream[]) {
    this.connections = connections;
    this.upstreams = upstreams;
  }

  /** @param labels which process this is, where there are several */
  families(labels: Labels = {}): MetricFamily[] {
    const { clients, upstreams } = this.connections();
    return [
      ...this.exchanges.families(),
      {
        name: 'oneorigin_connections',
        help: 'Connections open at the moment.',
        type: 'gauge',
        series: [
          { labels: { side: 'client' }, value: clients },
          { labels: { side: 'upstream' }, value: upstreams },
        ],
      },
      ...upstreamFamilies(this.upstreams()),
      ...this.process.families(labels),
    ];
  }

  close(): void {
    this.process.close();
  }
}
