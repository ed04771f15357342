import type { Model } from '../config/model.ts';
import { accessLines } from '../observe/access-lines.ts';
import { accessRecord, type AccessRecord } from '../observe/access-log.ts';
import { eventLine } from '../observe/event-line.ts';
import type { ExchangeMetrics } from '../observe/metrics/exchange-metrics.ts';
import type { Tracer } from '../observe/traces/tracer.ts';
import type { UpstreamListener } from '../upstream/events.ts';
import type { Exchange, Finish, Report } from '../wire/exchange.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { createIdentify, type Identify } from './identity.ts';
import type { Note } from './live-keys.ts';
import { LiveFindings, type FindingOptions } from './live-findings.ts';
import { Router } from './router.ts';

/** What a configuration at work needs of the gateway. */
export interface GenerationParts {
  readonly wheel: TimerWheel;
  /** Writes a line of the log. */
  readonly log: (line: string) => void;
  readonly onExchange: ((record: AccessRecord) => void) | undefined;
  /** Undefined: nobody asks. */
  readonly metrics: ExchangeMetrics | undefined;
  /** Undefined: there are no traces. */
  readonly tracer: Tracer | undefined;
  readonly findings: FindingOptions | undefined;
  /** Is told what becomes of upstreams. */
  readonly onUpstream: UpstreamListener;
}

/**
 * One configuration at work. A reload puts another one in its place: an exchange keeps to its end the one that it began
 * under, log and all.
 */
export class Generation {
  readonly model: Model;
  readonly router: Router;
  private readonly parts: GenerationParts;
  private readonly identify: Identify;
  private readonly findings: LiveFindings | undefined;
  private readonly onFinish: Finish;
  private readonly onError: Report;

  /** @param previous the one that it takes the place of */
  constructor(model: Model, parts: GenerationParts, previous?: Generation) {
    this.model = model;
    this.parts = parts;
    this.findings = model.explain ? new LiveFindings(model, parts.findings) : undefined;
    const note: Note = (level, message) => parts.log(eventLine(level, message, model.log));
    this.router = new Router(model, parts.wheel, {
      first: this.findings && [this.findings.filter],
      previous: previous?.router,
      listener: parts.onUpstream,
      note,
    });
    this.identify = createIdentify(model.trustedProxies);
    this.onFinish = this.observer();
    this.onError = (exchange, error) => this.reportFailure(exchange, error);
  }

  /** An exchange begins under this configuration. */
  begin(exchange: Exchange): void {
    const { metrics, tracer } = this.parts;
    if (metrics !== undefined) metrics.begun++;
    this.identify(exchange);
    tracer?.begin(exchange);
    exchange.onFinish = this.onFinish;
    exchange.onError = this.onError;
  }

  /**
   * Its place is taken: of the upstreams that the next one hasn't got, idle connections are closed now and the others
   * when their exchange is over, or after `deadline` milliseconds. 0: whenever that is.
   */
  retire(next: Generation, deadline: number): void {
    const gone = this.router.upstreams.without(next.router.upstreams);
    for (const upstream of gone) upstream.close();
    if (deadline === 0 || gone.length === 0) return;
    setTimeout(() => {
      for (const upstream of gone) upstream.cut('reload');
    }, deadline).unref();
  }

  private observer(): Finish {
    const { log, onExchange, metrics, tracer } = this.parts;
    const { findings, model } = this;
    const recordOf = findings === undefined ? accessRecord : (exchange: Exchange) => findings.record(exchange);
    const lineOf = accessLines(model.log, findings !== undefined);
    const logging = model.log.access === 'on';
    const counts = metrics !== undefined || tracer !== undefined;
    if (!logging && onExchange === undefined && !counts) return () => {};
    return (exchange) => {
      metrics?.record(exchange);
      tracer?.record(exchange);
      if (!logging && onExchange === undefined) return;
      const record = recordOf(exchange);
      const line = logging ? lineOf(exchange, record) : undefined;
      if (line !== undefined) log(line);
      try {
        onExchange?.(record);
      } catch (error) {
        // It's called from deep within the wire, where a throw would end the process.
        this.reportFailure(exchange, error);
      }
    };
  }

  private reportFailure(exchange: Exchange, error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.parts.log(
      this.model.log.format === 'json'
        ? JSON.stringify({ level: 'error', id: exchange.id, error: text })
        : `error id=${exchange.id} ${text}`,
    );
  }
}
