import { dirname, resolve } from 'node:path';
import type { Config } from '../../config/index.ts';
import type { GatewayAddress } from '../../gateway/index.ts';
import { listenProblem } from '../listen-problem.ts';
import { startReloading, type ValidConfig } from '../reloading.ts';
import { reportProblems, toJson } from '../report.ts';
import { startWaiting, type RunOptions } from '../run-gateway.ts';
import { cliProblem, type ExitCode, type Terminal } from '../terminal.ts';
import { Crew, type CrewPlan } from './crew.ts';
import { Dispatcher } from './dispatcher.ts';

/** Runs a gateway in `workers` processes until this one is asked to end: it only accepts, hands over and watches. */
export async function supervise(read: ValidConfig, terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  let { model } = read;
  const dispatcher = new Dispatcher(model, model.workers);
  let addresses: readonly GatewayAddress[];
  try {
    addresses = await dispatcher.listen();
  } catch (error) {
    reportProblems([listenProblem(error, options.how)], terminal, options);
    return 1;
  }
  const planOf = (config: ValidConfig): CrewPlan => ({
    order: {
      kind: 'start',
      config: withoutAnchors(config.config),
      baseDir: dirname(resolve(terminal.cwd, config.file)),
    },
    model: config.model,
  });
  const crew = new Crew({ plan: planOf(read), dispatcher, log: terminal.log });
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
    const apply = async (config: ValidConfig): Promise<void> => {
      const confirm = await dispatcher.prepare(config.model);
      confirm();
      crew.reload(planOf(config));
      model = config.model;
    };
    const { source, json } = options;
    const stopReloading =
      source === undefined ? undefined : startReloading(source, terminal, { json, model: () => model, apply });
    const stopRenewing = terminal.onRenew(() => void crew.renew());
    // Last: whoever has read it may send signals.
    terminal.out(options.json ? toJson({ ok: true, listening: addresses }) : options.greeting(addresses));
    await stopped;
    stopReloading?.();
    stopRenewing();
    const { shutdown } = model;
    const stopWaiting = startWaiting(() => dispatcher.connections, { terminal, options, shutdown });
    if (shutdown.delay > 0) await new Promise((resume) => setTimeout(resume, shutdown.delay));
    dispatcher.close();
    await crew.stop();
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
