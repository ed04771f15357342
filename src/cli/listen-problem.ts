import { TracesUnavailable } from '../observe/traces/unavailable.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { LocalAuthorityError } from '../tls/index.ts';
import type { RunOptions } from './run-gateway.ts';
import { cliProblem } from './terminal.ts';

interface ListenError extends NodeJS.ErrnoException {
  readonly port?: number;
  readonly address?: string;
  readonly hostname?: string;
}

/** Why the local authority can't be had, for people; nothing if that isn't what went wrong. */
export function authorityProblems(error: unknown): readonly Diagnostic[] {
  if (!(error instanceof LocalAuthorityError)) return [];
  return [cliProblem('local-authority-failed', { folder: error.folder, cause: error.message })];
}

/** Why a gateway can't begin, for people: mostly that an address can't be listened on. */
export function listenProblem(error: unknown, how: RunOptions['how']): Diagnostic {
  const [problem] = authorityProblems(error);
  if (problem !== undefined) return problem;
  const { code, port, address, hostname, message } = error as ListenError;
  if (error instanceof TracesUnavailable) return cliProblem('traces-unavailable', {});
  if (code === 'EADDRINUSE') return cliProblem('listen-in-use', { port: port ?? 0, how });
  if (code === 'EACCES' || code === 'EPERM') return cliProblem('listen-denied', { port: port ?? 0 });
  // A name that wasn't found comes without the port.
  const where = address === undefined ? (hostname ?? '?') : `${address}:${port ?? '?'}`;
  return cliProblem('listen-failed', { address: where, cause: code ?? message });
}
