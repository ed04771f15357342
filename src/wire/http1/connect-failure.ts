import type { ProblemCode } from '../../diagnostics/catalogue/problems.ts';

const REFUSED = new Set(['ECONNREFUSED']);
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
]);

/** What a failed connection attempt means, for the answer (`code`) and for the log (`detail`). */
export function connectFailure(error: Error | undefined): { code: ProblemCode; detail: string } {
  if (error === undefined) return { code: 'upstream-reset', detail: 'closed while connecting' };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (REFUSED.has(code)) return { code: 'upstream-refused', detail: code };
  if (UNREACHABLE.has(code)) return { code: 'upstream-unreachable', detail: code };
  if (code === 'ETIMEDOUT') return { code: 'upstream-connect-timeout', detail: code };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { code: 'upstream-reset', detail: code };
  // What is left comes from TLS: a certificate that doesn't verify, or no common protocol.
  return {
    code: 'upstream-tls',
    detail: code === '' ? error.message : `${code}: ${error.message}`,
  };
}
