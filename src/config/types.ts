import type { FilesRouteOptions } from '../actions/files/options.ts';
import type { GuardRouteOptions } from '../actions/guard/options.ts';
import type { ProxyRouteOptions, UpstreamTimeoutOptions } from '../actions/proxy/options.ts';
import type { RedirectRouteOptions } from '../actions/redirect/options.ts';
import type { RespondRouteOptions } from '../actions/respond/options.ts';
import type { PolicyOptions } from '../cors/index.ts';
import type { AccessOptions } from '../features/access/options.ts';
import type { BodyLimitOptions } from '../features/body-limit/options.ts';
import type { CrossSiteRouteOptions } from '../features/cross-site/options.ts';
import type { MaintenanceRouteOptions } from '../features/maintenance/options.ts';
import type { AuthOptions, RouteAuthOptions } from '../features/auth/options.ts';
import type { Duration, Size } from './schema/fields.ts';
import type { BalancingOptions, ServerOptions } from './upstream-options.ts';

/** The whole configuration, as people write it. */
export interface Config extends AccessOptions, MaintenanceRouteOptions, CrossSiteRouteOptions {
  /**
   * Where to listen: a port (`8080`) or `:8080` for this machine only, `0.0.0.0:8080` or `[::]:8080` for everybody, or a
   * list. Default: `127.0.0.1:8080`.
   */
  readonly listen?: string | number | readonly (string | number)[];
  /** Addresses or ranges of proxies in front whose `X-Forwarded-*` are believed. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** The servers behind the gateway, by name. One URL or a list of servers is short for `servers`. */
  readonly upstreams?: Readonly<Record<string, string | readonly (string | ServerOptions)[] | UpstreamOptions>>;
  /** CORS policies by name. The one named `default` holds for routes that name none. */
  readonly cors?: Readonly<Record<string, PolicyOptions>>;
  /** How clients show who they are, by name. The one named `default` holds for routes that name none. */
  readonly auth?: Readonly<Record<string, AuthOptions>>;
  /** What is answered by what. The most specific route wins, whatever the order. */
  readonly routes: readonly RouteOptions[];
  /** Limits on what clients send. */
  readonly limits?: LimitOptions;
  /** How long clients may take. */
  readonly timeouts?: ClientTimeoutOptions;
  /** Logs, on standard output. */
  readonly log?: LogOptions;
  /**
   * Processes that share the work of `oneorigin serve`, on the same addresses: a number, or `auto` for one per core that
   * this process may use. A gateway that a program creates is always one process. Default: `1`.
   */
  readonly workers?: number | 'auto';
  /** How the gateway ends when it's asked to. */
  readonly shutdown?: ShutdownOptions;
  /** How a changed config takes the place of the one in force. */
  readonly reload?: ReloadOptions;
  /**
   * An address of its own where the gateway can be asked about itself: health, metrics, reload. An address is short for
   * `listen`. Default: none.
   */
  readonly admin?: string | number | AdminOptions;
  /**
   * Send a span for each exchange by OTLP, and pass its place in the trace on to upstreams (`traceparent`, W3C). A URL is
   * short for `endpoint`. Default: nothing is sent, and `traceparent` passes as it is.
   */
  readonly traces?: string | TracesOptions;
  /**
   * Tell how long the gateway and the upstream took, in `Server-Timing`: the browser's developer tools show it. Default:
   * `false`.
   */
  readonly serverTiming?: boolean;
  /**
   * For development: tell the browser's console why a request was refused, name upstreams in error pages, and end the
   * log's lines with why a browser will block a response and what to write here so that it doesn't. Default: `false`.
   */
  readonly explain?: boolean;
}

/** A named set of servers. */
export interface UpstreamOptions extends BalancingOptions {
  /**
   * URLs of the servers, or `url` and `weight` of each; requests are spread over them. A path in a URL is put before the
   * forwarded path. Beside `http:` and `https:` also `unix:/run/app.sock` and `srv://_http._tcp.name`.
   */
  readonly servers: string | ServerOptions | readonly (string | ServerOptions)[];
  /** How long the servers may take. */
  readonly timeouts?: UpstreamTimeoutOptions;
  /** Idle connections kept for reuse, per server. Default: `64`. */
  readonly maxIdle?: number;
  /** How long a connection may idle before it's closed. Node servers close after 5 s, so stay below. Default: `4s`. */
  readonly idleTimeout?: Duration;
  /** For servers with `https:`. */
  readonly tls?: UpstreamTlsOptions;
}

/** TLS towards servers. */
export interface UpstreamTlsOptions {
  /** File with the certificate authorities to trust (PEM) instead of the system's. Relative to the config file. */
  readonly ca?: string;
  /** The name that the certificate must carry, instead of the server's host. */
  readonly serverName?: string;
  /** Take any certificate: whoever is on the network path can read and change everything. Default: `false`. */
  readonly dangerouslySkipVerify?: boolean;
}

/** What a route matches, and exactly one of `proxy`, `guard`, `files`, `redirect` and `respond`. */
export interface RouteOptions
  extends
    ProxyRouteOptions,
    GuardRouteOptions,
    FilesRouteOptions,
    RedirectRouteOptions,
    RespondRouteOptions,
    AccessOptions,
    MaintenanceRouteOptions,
    CrossSiteRouteOptions,
    BodyLimitOptions {
  /** How logs and messages name this route. Default: its host and path. */
  readonly name?: string;
  /** Host names: `api.example.com`, `*.example.com` (one label or more), or a list. Default: any host. */
  readonly host?: string | readonly string[];
  /** `/a/b`, `/users/:id` or `/api/*`, which matches `/api` too. Default: `/*`. */
  readonly path?: string;
  /** Methods, in capitals. `GET` includes HEAD. Default: any method. */
  readonly method?: string | readonly string[];
  /** Headers that a request must have: a value to be equal to, or `true` for any value. */
  readonly header?: Readonly<Record<string, string | true>>;
  /**
   * The CORS policy: a name from `cors`, one written here, or `false` for none. Default: the policy named `default`, if
   * there is one.
   */
  readonly cors?: string | false | PolicyOptions;
  /**
   * Who may use the route: a name from `auth`, or an object that asks for scopes or claims too, or `false` for everybody.
   * Default: the definition named `default`, if there is one.
   */
  readonly auth?: string | false | RouteAuthOptions;
}

/** Limits on what clients send. */
export interface LimitOptions {
  /** The request line. Default: `8KiB`. */
  readonly requestLine?: Size;
  /** The whole head of a request. Default: `32KiB`. */
  readonly headers?: Size;
  /** Header lines of a request. Default: `100`. */
  readonly headerCount?: number;
  /** The body of a request; it's streamed, never held in memory. Default: `0`, no limit. */
  readonly body?: Size;
  /**
   * Client connections at a time; `0`: no limit. Default: `auto`, as many as the process's file descriptors allow with one
   * to an upstream for each, and 10000 at most.
   */
  readonly connections?: number | 'auto';
  /**
   * Client connections at a time from one address, or from one /64 network of IPv6 addresses; those of trusted proxies
   * aren't counted. Default: `0`, no limit.
   */
  readonly connectionsPerAddress?: number;
}

/** How long clients may take. `0` means no limit. */
export interface ClientTimeoutOptions {
  /** Until the head of a request is complete. Default: `15s`. */
  readonly head?: Duration;
  /** Without a byte while the body of a request arrives. Default: `60s`. */
  readonly body?: Duration;
  /** Between two requests on one connection. Default: `75s`. */
  readonly keepAlive?: Duration;
  /** Without progress while a client reads a response. Default: `60s`. */
  readonly write?: Duration;
}

/** Where the gateway can be asked about itself. */
export interface AdminOptions {
  /** As `listen` of the gateway: `9901` for this machine only. Default: `127.0.0.1:9901`. */
  readonly listen?: string | number;
  /**
   * What callers have to send, as `Authorization: Bearer …`, for all but the health checks; 16 characters at least. Needed
   * where other machines can connect, and for a reload by request. Default: none.
   */
  readonly token?: string;
}

/** Where spans go. Needs OpenTelemetry's packages: see docs/traces.md. */
export interface TracesOptions {
  /** The collector's URL for OTLP over HTTP. Default: `http://localhost:4318/v1/traces`. */
  readonly endpoint?: string;
  /** How the gateway is named in traces (`service.name`). Default: `oneorigin`. */
  readonly service?: string;
  /**
   * Of the traces that begin here this share is sent, from 0 to 1. Whether one that began elsewhere is sent was decided
   * there. Default: `1`.
   */
  readonly sample?: number;
  /** Header lines of each export, such as a token. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the gateway ends when it's asked to. */
export interface ShutdownOptions {
  /**
   * How long it goes on to serve and to accept, while its readiness already says no: as long as a load balancer in front
   * takes to notice. Default: `0`.
   */
  readonly delay?: Duration;
  /** How long what is under way may then take to come to its end before it's cut. Default: `10s`. */
  readonly deadline?: Duration;
}

/** How a changed config takes the place of the one in force. */
export interface ReloadOptions {
  /**
   * How long exchanges that began under the old config may go on, WebSockets and event streams too, where the new one has
   * no such upstream or address any more. Default: `0`, to their own end.
   */
  readonly deadline?: Duration;
}

/** Logs, on standard output. */
export interface LogOptions {
  /**
   * One line of text or one JSON object per event; `combined`: the line that nginx and Apache write, for programs that read
   * those. Default: `text`.
   */
  readonly format?: 'text' | 'json' | 'combined';
  /** Whether requests are logged. Default: `on`. */
  readonly access?: boolean | 'on' | 'off';
  /**
   * Of the requests that went well this share is logged, from 0 to 1; those that failed (status 5xx, an error of the
   * gateway's own, refused by a policy, broken off) always are. Default: `1`.
   */
  readonly sample?: number;
  /** Log the query, too, with `***` for the values of parameters that are called as secrets are. Default: `false`. */
  readonly query?: boolean;
  /** Request headers that JSON lines hold; `***` for those that are called as secrets are, and for cookies. Default: none. */
  readonly headers?: readonly string[];
  /** Query parameters and headers whose values are secret although their names don't say so. Default: none. */
  readonly redact?: readonly string[];
}

/** Types a configuration: `export default defineConfig({ … })`. Returns it unchanged. */
export function defineConfig(config: Config): Config {
  return config;
}
