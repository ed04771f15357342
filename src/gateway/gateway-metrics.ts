import { ExchangeMetrics } from '../observe/metrics/exchange-metrics.ts';
import type { Labels, MetricFamily } from '../observe/metrics/families.ts';
import { ProcessMetrics } from '../observe/metrics/process-metrics.ts';

/** Everything that a gateway counts. */
export class GatewayMetrics {
  readonly exchanges = new ExchangeMetrics();
  private readonly connections: () => { readonly clients: number; readonly upstreams: number };
  private readonly process = new ProcessMetrics();

  constructor(connections: GatewayMetrics['connections']) {
    this.connections = connections;
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
      ...this.process.families(labels),
    ];
  }

  close(): void {
    this.process.close();
  }
}
