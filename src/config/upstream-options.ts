import * as z from 'zod';
import {
  count,
  duration,
  flag,
  share,
  size,
  statuses,
  strictObject,
  type Duration,
  type Size,
} from './schema/fields.ts';

/** A status such as `503`, a class such as `5xx`, or a list of both. */
export type Statuses = number | string | readonly (number | string)[];

/** One server of an upstream, in full. */
export interface ServerOptions {
  /**
   * `http://host:port` or `https://…`, a path may follow; `unix:/run/app.sock`; or `srv://_http._tcp.name`, all servers that
   * DNS lists under that name (with TLS if the service is `_https`).
   */
  readonly url: string;
  /** Its share of the requests in relation to the others', 1 to 1000. Default: `1`. */
  readonly weight?: number;
}

/** What a hash is made of: the request's part that goes to the same server each time. */
export interface HashOptions {
  /** `address`, the client's; or the name of a cookie or of a header. Requests without it are taken in turns. */
  readonly hash: 'address' | { readonly cookie: string } | { readonly header: string };
  /**
   * A server that has more than so much of its fair share of the requests under way is passed over: `125%` allows a quarter
   * more. At least `100%`. Default: none, so that what is hashed alike always meets.
   */
  readonly maxLoad?: string;
}

/** Clients stay with the server that they came to first, by a cookie that names it to nobody but the gateway. */
export interface StickyOptions {
  /**
   * A long random text, the same for all gateways in front of these servers: the cookie is a keyed hash of the server's
   * address, so that it tells nobody what that is. At least 16 characters.
   */
  readonly secret: string;
  /** The cookie's name. Default: `oneorigin-` and the upstream's name. */
  readonly cookie?: string;
  /** How long a browser keeps it. Default: `0`, until the browser is closed. */
  readonly maxAge?: Duration;
  /** `SameSite`; with `none` the cookie is always `Secure`. Default: `lax`. */
  readonly sameSite?: 'strict' | 'lax' | 'none';
  /** `Path`. Default: `/`. */
  readonly path?: string;
}

/** Servers are asked whether they're well, and get no requests while they aren't. */
export interface HealthCheckOptions {
  /** Path and query to ask for with GET; a server's own base path is put before it. */
  readonly path: string;
  /** Time between two questions, give or take a tenth. Default: `5s`. */
  readonly interval?: Duration;
  /** Time for the whole answer. Default: `2s`. */
  readonly timeout?: Duration;
  /** Good answers in a row that bring a server back. Default: `2`. */
  readonly rise?: number;
  /** Bad answers in a row that take a server out. Default: `3`. */
  readonly fall?: number;
  /** Statuses that are good. Default: `2xx`. */
  readonly statuses?: Statuses;
  /** The `Host` to ask for. Default: the server's own. */
  readonly host?: string;
}

/** When a server that fails requests gets none for a while. The last one never is left out. */
export interface EjectOptions {
  /** Failed requests in a row. `0`: their number in a row doesn't matter. Default: `5`. */
  readonly failures?: number;
  /** Share of failed requests within ten seconds. `0%`: it doesn't matter. Default: `0%`. */
  readonly failureRate?: string;
  /** Requests within ten seconds from which on `failureRate` says something. Default: `20`. */
  readonly minRequests?: number;
  /** Statuses that are failures too, beside broken connections and timeouts. Default: none. */
  readonly statuses?: Statuses;
  /** How long it's left out the first time; twice as long each further time. Default: `10s`. */
  readonly for?: Duration;
  /** The longest that it's left out. Default: `5m`. */
  readonly maxFor?: Duration;
}

/** When requests are refused at once with 503, because the upstream as a whole fails. */
export interface BreakerOptions {
  /** Share of failed requests within ten seconds. Default: `50%`. */
  readonly failureRate?: string;
  /** Requests within ten seconds from which on the share says something. Default: `20`. */
  readonly minRequests?: number;
  /** Statuses that are failures too, beside broken connections and timeouts. Default: `[502, 503, 504]`. */
  readonly statuses?: Statuses;
  /** How long it stays open the first time; twice as long each further time. Default: `5s`. */
  readonly for?: Duration;
  /** The longest that it stays open. Default: `1m`. */
  readonly maxFor?: Duration;
  /** Requests that are then let through as a trial; it closes when all succeed. Default: `3`. */
  readonly trials?: number;
}

/** When a request is sent once more. Never after the response's head was passed on. */
export interface RetryOptions {
  /**
   * How often, beside servers that refused the connection: those haven't seen the request. Default: `1` with several
   * servers, `0` with one.
   */
  readonly attempts?: number;
  /** Statuses after which it's sent again, such as `[502, 503, 504]`. Default: none. */
  readonly statuses?: Statuses;
  /** Bytes of a request's body that are kept to send it again; a longer one is sent once. `0`: none. Default: `64KiB`. */
  readonly body?: Size;
  /** Of the requests of the last ten seconds, so many may be sent again, and 100 besides. Default: `20%`. */
  readonly budget?: string;
  /** Methods that are sent again though they aren't idempotent, such as `[POST]`: what they do may be done twice. Default: none. */
  readonly dangerouslyRepeat?: readonly string[];
}

/** Requests that wait for a server with room. */
export interface QueueOptions {
  /** How many may wait. Default: `100`. */
  readonly size?: number;
  /** How long one may wait. Default: `5s`. */
  readonly timeout?: Duration;
}

/** Names are asked for again, and each of their addresses is a server of its own. */
export interface ResolveOptions {
  /** The longest between two questions; where DNS says that an answer is good for a shorter time, that. Default: `30s`. */
  readonly every?: Duration;
  /** DNS servers to ask, `10.0.0.2` or `10.0.0.2:5353`, instead of the system's resolver. Default: none. */
  readonly servers?: string | readonly string[];
}

/** What an upstream with several servers understands beside `servers`. */
export interface BalancingOptions {
  /**
   * Which server gets a request: each in its turn, the one with the fewest under way, the better of two that chance picks, or
   * by hash. Weights count in each. Default: `round-robin`.
   */
  readonly balance?: 'round-robin' | 'least-requests' | 'random-two' | HashOptions;
  /** Clients stay with the server that they came to first. Default: none. */
  readonly sticky?: StickyOptions;
  /** Ask servers whether they're well; a path is short for `path`. Default: none. */
  readonly healthCheck?: string | HealthCheckOptions;
  /** Leave a server out that fails requests. Default: `true`, which is five in a row. */
  readonly eject?: boolean | EjectOptions;
  /** How long a server that comes back takes to its full share of requests. Default: `0`, at once. */
  readonly slowStart?: Duration;
  /** Refuse requests at once while the upstream as a whole fails; `true` has all defaults. Default: `false`. */
  readonly breaker?: boolean | BreakerOptions;
  /** When a request is sent once more; `false`: never but to a server that hasn't seen it. */
  readonly retries?: false | RetryOptions;
  /** Requests under way at each server. Default: `0`, no limit. */
  readonly maxRequests?: number;
  /** Requests that wait while all servers have `maxRequests`; `false`: none, they're refused. Default: 100, for 5 s at most. */
  readonly queue?: false | QueueOptions;
  /** Ask DNS again, and take each address of a name for a server. Default: `false`: a name is one server. */
  readonly resolve?: boolean | ResolveOptions;
}

const upTo = 1_000_000;

/** Schema of `ServerOptions`. */
export const serverOptions = strictObject({
  url: z.string(),
  weight: count(1, 1000).exactOptional(),
}).meta({ id: 'ServerOptions' });

const hashOptions = strictObject({
  hash: z.union([z.literal('address'), strictObject({ cookie: z.string() }), strictObject({ header: z.string() })]),
  maxLoad: share(100, 10_000).exactOptional(),
}).meta({ id: 'HashOptions' });

const stickyOptions = strictObject({
  secret: z.string(),
  cookie: z.string().exactOptional(),
  maxAge: duration.exactOptional(),
  sameSite: z.enum(['strict', 'lax', 'none']).exactOptional(),
  path: z.string().exactOptional(),
}).meta({ id: 'StickyOptions' });

const healthCheckOptions = strictObject({
  path: z.string(),
  interval: duration.exactOptional(),
  timeout: duration.exactOptional(),
  rise: count(1, 1000).exactOptional(),
  fall: count(1, 1000).exactOptional(),
  statuses: statuses.exactOptional(),
  host: z.string().exactOptional(),
}).meta({ id: 'HealthCheckOptions' });

const ejectOptions = strictObject({
  failures: count(0, upTo).exactOptional(),
  failureRate: share(0, 100).exactOptional(),
  minRequests: count(1, upTo).exactOptional(),
  statuses: statuses.exactOptional(),
  for: duration.exactOptional(),
  maxFor: duration.exactOptional(),
}).meta({ id: 'EjectOptions' });

const breakerOptions = strictObject({
  failureRate: share(1, 100).exactOptional(),
  minRequests: count(1, upTo).exactOptional(),
  statuses: statuses.exactOptional(),
  for: duration.exactOptional(),
  maxFor: duration.exactOptional(),
  trials: count(1, 1000).exactOptional(),
}).meta({ id: 'BreakerOptions' });

const retryOptions = strictObject({
  attempts: count(0, 10).exactOptional(),
  statuses: statuses.exactOptional(),
  body: size.pipe(z.number().max(1024 * 1024)).exactOptional(),
  budget: share(0, 100).exactOptional(),
  dangerouslyRepeat: z.array(z.string()).exactOptional(),
}).meta({ id: 'RetryOptions' });

const queueOptions = strictObject({
  size: count(1, 100_000).exactOptional(),
  timeout: duration.exactOptional(),
}).meta({ id: 'QueueOptions' });

const resolveOptions = strictObject({
  every: duration.exactOptional(),
  servers: z.union([z.string(), z.array(z.string())]).exactOptional(),
}).meta({ id: 'ResolveOptions' });

/** Fields of `BalancingOptions`. */
export const balancingFields = {
  balance: z.union([z.enum(['round-robin', 'least-requests', 'random-two']), hashOptions]).exactOptional(),
  sticky: stickyOptions.exactOptional(),
  healthCheck: z.union([z.string(), healthCheckOptions]).exactOptional(),
  eject: z.union([flag, ejectOptions]).exactOptional(),
  slowStart: duration.exactOptional(),
  breaker: z.union([flag, breakerOptions]).exactOptional(),
  retries: z.union([z.literal(false), retryOptions]).exactOptional(),
  maxRequests: count(0, upTo).exactOptional(),
  queue: z.union([z.literal(false), queueOptions]).exactOptional(),
  resolve: z.union([flag, resolveOptions]).exactOptional(),
};
