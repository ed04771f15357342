import type { BreakerModel, EjectModel, HealthCheckModel, QueueModel, RetryModel } from './balancing-model.ts';
import type {
  ClientTimeouts,
  LimitsModel,
  LogModel,
  ReloadModel,
  ShutdownModel,
  TracesModel,
  UpstreamTimeouts,
} from './model.ts';

/** Where a config without `listen` listens. */
export const DEFAULT_LISTEN = '127.0.0.1:8080';

export const DEFAULT_LIMITS: LimitsModel = Object.freeze({
  requestLine: 8 * 1024,
  headers: 32 * 1024,
  headerCount: 100,
  // Bodies are streamed: their size costs time and no memory.
  body: 0,
  // Without a limit a flood takes all descriptors, and whoever is inside can't be proxied either.
  connections: 'auto',
  connectionsPerAddress: 0,
});

export const DEFAULT_CLIENT_TIMEOUTS: ClientTimeouts = Object.freeze({
  head: 15_000,
  body: 60_000,
  keepAlive: 75_000,
  write: 60_000,
});

export const DEFAULT_UPSTREAM_TIMEOUTS: UpstreamTimeouts = Object.freeze({
  connect: 5_000,
  head: 60_000,
  // Long enough for event streams that send a comment now and then.
  idle: 300_000,
  total: 0,
});

/** Idle connections kept per server. */
export const DEFAULT_MAX_IDLE = 64;

/** Below the 5 s after which Node's servers close an idle connection: reusing one as it closes is a 502. */
export const DEFAULT_IDLE_TIMEOUT = 4_000;

/** Idle connections kept per address of a guard's target. */
export const GUARD_MAX_IDLE = 16;

/**
 * Third parties are far away, and a new TLS connection costs several round trips: one is kept for longer than to servers
 * inside. Only what may be repeated goes out on it once it's old.
 */
export const GUARD_IDLE_TIMEOUT = 30_000;

export const DEFAULT_LOG: LogModel = Object.freeze({
  format: 'text',
  access: 'on',
  sample: 1,
  query: false,
  headers: Object.freeze([]),
  redact: Object.freeze([]),
});

/** One process, and nobody who watches over it. */
export const DEFAULT_WORKERS = 1;

export const DEFAULT_SHUTDOWN: ShutdownModel = Object.freeze({ delay: 0, deadline: 10_000 });

/** A WebSocket that is cut is a dropped one, whatever the reason. */
export const DEFAULT_RELOAD: ReloadModel = Object.freeze({ deadline: 0 });

/** Where `admin` listens if it doesn't say. */
export const DEFAULT_ADMIN = '127.0.0.1:9901';

export const DEFAULT_TRACES: TracesModel = Object.freeze({
  endpoint: 'http://localhost:4318/v1/traces',
  service: 'oneorigin',
  sample: 1,
  headers: Object.freeze({}),
});

export const DEFAULT_HEALTH_CHECK: Omit<HealthCheckModel, 'path'> = Object.freeze({
  interval: 5_000,
  timeout: 2_000,
  rise: 2,
  fall: 3,
  statuses: Object.freeze([[200, 299]] as const),
  host: '',
});

/** With several servers a dead one would otherwise cost each of its requests a timeout. */
export const DEFAULT_EJECT: EjectModel = Object.freeze({
  failures: 5,
  failureRate: 0,
  minRequests: 20,
  // What a status means is the application's business.
  statuses: Object.freeze([]),
  for: 10_000,
  maxFor: 300_000,
});

export const DEFAULT_BREAKER: BreakerModel = Object.freeze({
  failureRate: 0.5,
  minRequests: 20,
  statuses: Object.freeze([[502, 504]] as const),
  for: 5_000,
  maxFor: 60_000,
  trials: 3,
});

/** How often depends on the number of servers; which methods, on the protocol. */
export const DEFAULT_RETRY: Omit<RetryModel, 'attempts' | 'methods'> = Object.freeze({
  statuses: Object.freeze([]),
  body: 64 * 1024,
  budget: 0.2,
});

export const DEFAULT_QUEUE: QueueModel = Object.freeze({ size: 100, timeout: 5_000 });

/** Milliseconds between two questions to DNS. */
export const DEFAULT_RESOLVE_EVERY = 30_000;
