import { TracesUnavailable } from '../observe/traces/unavailable.ts';
import type { RunOptions } from './run-gateway.ts';
import { cliProblem } from './terminal.ts';

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

/** Why an address can't be listened on, for people. */
export function listenProblem(error: unknown, how: RunOptions['how']): ReturnType<typeof cliProblem> {
  const { code, port, address, hostname, message } = error as ListenError;
  if (error instanceof TracesUnavailable) return cliProblem('traces-unavailable', {});
  if (code === 'EADDRINUSE') return cliProblem('listen-in-use', { port: port ?? 0, how });
  if (code === 'EACCES' || code === 'EPERM') return cliProblem('listen-denied', { port: port ?? 0 });
  // A name that wasn't found comes without the port.
  const where = address === undefined ? (hostname ?? '?') : `${address}:${port ?? '?'}`;
  return cliProblem('listen-failed', { address: where, cause: code ?? message });
}
