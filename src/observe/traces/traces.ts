import type { TracesModel } from '../../config/model.ts';
import { openExport, type SpanExport } from './otlp.ts';
import { Tracer, type FinishedSpan } from './tracer.ts';

/** A collector that is down is told of once in so many milliseconds. */
const QUIET = 60_000;

/** So many spans wait while what sends them is loaded, as many as wait in it later on. */
const MAX_WAITING = 2048;

/** Traces as one configuration wants them: who gives places in them, and who sends them. */
export class Traces {
  readonly model: TracesModel;
  readonly tracer: Tracer;
  private readonly log: (reason: string) => void;
  private output: SpanExport | undefined = undefined;
  private waiting: FinishedSpan[] = [];
  private opening: Promise<void> | undefined = undefined;
  private toldAt = Number.NEGATIVE_INFINITY;

  /** @param log takes why spans couldn't be sent */
  constructor(model: TracesModel, log: (reason: string) => void) {
    this.model = model;
    this.log = log;
    this.tracer = new Tracer(model.sample, (span) => this.finished(span));
  }

  /**
   * Loads what sends them. Spans that end before wait.
   * @throws TracesUnavailable if it isn't installed
   */
  open(): Promise<void> {
    this.opening ??= openExport(this.model, (reason) => this.failed(reason)).then((output) => {
      this.output = output;
      for (const span of this.waiting.splice(0)) output.send(span);
    });
    return this.opening;
  }

  /** Sends what is left. */
  async close(): Promise<void> {
    await this.opening?.catch(() => {});
    await this.output?.close().catch((error: unknown) => this.failed(String(error)));
  }

  private finished(span: FinishedSpan): void {
    if (this.output !== undefined) this.output.send(span);
    else if (this.waiting.length < MAX_WAITING) this.waiting.push(span);
  }

  private failed(reason: string): void {
    const now = performance.now();
    if (now - this.toldAt < QUIET) return;
    this.toldAt = now;
    this.log(reason);
  }
}
