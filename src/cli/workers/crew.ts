import { renderText } from '../../diagnostics/index.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { StartMessage } from './messages.ts';
import { relayLines, type RelayTarget } from './relay-lines.ts';
import { restartDelay, SOUND } from './restart-delay.ts';
import { WorkerProcess, type Ending } from './worker-process.ts';

/** What a crew works with. */
export interface CrewOptions {
  readonly count: number;
  readonly order: StartMessage;
  readonly dispatcher: Dispatcher;
  readonly log: RelayTarget & { write(text: string): unknown };
  readonly format: 'text' | 'json';
}

/** A worker's place in the crew. */
interface Place {
  crashes: number;
  timer: NodeJS.Timeout | undefined;
}

/** The worker processes: as many as there should be, whatever happens to one. */
export class Crew {
  private readonly options: CrewOptions;
  private readonly workers = new Set<WorkerProcess>();
  private readonly places: Place[];
  private stopping = false;
  private emptied: () => void = () => {};

  constructor(options: CrewOptions) {
    this.options = options;
    this.places = Array.from({ length: options.count }, () => ({ crashes: 0, timer: undefined }));
  }

  /** Starts them all. @returns how the first that couldn't start came to its end; undefined: all are ready. */
  start(): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      let missing = this.places.length;
      let over = false;
      const finish = (ending?: Ending): void => {
        over = true;
        resolve(ending);
      };
      for (const place of this.places) {
        this.hire({
          ready: () => {
            if (--missing === 0) finish();
          },
          // Until all are there, a worker that ends is a start that failed.
          ended: (ending) => (over ? this.replace(place, ending) : finish(ending)),
        });
      }
    });
  }

  /** Lets all bring to its end what is under way. Resolves once the last one is gone. */
  stop(): Promise<void> {
    this.stopping = true;
    for (const { timer } of this.places) clearTimeout(timer);
    for (const worker of this.workers) worker.stop();
    if (this.workers.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.emptied = resolve;
    });
  }

  /** Ends all at once. */
  kill(): void {
    this.stopping = true;
    for (const worker of this.workers) worker.kill();
  }

  private hire(on: { ready(): void; ended(ending: Ending): void }): void {
    const { dispatcher, order, log } = this.options;
    const worker: WorkerProcess = new WorkerProcess(order, {
      ready: () => {
        dispatcher.dispatch();
        on.ready();
      },
      free: () => dispatcher.dispatch(),
      closed: (address) => dispatcher.release(address),
      returned: (client) => dispatcher.takeBack(client),
      ended: (ending) => {
        this.workers.delete(worker);
        dispatcher.remove(worker);
        if (this.stopping && this.workers.size === 0) this.emptied();
        on.ended({ ...ending, how: `worker ${worker.pid} ended: ${ending.how}` });
      },
    });
    if (worker.output !== null) relayLines(worker.output, log);
    this.workers.add(worker);
    dispatcher.add(worker);
  }

  private replace(place: Place, ending: Ending): void {
    if (this.stopping) return;
    place.crashes = ending.asked || ending.lived >= SOUND ? 0 : place.crashes + 1;
    const delay = restartDelay(place.crashes);
    this.report(ending, delay);
    place.timer = setTimeout(() => {
      try {
        this.hire({ ready: () => {}, ended: (next) => this.replace(place, next) });
      } catch (error) {
        // No memory for another process now: there may be some later.
        this.replace(place, { how: `no worker: ${String(error)}`, problems: [], lived: 0, asked: false });
      }
    }, delay);
  }

  private report({ how, problems, asked }: Ending, delay: number): void {
    const error = problems.length === 0 ? how : `${how}: ${renderText(problems).replaceAll(/\s+/g, ' ').trim()}`;
    const level = asked ? 'info' : 'error';
    const next = delay === 0 ? 'another one takes its place' : `another one takes its place in ${delay / 1000} s`;
    const { log, format } = this.options;
    log.write(
      format === 'json' ? `${JSON.stringify({ level, error, restartIn: delay })}\n` : `${level} ${error}; ${next}\n`,
    );
  }
}
