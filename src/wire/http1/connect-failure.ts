import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';
import { isOutOfDescriptors } from '../problem.ts';
import { tlsFailure, type TlsFailure } from '../../diagnostics/tls-failure.ts';

// ENOENT: there is no such Unix socket.
const REFUSED = new Set(['ECONNREFUSED', 'ENOENT']);
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
]);

/** What a failed connection attempt means. */
export interface ConnectFailure {
  /** For the answer. */
  readonly code: ProblemCode;
  /** For the log: the system's word for it. Names and addresses of a certificate may be in it. */
  readonly detail: string;
  /** What was wrong, with the code `upstream-tls`. */
  readonly tls?: TlsFailure;
}

/** Tells what a failed connection attempt means. */
export function connectFailure(error: Error | undefined): ConnectFailure {
  if (error === undefined) return { code: 'upstream-reset', detail: 'closed while connecting' };
  const code = codeOf(error);
  if (REFUSED.has(code)) return { code: 'upstream-refused', detail: code };
  // No upstream's fault.
  if (isOutOfDescriptors(error)) return { code: 'too-many-connections', detail: code };
  if (UNREACHABLE.has(code)) return { code: 'upstream-unreachable', detail: code };
  if (code === 'ETIMEDOUT') return { code: 'upstream-connect-timeout', detail: code };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { code: 'upstream-reset', detail: code };
  // What is left comes from TLS: a certificate that doesn't verify, or no common protocol.
  return {
    code: 'upstream-tls',
    detail: code === '' ? error.message : `${code}: ${error.message}`,
    tls: tlsFailure(error),
  };
}

/** Of several addresses that failed, the one where somebody said no tells most: the others may just not exist here. */
function codeOf(error: Error): string {
  const errors: readonly NodeJS.ErrnoException[] = error instanceof AggregateError ? error.errors : [];
  if (errors.some(({ code }) => code === 'ECONNREFUSED')) return 'ECONNREFUSED';
  return (error as NodeJS.ErrnoException).code ?? '';
}
