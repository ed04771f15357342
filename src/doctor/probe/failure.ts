import type { FailureKind, ProbeFailure } from './types.ts';

const KINDS: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ENODATA: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ETIMEDOUT: 'connect-timeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
};

/** What the system's error means. @param handshake whether TLS was being agreed on */
export function describeError(error: NodeJS.ErrnoException, handshake = false): ProbeFailure {
  const code = error.code ?? '';
  if (/^ERR_SSL|^EPROTO|^ERR_TLS/.test(code)) return { kind: 'tls-handshake', detail: code };
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  if (handshake && (kind === 'reset' || kind === undefined)) return { kind: 'tls-handshake', detail: code };
  return { kind: kind ?? 'unreachable', detail: code === '' ? error.message : code };
}
