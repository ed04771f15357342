import { dirname, resolve } from 'node:path';
import type { Config, Model } from '../../config/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { AdminPlace, type GatewayAddress } from '../../gateway/index.ts';
import { tracesPackages } from '../../observe/traces/otlp.ts';
import { ProcessMetrics } from '../../observe/metrics/process-metrics.ts';
import { listenProblem } from '../listen-problem.ts';
import { NOT_YET, startReloading, type Reloader, type ValidConfig } from '../reloading.ts';
import { reportProblems, toJson } from '../report.ts';
import { startWaiting, type RunOptions } from '../run-gateway.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';
import { Crew, type CrewPlan } from './crew.ts';
import { Dispatcher } from './dispatcher.ts';

/** Runs a gateway in `workers` processes until this one is asked to end: it only accepts, hands over and watches. */
export async function supervise(read: ValidConfig, terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  const supervisor = new Supervisor(read, terminal, options);
  // However this process comes to its end, as by a second signal: nobody is left behind.
  const killAll = (): void => supervisor.kill();
  process.once('exit', killAll);
  try {
    const problems = await supervisor.start();
    if (problems !== undefined) {
      reportProblems(problems, terminal, options);
      return 1;
    }
    await supervisor.run();
    return 0;
  } finally {
    process.off('exit', killAll);
  }
}

/** Whoever accepts, hands over and watches: one state for start, reloads and end. */
class Supervisor {
  private readonly terminal: Terminal;
  private readonly options: RunOptions;
  private readonly dispatcher: Dispatcher;
  private readonly crew: Crew;
  private readonly admin: AdminPlace;
  private readonly own = new ProcessMetrics();
  private config: ValidConfig;
  private addresses: readonly GatewayAddress[] = [];
  private reloader: Reloader | undefined = undefined;
  private leaving = false;

  constructor(config: ValidConfig, terminal: Terminal, options: RunOptions) {
    this.config = config;
    this.terminal = terminal;
    this.options = options;
    this.dispatcher = new Dispatcher(config.model, config.model.workers);
    this.crew = new Crew({ plan: this.planOf(config), dispatcher: this.dispatcher, log: terminal.log });
    this.admin = new AdminPlace({
      ready: () => !this.leaving && this.crew.complete,
      metrics: async () => [...(await this.crew.metrics()), ...this.own.families({ process: 'supervisor' })],
      reload: options.source === undefined ? undefined : () => this.reloader?.now() ?? NOT_YET,
    });
  }

  /** @returns why it can't; undefined: it runs */
  async start(): Promise<readonly Diagnostic[] | undefined> {
    try {
      if (this.config.model.traces !== undefined) await tracesPackages();
      this.addresses = await this.dispatcher.listen();
      (await this.admin.prepare(this.config.model))(true);
    } catch (error) {
      this.dispatcher.close();
      return [listenProblem(error, this.options.how)];
    }
    const failure = await this.crew.start();
    if (failure === undefined) return undefined;
    this.dispatcher.close();
    this.crew.kill();
    await this.admin.close();
    const { problems, how } = failure;
    return problems.length > 0 ? problems : [cliProblem('worker-failed', { how })];
  }

  /** Serves until it's asked to end. */
  async run(): Promise<void> {
    const { terminal, options, addresses } = this;
    const { source, json } = options;
    const stopped = terminal.untilStopped();
    const model = (): Model => this.config.model;
    this.reloader = source && startReloading(source, terminal, { json, model, apply: (config) => this.reload(config) });
    const stopRenewing = terminal.onRenew(() => void this.crew.renew());
    // Last: whoever has read it may send signals.
    terminal.out(options.json ? toJson({ ok: true, listening: addresses }) : options.greeting(addresses));
    await stopped;
    this.reloader?.stop();
    stopRenewing();
    await this.end();
  }

  kill(): void {
    this.crew.kill();
  }

  private async reload(config: ValidConfig): Promise<void> {
    const openDoors = await this.dispatcher.prepare(config.model);
    let moveAdmin: (take: boolean) => void;
    try {
      moveAdmin = await this.admin.prepare(config.model);
    } catch (error) {
      openDoors(false);
      throw error;
    }
    openDoors(true);
    moveAdmin(true);
    this.crew.reload(this.planOf(config));
    this.config = config;
  }

  private async end(): Promise<void> {
    const { terminal, options, dispatcher } = this;
    const { shutdown } = this.config.model;
    this.leaving = true;
    const stopWaiting = startWaiting(() => dispatcher.connections, { terminal, options, shutdown });
    if (shutdown.delay > 0) await new Promise((resume) => setTimeout(resume, shutdown.delay));
    dispatcher.close();
    await this.crew.stop();
    await this.admin.close();
    this.own.close();
    stopWaiting();
  }

  private planOf({ config, file, model }: ValidConfig): CrewPlan {
    const baseDir = dirname(resolve(this.terminal.cwd, file));
    return { order: { kind: 'start', config: withoutAnchors(config), baseDir }, model };
  }
}

/** Keys that begin with `x-` are for anchors: a module's may hold what no message can. */
function withoutAnchors(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('x-'))) as unknown as Config;
}
