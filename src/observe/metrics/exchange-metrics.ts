import { performance } from 'node:perf_hooks';
import type { CorsNote, Exchange, RouteNote } from '../../wire/exchange.ts';
import type { Labels, MetricFamily, NumberSeries } from './families.ts';
import { DURATION_BOUNDS, DurationHistogram } from './histogram.ts';

/** Whoever invents methods mustn't fill our memory with them. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);
const OTHER = 'other';

/** The route of requests that none matched. */
const NO_ROUTE = '';

/** What was counted of one route. */
class RouteMetrics {
  /** By method and status, `GET 200`. */
  readonly requests = new Map<string, number>();
  readonly duration = new DurationHistogram();
  readonly upstreamHead = new DurationHistogram();
  bytesIn = 0;
  bytesOut = 0;
  retries = 0;
}

/** Counts exchanges when they're over. Routes are told apart by their labels, so that a reload doesn't begin at nought. */
export class ExchangeMetrics {
  private readonly byLabel = new Map<string, RouteMetrics>();
  /** The same, without a text to be hashed for each request. */
  private byRoute = new WeakMap<RouteNote, RouteMetrics>();
  private readonly problems = new Map<string, number>();
  private readonly aborts = new Map<string, number>();
  /** By policy, kind, verdict and reason. */
  private readonly decisions = new Map<string, { readonly labels: Labels; count: number }>();
  begun = 0;
  private over = 0;

  record(exchange: Exchange): void {
    this.over++;
    const { route, method, status, startedAt, upstreamTime, problem, aborted, cors } = exchange;
    const metrics = this.metricsOf(route);
    const known = METHODS.has(method) ? method : OTHER;
    // A status is one of few, and so is the sum: V8 keeps the texts.
    bump(metrics.requests, `${known} ${status}`);
    metrics.duration.add(performance.now() - startedAt);
    if (upstreamTime >= 0) metrics.upstreamHead.add(upstreamTime);
    metrics.bytesIn += exchange.bytesIn;
    metrics.bytesOut += exchange.bytesOut;
    if (exchange.attempts > 1) metrics.retries += exchange.attempts - 1;
    if (problem !== '') bump(this.problems, problem);
    if (aborted !== '') bump(this.aborts, aborted);
    if (cors !== undefined && cors.kind !== 'no-origin') this.decided(cors);
  }

  /** Everything counted so far. */
  families(): MetricFamily[] {
    const routes = [...this.byLabel].map(([route, metrics]) => ({ labels: { route }, metrics }));
    return [
      counter(
        'oneorigin_requests_total',
        'Exchanges that are over. Status 0: none was sent.',
        requestSeries(this.byLabel),
      ),
      {
        name: 'oneorigin_request_duration_seconds',
        help: 'From the end of the request head to the end of the exchange.',
        type: 'histogram',
        bounds: DURATION_BOUNDS,
        series: routes.map(({ labels, metrics: { duration } }) => seriesOf(labels, duration)),
      },
      {
        name: 'oneorigin_upstream_head_seconds',
        help: "From the end of the request head to the head of the upstream's response.",
        type: 'histogram',
        bounds: DURATION_BOUNDS,
        series: routes
          .filter(({ metrics }) => metrics.upstreamHead.counts.some((count) => count > 0))
          .map(({ labels, metrics: { upstreamHead } }) => seriesOf(labels, upstreamHead)),
      },
      counter(
        'oneorigin_request_bytes_total',
        'Bytes of request bodies.',
        routes.map(({ labels, metrics }) => ({ labels, value: metrics.bytesIn })),
      ),
      counter(
        'oneorigin_response_bytes_total',
        'Bytes of response bodies.',
        routes.map(({ labels, metrics }) => ({ labels, value: metrics.bytesOut })),
      ),
      counter(
        'oneorigin_retries_total',
        'Requests that were sent to a server once more.',
        routes
          .filter(({ metrics }) => metrics.retries > 0)
          .map(({ labels, metrics }) => ({ labels, value: metrics.retries })),
      ),
      counter('oneorigin_problems_total', "Errors of the gateway's own, by code.", seriesBy('code', this.problems)),
      counter('oneorigin_aborted_total', 'Exchanges that ended early, by reason.', seriesBy('reason', this.aborts)),
      counter(
        'oneorigin_cors_decisions_total',
        'Requests with an Origin, by what the policy said. Kind preflight: answered here.',
        [...this.decisions.values()].map(({ labels, count }) => ({ labels, value: count })),
      ),
      {
        name: 'oneorigin_exchanges',
        help: 'Exchanges under way.',
        type: 'gauge',
        series: [{ labels: {}, value: this.begun - this.over }],
      },
    ];
  }

  private metricsOf(route: RouteNote | undefined): RouteMetrics {
    if (route === undefined) return this.labelled(NO_ROUTE);
    let metrics = this.byRoute.get(route);
    if (metrics === undefined) this.byRoute.set(route, (metrics = this.labelled(route.label)));
    return metrics;
  }

  private labelled(label: string): RouteMetrics {
    let metrics = this.byLabel.get(label);
    if (metrics === undefined) this.byLabel.set(label, (metrics = new RouteMetrics()));
    return metrics;
  }

  private decided({ policy = '', kind, allowed, reason }: CorsNote): void {
    const key = `${policy} ${kind} ${reason}`;
    let entry = this.decisions.get(key);
    if (entry === undefined) {
      entry = { labels: { policy, kind, verdict: allowed ? 'allowed' : 'refused', reason }, count: 0 };
      this.decisions.set(key, entry);
    }
    entry.count++;
  }
}

function requestSeries(byLabel: ReadonlyMap<string, RouteMetrics>): NumberSeries[] {
  const series: NumberSeries[] = [];
  for (const [route, { requests }] of byLabel) {
    for (const [key, value] of requests) {
      const [method = '', status = ''] = key.split(' ');
      series.push({ labels: { route, method, status }, value });
    }
  }
  return series;
}

function bump(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function seriesBy(label: string, counts: ReadonlyMap<string, number>): NumberSeries[] {
  return [...counts].map(([text, value]) => ({ labels: { [label]: text }, value }));
}

function seriesOf(
  labels: Labels,
  { counts, sum }: DurationHistogram,
): { readonly labels: Labels; readonly counts: number[]; readonly sum: number } {
  return { labels, counts: [...counts], sum };
}

function counter(name: string, help: string, series: readonly NumberSeries[]): MetricFamily {
  return { name, help, type: 'counter', series };
}
