import type { TracesModel } from '../../config/model.ts';
import { openExport, type SpanExport } from './otlp.ts';
import { Tracer, type FinishedSpan } from './tracer.ts';

/** A collector that is down is told of once in so many milliseconds. */
const QUIET = 60_000;

/** Traces as one configuration wants them: who gives places in them, and who sends them. */
export class Traces {
  readonly model: TracesModel;
  readonly tracer: Tracer;
  private readonly log: (reason: string) => void;
  private output: SpanExport | undefined = undefined;
  private opening: Promise<void> | undefined = undefined;
  private toldAt = Number.NEGATIVE_INFINITY;

  /** @param log takes why spans couldn't be sent */
  constructor(model: TracesModel, log: (reason: string) => void) {
    this.model = model;
    this.log = log;
    this.tracer = new Tracer(model.sample, (span) => this.finished(span));
  }

  /**
   * Loads what sends them. Until then, spans that end are lost.
   * @throws TracesUnavailable if it isn't installed
   */
  open(): Promise<void> {
    this.opening ??= openExport(this.model, (reason) => this.failed(reason)).then((output) => {
      this.output = output;
    });
    return this.opening;
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await this.output?.close().catch((error: unknown) => this.failed(String(error)));
  }

  private finished(span: FinishedSpan): void {
    this.output?.send(span);
  }

  private failed(reason: string): void {
    const now = performance.now();
    if (now - this.toldAt < QUIET) return;
    this.toldAt = now;
    this.log(reason);
  }
}
