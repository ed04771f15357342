/**
 * Why a name has no address.
 * - `not-found`: there is no such name; `no-address`: there is, but without an address
 * - `failed`: the servers that should know couldn't or wouldn't say; `timeout`: they didn't say anything in time
 * - `too-many`: too many names are being asked for already
 */
export type NameFailure = 'not-found' | 'no-address' | 'failed' | 'timeout' | 'too-many';

/** What a source knows of a name: addresses, or why there are none. */
export interface NameReply {
  /** IPv4 and IPv6, all there are, in the order in which they should be tried. */
  readonly addresses: readonly string[];
  /** Undefined if and only if there are addresses. */
  readonly failure: NameFailure | undefined;
  /** Milliseconds for which this may be believed. */
  readonly ttl: number;
}

/** Where names are looked up. */
export interface NameSource {
  /** Calls `done` once, later. */
  ask(name: string, done: (reply: NameReply) => void): void;
  /** Gives up what is being asked. */
  close(): void;
}

/** How long a name isn't asked for again after it had no address. */
export const FAILURE_TTL = 1000;

/** What a resolver's error means. */
export function failedReply(error: NodeJS.ErrnoException): NameReply {
  return { addresses: [], failure: FAILURES[error.code ?? ''] ?? 'failed', ttl: FAILURE_TTL };
}

const FAILURES: Readonly<Record<string, NameFailure | undefined>> = {
  ENOTFOUND: 'not-found',
  ENODATA: 'no-address',
  ETIMEOUT: 'timeout',
};
