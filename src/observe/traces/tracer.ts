import { randomFillSync } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { Exchange, TraceNote } from '../../wire/exchange.ts';
import { H } from '../../wire/known-names.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

/** What is known of an exchange that is over, for whoever exports spans. */
export interface FinishedSpan {
  readonly exchange: Exchange;
  readonly trace: TraceNote;
  /** Milliseconds, Unix time. */
  readonly start: number;
  readonly end: number;
}

/** Gives each exchange its place in a trace, and hands on those that are sampled. */
export class Tracer {
  private readonly sample: number;
  private readonly finished: (span: FinishedSpan) => void;
  private readonly random = Buffer.allocUnsafeSlow(4096);
  private used = this.random.length;

  /** @param sample share of the traces that begin here; one that began elsewhere was decided on there */
  constructor(sample: number, finished: (span: FinishedSpan) => void) {
    this.sample = sample;
    this.finished = finished;
  }

  /** Reads the request's `traceparent`, and puts our own in its place: the upstream's parent is this exchange. */
  begin(exchange: Exchange): void {
    const { headers } = exchange;
    const field = headers.countId(H.traceparent) === 1 ? headers.getById(H.traceparent) : undefined;
    const parent = field === undefined ? undefined : parseTraceparent(field);
    // Trace Context §3.3.1.3: it means nothing without the other.
    if (parent === undefined) headers.remove('tracestate');
    const trace: TraceNote = {
      traceId: parent?.traceId ?? this.id(16),
      spanId: this.id(8),
      parentId: parent?.spanId ?? '',
      sampled: parent?.sampled ?? Math.random() < this.sample,
    };
    exchange.trace = trace;
    headers.set('traceparent', formatTraceparent(trace));
  }

  record(exchange: Exchange): void {
    const { trace } = exchange;
    if (trace === undefined || !trace.sampled) return;
    const end = Date.now();
    this.finished({ exchange, trace, start: end - (performance.now() - exchange.startedAt), end });
  }

  /** Random digits; one call of the system's for many. */
  private id(bytes: number): string {
    if (this.used + bytes > this.random.length) {
      randomFillSync(this.random);
      this.used = 0;
    }
    const text = this.random.toString('hex', this.used, this.used + bytes);
    this.used += bytes;
    return /[1-9a-f]/.test(text) ? text : this.id(bytes);
  }
}
