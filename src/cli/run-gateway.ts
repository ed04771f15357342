import type { Model } from '../config/index.ts';
import { createGateway, type FindingOptions, type GatewayAddress } from '../gateway/index.ts';
import { listenProblem } from './listen-problem.ts';
import { findingsOf, NOT_YET, startReloading, type ConfigSource, type Reloader } from './reloading.ts';
import { reportProblems, toJson, type ReportOptions } from './report.ts';
import type { ExitCode, Terminal } from './terminal.ts';

/** How a gateway is run from the command line. */
export interface RunOptions {
  readonly json: boolean;
  /** Which command runs it: what to change differs. */
  readonly how: 'serve' | 'dev';
  /** What people read once it listens. */
  readonly greeting: (addresses: readonly GatewayAddress[]) => string;
  /** What findings in the log say about the config. Default: its keys. */
  readonly findings?: FindingOptions;
  /** Where the config can be read again. Default: nowhere. */
  readonly source?: ConfigSource;
}

/** Runs a gateway until the process is asked to end, then lets what is under way come to its end. */
export async function runGateway(model: Model, terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  let reloader: Reloader | undefined = undefined as Reloader | undefined;
  const gateway = createGateway(model, {
    log: terminal.log,
    ...(options.findings === undefined ? {} : { findings: options.findings }),
    ...(options.source === undefined ? {} : { reload: () => reloader?.now() ?? NOT_YET }),
  });
  let addresses: readonly GatewayAddress[];
  try {
    addresses = await gateway.listen();
  } catch (error) {
    reportProblems([listenProblem(error, options.how)], terminal, options);
    return 1;
  }
  const stopped = terminal.untilStopped();
  reloader =
    options.source === undefined
      ? undefined
      : startReloading(options.source, terminal, {
          json: options.json,
          model: () => gateway.model,
          apply: (config) => gateway.reload(config.model, { findings: findingsOf(config) }),
        });
  // Last: whoever has read it may send signals.
  terminal.out(options.json ? toJson({ ok: true, listening: addresses }) : options.greeting(addresses));
  await stopped;
  reloader?.stop();
  const closed = gateway.close();
  const { shutdown } = gateway.model;
  const stopWaiting = startWaiting(() => gateway.connections.clients, { terminal, options, shutdown });
  await closed;
  stopWaiting();
  return 0;
}

/** Milliseconds after which whoever ended the gateway wants to know why it hasn't ended. */
const PATIENCE = 500;

/** How waiting is told of. */
interface WaitingOptions {
  readonly terminal: Terminal;
  readonly options: ReportOptions;
  readonly shutdown: Model['shutdown'];
}

/** Says what is waited for if it takes long. @returns ends the waiting. */
export function startWaiting(connections: () => number, { terminal, options, shutdown }: WaitingOptions): () => void {
  const impatient = setTimeout(() => {
    const longest = (shutdown.delay + shutdown.deadline) / 1000;
    if (!options.json) terminal.err(waiting(connections(), longest));
  }, PATIENCE);
  return () => clearTimeout(impatient);
}

function waiting(connections: number, longest: number): string {
  const what = connections === 1 ? '1 connection' : `${connections} connections`;
  return `Waiting for ${what} to come to an end, ${longest} seconds at most. Ctrl-C again ends it now.\n`;
}
