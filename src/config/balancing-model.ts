import type { StatusRange } from './schema/fields.ts';

/** Statuses that mean the same to somebody. */
export type StatusSet = readonly StatusRange[];

/** How an upstream's requests are spread over its servers, validated. Durations are milliseconds, shares fractions. */
export interface BalancingModel {
  readonly balance: BalanceModel;
  readonly sticky: StickyModel | undefined;
  readonly healthCheck: HealthCheckModel | undefined;
  readonly eject: EjectModel | undefined;
  /** 0: none. */
  readonly slowStart: number;
  readonly breaker: BreakerModel | undefined;
  readonly retries: RetryModel;
  /** Of each server; 0: no limit. */
  readonly maxRequests: number;
  readonly queue: QueueModel | undefined;
  readonly resolve: ResolveModel | undefined;
}

export type BalanceModel =
  | { readonly kind: 'round-robin' | 'least-requests' | 'random-two' }
  | {
      readonly kind: 'hash';
      readonly by: 'address' | 'cookie' | 'header';
      /** The cookie's or the header's, lower case for a header. */
      readonly name: string;
      /** As a multiple of the fair share; Infinity: no matter. */
      readonly maxLoad: number;
    };

export interface StickyModel {
  readonly secret: string;
  readonly cookie: string;
  /** 0: a session's. */
  readonly maxAge: number;
  readonly sameSite: 'Strict' | 'Lax' | 'None';
  readonly path: string;
}

export interface HealthCheckModel {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly rise: number;
  readonly fall: number;
  readonly statuses: StatusSet;
  /** '': the server's own. */
  readonly host: string;
}

export interface EjectModel {
  /** 0: it doesn't matter. */
  readonly failures: number;
  /** 0: it doesn't matter. */
  readonly failureRate: number;
  readonly minRequests: number;
  readonly statuses: StatusSet;
  readonly for: number;
  readonly maxFor: number;
}

export interface BreakerModel {
  readonly failureRate: number;
  readonly minRequests: number;
  readonly statuses: StatusSet;
  readonly for: number;
  readonly maxFor: number;
  readonly trials: number;
}

export interface RetryModel {
  readonly attempts: number;
  readonly statuses: StatusSet;
  /** Bytes of a body that are kept. */
  readonly body: number;
  readonly budget: number;
  /** Methods that may be sent again. */
  readonly methods: readonly string[];
}

export interface QueueModel {
  readonly size: number;
  /** 0: none. */
  readonly timeout: number;
}

export interface ResolveModel {
  readonly every: number;
  /** `address:port` each; none: the system's resolver. */
  readonly servers: readonly string[];
}

/** Whether a status is one of a set. */
export function hasStatus(set: StatusSet, status: number): boolean {
  for (const [first, last] of set) if (status >= first && status <= last) return true;
  return false;
}
