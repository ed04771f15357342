import type { Model } from '../../config/index.ts';
import { renderText } from '../../diagnostics/index.ts';
import { mergeFamilies, type MetricFamily } from '../../observe/metrics/families.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { StartMessage } from './messages.ts';
import { relayLines, type RelayTarget } from './relay-lines.ts';
import { restartDelay, SOUND } from './restart-delay.ts';
import { retirement } from './retirement.ts';
import { WorkerProcess, type Ending } from './worker-process.ts';

/** What a crew works with. */
export interface CrewOptions {
  readonly plan: CrewPlan;
  readonly dispatcher: Dispatcher;
  readonly log: RelayTarget & { write(text: string): unknown };
}

/** How many there are to be, and what they're told. */
export interface CrewPlan {
  readonly order: StartMessage;
  readonly model: Pick<Model, 'workers' | 'log' | 'shutdown' | 'reload'>;
}

/** A worker's place in the crew. */
interface Place {
  worker: WorkerProcess | undefined;
  crashes: number;
  timer: NodeJS.Timeout | undefined;
  /** Nobody is to take it any more. */
  given: boolean;
}

/** The worker processes: as many as there should be, whatever happens to one. */
export class Crew {
  private readonly options: CrewOptions;
  private plan: CrewPlan;
  private readonly workers = new Set<WorkerProcess>();
  private places: Place[] = [];
  private stopping = false;
  private renewing = false;
  private emptied: () => void = () => {};

  constructor(options: CrewOptions) {
    this.options = options;
    this.plan = options.plan;
  }

  /** Starts them all. @returns how the first that couldn't start came to its end; undefined: all are ready. */
  start(): Promise<Ending | undefined> {
    return new Promise((resolve) => {
      let missing = this.plan.model.workers;
      let over = false;
      const finish = (ending?: Ending): void => {
        over = true;
        resolve(ending);
      };
      for (let i = missing; i > 0; i--) {
        const place = this.addPlace();
        this.hire(place, {
          ready: () => {
            if (--missing === 0) finish();
          },
          // Until all are there, a worker that ends is a start that failed.
          ended: (ending) => (over ? this.replace(place, ending) : finish(ending)),
        });
      }
    });
  }

  /** Has them all go by another config, without a connection being lost, and makes them more or fewer. */
  reload(plan: CrewPlan): void {
    this.plan = plan;
    const { order, model } = plan;
    for (const worker of this.workers) worker.reload({ ...order, kind: 'reload' });
    while (this.places.length > model.workers) this.giveUp(this.places.pop() as Place);
    while (this.places.length < model.workers) this.fill(this.addPlace());
  }

  /**
   * Puts a new process in each one's place, one after the other: the old one goes when the new one is ready, and ends when
   * its connections do.
   * @returns false if that is being done already
   */
  async renew(): Promise<boolean> {
    if (this.renewing || this.stopping) return false;
    this.renewing = true;
    for (const place of this.places) {
      const old = place.worker;
      if (old === undefined || place.given || this.stopping) continue;
      const ready = await new Promise<boolean>((resolve) => {
        this.hire(place, {
          ready: () => resolve(true),
          ended: (ending) => {
            resolve(false);
            this.replace(place, ending);
          },
        });
      });
      if (ready) old.stop('retire', retirement(this.plan.model));
    }
    this.renewing = false;
    return true;
  }

  /** Whether each place has a worker that serves. */
  get complete(): boolean {
    return this.places.every(({ worker }) => worker?.serves === true);
  }

  /** What all have counted, as if they were one; what concerns a process is told apart by `process`. */
  async metrics(): Promise<readonly MetricFamily[]> {
    return mergeFamilies(await Promise.all([...this.workers].map((worker) => worker.metrics())));
  }

  /** Lets all bring to its end what is under way. Resolves once the last one is gone. */
  stop(): Promise<void> {
    this.stopping = true;
    for (const { timer } of this.places) clearTimeout(timer);
    for (const worker of this.workers) worker.stop('end', this.plan.model.shutdown.deadline);
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

  private addPlace(): Place {
    const place: Place = { worker: undefined, crashes: 0, timer: undefined, given: false };
    this.places.push(place);
    return place;
  }

  private giveUp(place: Place): void {
    place.given = true;
    clearTimeout(place.timer);
    place.worker?.stop('retire', retirement(this.plan.model));
  }

  private hire(place: Place, on: { ready(): void; ended(ending: Ending): void }): void {
    const { dispatcher, log } = this.options;
    const { order, model } = this.plan;
    const worker: WorkerProcess = new WorkerProcess(order, {
      ready: () => {
        dispatcher.dispatch();
        on.ready();
      },
      free: () => dispatcher.dispatch(),
      leaving: () => worker.stop('end', model.shutdown.deadline),
      closed: (address) => dispatcher.release(address),
      returned: (client) => dispatcher.takeBack(client),
      ended: (ending) => {
        this.workers.delete(worker);
        dispatcher.remove(worker);
        if (this.stopping && this.workers.size === 0) this.emptied();
        // Another one has its place already.
        if (place.worker !== worker) return;
        place.worker = undefined;
        on.ended({ ...ending, how: `worker ${worker.pid} ended: ${ending.how}` });
      },
    });
    place.worker = worker;
    if (worker.output !== null) relayLines(worker.output, log);
    this.workers.add(worker);
    dispatcher.add(worker);
  }

  private replace(place: Place, ending: Ending): void {
    if (this.stopping || place.given) return;
    place.crashes = ending.asked || ending.lived >= SOUND ? 0 : place.crashes + 1;
    const delay = restartDelay(place.crashes);
    this.report(ending, delay);
    place.timer = setTimeout(() => this.fill(place), delay);
  }

  private fill(place: Place): void {
    try {
      this.hire(place, { ready: () => {}, ended: (next) => this.replace(place, next) });
    } catch (error) {
      // No memory for another process now: there may be some later.
      this.replace(place, { how: `no worker: ${String(error)}`, problems: [], lived: 0, asked: false });
    }
  }

  private report({ how, problems, asked }: Ending, delay: number): void {
    const error = problems.length === 0 ? how : `${how}: ${renderText(problems).replaceAll(/\s+/g, ' ').trim()}`;
    const level = asked ? 'info' : 'error';
    const next = delay === 0 ? 'another one takes its place' : `another one takes its place in ${delay / 1000} s`;
    const json = this.plan.model.log.format === 'json';
    this.options.log.write(
      json ? `${JSON.stringify({ level, error, restartIn: delay })}\n` : `${level} ${error}; ${next}\n`,
    );
  }
}
