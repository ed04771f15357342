import type { Policy } from '../cors/index.ts';
import type { AccessModel, CrossSiteModel, MaintenanceModel } from './feature-models.ts';
import type { RouteAuthModel } from './auth-model.ts';
import type { GuardModel } from '../guard/index.ts';
import type { RouteTable } from '../routing/index.ts';
import type { BalancingModel } from './balancing-model.ts';

export type * from './auth-model.ts';

/**
 * The validated configuration: frozen, complete (every default filled in), nothing downstream checks it again.
 * Durations are milliseconds, sizes bytes.
 */
export interface Model {
  readonly listeners: readonly ListenerModel[];
  /** CIDR ranges or addresses whose X-Forwarded-* are believed. */
  readonly trustedProxies: readonly string[];
  readonly upstreams: ReadonlyMap<string, UpstreamModel>;
  readonly policies: ReadonlyMap<string, PolicyModel>;
  /** In the order of the file. */
  readonly routes: readonly RouteModel[];
  readonly table: RouteTable<RouteModel>;
  /** The features of requests that no route matches. */
  readonly defaultFeatures: RouteFeatures;
  /** The policy named `default`, for routes that name none and for requests that match no route. */
  readonly defaultPolicy: PolicyModel | undefined;
  readonly limits: LimitsModel;
  readonly timeouts: ClientTimeouts;
  readonly log: LogModel;
  /** Processes that answer. 1: this one. */
  readonly workers: number;
  readonly shutdown: ShutdownModel;
  readonly reload: ReloadModel;
  /** Where the gateway can be asked about itself; undefined: nowhere. */
  readonly admin: AdminModel | undefined;
  /** Where spans go; undefined: nowhere. */
  readonly traces: TracesModel | undefined;
  /** Send `Server-Timing`. */
  readonly serverTiming: boolean;
  /** Explain refused preflights to the browser and name upstreams in error pages: for development. */
  readonly explain: boolean;
}

export interface AdminModel {
  readonly listener: ListenerModel;
  /** Asked for by all but the health checks; undefined: only on loopback, and nothing can be changed. */
  readonly token: string | undefined;
}

export interface TracesModel {
  /** URL that takes OTLP over HTTP. */
  readonly endpoint: string;
  readonly service: string;
  /** Share of the traces that begin here. */
  readonly sample: number;
  /** Sent with each export. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Milliseconds. */
export interface ShutdownModel {
  /** Between being asked to end and accepting no more: so long it's no longer ready and still serves. */
  readonly delay: number;
  /** From then on, until what is still under way is cut. */
  readonly deadline: number;
}

export interface ReloadModel {
  /** Milliseconds after which what is still under way on what the new configuration hasn't got is cut. 0: never. */
  readonly deadline: number;
}

export interface ListenerModel {
  /** An address or a name such as `localhost`. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface PolicyModel {
  readonly name: string;
  readonly policy: Policy;
  /** A second policy, evaluated in shadow: only logged where it would differ. */
  readonly report: PolicyModel | undefined;
}

export interface UpstreamModel {
  /** As named in `upstreams`, or the URL for one written in the route. */
  readonly name: string;
  readonly servers: readonly ServerModel[];
  readonly timeouts: UpstreamTimeouts;
  /** Idle connections kept for reuse, per server. */
  readonly maxIdle: number;
  /** How long a connection may idle before it's closed instead of reused; servers' own `Keep-Alive: timeout` shortens it. */
  readonly idleTimeout: number;
  readonly tls: UpstreamTls;
  readonly balancing: BalancingModel;
}

export interface ServerModel {
  /** `srv`: as many servers as DNS lists under the name `host`. */
  readonly kind: 'address' | 'unix' | 'srv';
  readonly protocol: 'http' | 'https';
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** Prefix put before the forwarded path, without a trailing slash; '' for none. */
  readonly basePath: string;
  /** Absolute path of a Unix socket; '': there's none. */
  readonly socketPath: string;
  /** Share of the requests in relation to the other servers'. */
  readonly weight: number;
}

export interface UpstreamTls {
  /** Certificate authorities in PEM, instead of the system's. */
  readonly ca: readonly string[] | undefined;
  /** The name to verify and to send as SNI, instead of the server's host. */
  readonly serverName: string | undefined;
  readonly dangerouslySkipVerify: boolean;
}

export interface UpstreamTimeouts {
  /** Until the connection (and TLS) stands. */
  readonly connect: number;
  /** From the end of our request to the upstream's response head. 0: none. */
  readonly head: number;
  /** Without a byte in either direction in the middle of an exchange. 0: none. */
  readonly idle: number;
  /** The whole exchange. 0: none. */
  readonly total: number;
}

/** Timeouts towards clients. 0: none. */
export interface ClientTimeouts {
  /** From the first byte of a request head (or the connection's beginning) to the head's end. */
  readonly head: number;
  /** Without a byte while a request body arrives. */
  readonly body: number;
  /** A kept-alive connection between two requests. */
  readonly keepAlive: number;
  /** Without progress while a client reads a response. */
  readonly write: number;
}

export interface LimitsModel {
  /** Bytes of the request line. */
  readonly requestLine: number;
  /** Bytes of the whole request head. */
  readonly headers: number;
  readonly headerCount: number;
  /** Bytes of a request body; 0: no limit. */
  readonly body: number;
  /** Client connections at a time; 0: no limit; `auto`: as many as the process's descriptors allow. */
  readonly connections: number | 'auto';
  /** Client connections at a time from one address; 0: no limit. */
  readonly connectionsPerAddress: number;
}

export interface LogModel {
  readonly format: 'text' | 'json' | 'combined';
  /** `off`: no access log. */
  readonly access: 'on' | 'off';
  /** Share of the exchanges that went well and are logged; the others always are. */
  readonly sample: number;
  /** Log the query too, without the values of secrets. */
  readonly query: boolean;
  /** Names (lower case) of request headers that JSON lines hold. */
  readonly headers: readonly string[];
  /** Names (lower case) of query parameters and headers whose values are secret, beside those that are by their names. */
  readonly redact: readonly string[];
}

export interface RouteModel {
  /** Its place in the file, from 0. */
  readonly index: number;
  /** `name` from the file, else host and path. */
  readonly label: string;
  readonly action: ActionModel;
  /** The policy in force, `default` already applied; undefined: the gateway adds nothing and removes nothing. */
  readonly cors: PolicyModel | undefined;
  /** The other features that are on. Routes that have the same share one object, and with it the filters made of it. */
  readonly features: RouteFeatures;
}

/** What a route has turned on beside `cors`, a key for each feature, by the feature's own name. */
export interface RouteFeatures {
  readonly access?: AccessModel;
  readonly maintenance?: MaintenanceModel;
  readonly crossSite?: CrossSiteModel;
  /** Bytes, more than 0. */
  readonly bodyLimit?: number;
  readonly auth?: RouteAuthModel;
}

export type ActionModel = ProxyModel | GuardActionModel | FilesModel | RedirectModel | RespondModel;

export interface ProxyModel {
  readonly kind: 'proxy';
  readonly upstream: UpstreamModel;
  /** The upstream's, with what the route itself says put over them. */
  readonly timeouts: UpstreamTimeouts;
  /** Removed from the front of the path; '' for none. Always whole segments. */
  readonly stripPrefix: string;
  /** Template of the forwarded path (`/new/:id/*`), '' for none. */
  readonly rewrite: string;
  /** Host sent upstream: the client's, or the server's own. */
  readonly host: 'keep' | 'upstream';
  /** Also send `Forwarded` (RFC 7239). */
  readonly forwarded: boolean;
  /** Send `Via` (RFC 9110 §7.6.3). */
  readonly via: boolean;
}

/** The guarded way to an API of somebody else's, and how it's reached. */
export interface GuardActionModel {
  readonly kind: 'guard';
  readonly guard: GuardModel;
  readonly timeouts: UpstreamTimeouts;
  /** `dangerouslySkipVerify` is never set. */
  readonly tls: UpstreamTls;
  /** DNS servers to ask, each an address with or without a port (`127.0.0.1:5300`, `[::1]:53`); undefined: the system's. */
  readonly resolver: readonly string[] | undefined;
  /** Send `Via` (RFC 9110 §7.6.3). */
  readonly via: boolean;
}

export interface FilesModel {
  readonly kind: 'files';
  /** Absolute path of the folder. */
  readonly root: string;
  /** Path below root served for navigations that match no file (`/index.html`); '' for none. */
  readonly fallback: string;
  readonly index: readonly string[];
  /** Removed from the front of the path; '' for none. */
  readonly stripPrefix: string;
}

export interface RedirectModel {
  readonly kind: 'redirect';
  /** Absolute URL or path; `:param`, `*` and `{query}` are filled in. */
  readonly to: string;
  readonly status: 301 | 302 | 303 | 307 | 308;
}

export interface RespondModel {
  readonly kind: 'respond';
  readonly status: number;
  /** With the body's type, if it has one. */
  readonly headers: readonly (readonly [string, string])[];
  /** Empty for statuses that have none. */
  readonly body: string;
}
