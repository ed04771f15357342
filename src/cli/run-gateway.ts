import type { Model } from '../config/index.ts';
import { createGateway, type GatewayAddress } from '../gateway/index.ts';
import { reportProblems, toJson } from './report.ts';
import { cliProblem, type ExitCode, type Terminal } from './terminal.ts';

/** How a gateway is run from the command line. */
export interface RunOptions {
  readonly json: boolean;
  /** Which command runs it: what to change differs. */
  readonly how: 'serve' | 'dev';
  /** What people read once it listens. */
  readonly greeting: (addresses: readonly GatewayAddress[]) => string;
}

/** Runs a gateway until the process is asked to end, then lets what is under way come to its end. */
export async function runGateway(model: Model, terminal: Terminal, options: RunOptions): Promise<ExitCode> {
  const gateway = createGateway(model, { log: terminal.log });
  let addresses: readonly GatewayAddress[];
  try {
    addresses = await gateway.listen();
  } catch (error) {
    reportProblems([listenProblem(error, options.how)], terminal, options);
    return 1;
  }
  const stopped = terminal.untilStopped();
  terminal.out(options.json ? toJson({ ok: true, listening: addresses }) : options.greeting(addresses));
  await stopped;
  const closed = gateway.close();
  const impatient = setTimeout(() => {
    if (!options.json) terminal.err(waiting(gateway.connections.clients));
  }, PATIENCE);
  await closed;
  clearTimeout(impatient);
  return 0;
}

/** Milliseconds after which whoever ended the gateway wants to know why it hasn't ended. */
const PATIENCE = 500;

function waiting(connections: number): string {
  const what = connections === 1 ? '1 connection' : `${connections} connections`;
  return `Waiting for ${what} to come to an end, 10 seconds at most. Ctrl-C again ends it now.\n`;
}

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

function listenProblem(error: unknown, how: RunOptions['how']): ReturnType<typeof cliProblem> {
  const { code, port, address, hostname, message } = error as ListenError;
  if (code === 'EADDRINUSE') return cliProblem('listen-in-use', { port: port ?? 0, how });
  if (code === 'EACCES' || code === 'EPERM') return cliProblem('listen-denied', { port: port ?? 0 });
  // A name that wasn't found comes without the port.
  const where = address === undefined ? (hostname ?? '?') : `${address}:${port ?? '?'}`;
  return cliProblem('listen-failed', { address: where, cause: code ?? message });
}
