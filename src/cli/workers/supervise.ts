import { dirname, resolve } from 'node:path';
import type { Config, Model } from '../../config/index.ts';
import type { GatewayAddress } from '../../gateway/index.ts';
import { listenProblem } from '../listen-problem.ts';
import { reportProblems, toJson } from '../report.ts';
import { startWaiting, type RunOptions } from '../run-gateway.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';
import { Crew } from './crew.ts';
import { Dispatcher } from './dispatcher.ts';

/** A config as it was read, and where it lies. */
export interface ReadConfig {
  readonly model: Model;
  readonly config: Config;
  readonly file: string;
}

/** Runs a gateway in `workers` processes until this one is asked to end: it only accepts, hands over and watches. */
export async function supervise(read: ReadConfig, terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  const { model } = read;
  const dispatcher = new Dispatcher(model, model.workers);
  let addresses: readonly GatewayAddress[];
  try {
    addresses = await dispatcher.listen();
  } catch (error) {
    reportProblems([listenProblem(error, options.how)], terminal, options);
    return 1;
  }
  const crew = new Crew({
    count: model.workers,
    order: { kind: 'start', config: withoutAnchors(read.config), baseDir: dirname(resolve(terminal.cwd, read.file)) },
    dispatcher,
    log: terminal.log,
    format: model.log.format,
  });
  // However this process comes to its end, as by a second signal: nobody is left behind.
  const killAll = (): void => crew.kill();
  process.once('exit', killAll);
  try {
    const failure = await crew.start();
    if (failure !== undefined) {
      dispatcher.close();
      crew.kill();
      const { problems, how } = failure;
      reportProblems(problems.length > 0 ? problems : [cliProblem('worker-failed', { how })], terminal, options);
      return 1;
    }
    const stopped = terminal.untilStopped();
    terminal.out(options.json ? toJson({ ok: true, listening: addresses }) : options.greeting(addresses));
    await stopped;
    dispatcher.close();
    const ended = crew.stop();
    const stopWaiting = startWaiting(() => dispatcher.connections, terminal, options);
    await ended;
    stopWaiting();
    return 0;
  } finally {
    process.off('exit', killAll);
  }
}

/** Keys that begin with `x-` are for anchors: a module's may hold what no message can. */
function withoutAnchors(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith('x-'))) as unknown as Config;
}
