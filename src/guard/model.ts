/**
 * The guarded way to somebody else's API, validated and frozen: what the action `guard` and the handlers for edge runtimes
 * go by. Nothing behind it checks again. Durations are milliseconds, sizes bytes.
 */
export interface GuardModel {
  /** Where requests go: one API, or whichever of a list the URL names. */
  readonly to: NamedTarget | OpenTargets;
  /** What may be asked; all else is refused. At least one. */
  readonly allow: readonly AllowRule[];
  /** Names (lower case) of the client's headers that are passed on; the rest is dropped. */
  readonly requestHeaders: ReadonlySet<string>;
  /** Names (lower case) of response headers that are passed back although they usually aren't, such as `set-cookie`. */
  readonly responseHeaders: ReadonlySet<string>;
  readonly redirects: RedirectModel;
  /** Addresses, CIDR ranges and names that may be connected to although they aren't public. */
  readonly allowPrivate: readonly string[];
  /** Bytes of a request's body; 0: no limit. */
  readonly maxBody: number;
  /** Bytes of a response's body; 0: no limit. */
  readonly maxResponse: number;
  readonly rateLimit: GuardRateLimit | undefined;
}

/** One API, whose URL the page never sees. */
export interface NamedTarget {
  readonly kind: 'named';
  readonly target: Target;
  /** Put before the forwarded path, without a trailing slash; '' for none. */
  readonly basePath: string;
  /** What is taken off the request's path first: the route's own, as far as it's fixed; '' for none. */
  readonly stripPrefix: string;
  /** Lines added on the server, over what the client sent: secrets, as a rule. Never logged, never in an error. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Query parameters added on the server, over the client's of the same name. As secret as `headers`. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Servers besides its own that the API may redirect to; they get no secret. */
  readonly redirectHosts: readonly HostRule[];
  /** Decides whose pages may ask: they'd use the secrets. Undefined where no policy lists origins: anybody. */
  readonly allowsOrigin: AllowsOrigin | undefined;
}

/** Whichever API the URL names, of those listed, for pages of those origins. */
export interface OpenTargets {
  readonly kind: 'open';
  /** What is taken off the request's path first; the URL follows. */
  readonly stripPrefix: string;
  /** Undefined with `dangerouslyAllowAnyTarget`. */
  readonly hosts: readonly HostRule[] | undefined;
  /** Decides whose pages may ask. Undefined with `dangerouslyAllowAnyTarget`. */
  readonly allowsOrigin: AllowsOrigin | undefined;
  readonly deniesOrigin: AllowsOrigin;
  /** A request must carry at least one of these (lower case); empty: none is asked for. */
  readonly requireHeader: readonly string[];
}

/** Whether a list of origins has one; as browsers write it. */
export type AllowsOrigin = (origin: string) => boolean;

/** One server, by scheme, host and port: what is vetted, connected to, and named in Host. */
export interface Target {
  readonly protocol: 'http' | 'https';
  /** As the URL Standard serialises it (lower case, punycode, no trailing dot); IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** One entry of `hosts`: `api.example.com`, `*.example.com`, `http://legacy.example.com:8080/v1`. */
export interface HostRule {
  /** `https`, unless the entry says `http://`. */
  readonly protocol: 'http' | 'https';
  /** Without the `*.`. */
  readonly host: string;
  /** Any host below `host`, not itself. */
  readonly subdomains: boolean;
  /** The scheme's own, unless the entry says another. */
  readonly port: number;
  /** Path must be this or below it, in whole segments; '' for any. Without a trailing slash. */
  readonly pathPrefix: string;
}

/** One entry of `allow`: a method or `*`, and a pattern of paths. */
export interface AllowRule {
  /** `GET` includes HEAD; undefined: any method. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Segments; `*` is any one segment; a last `**` any number of them, none included. */
  readonly segments: readonly string[];
}

/** What happens to 301, 302, 303, 307 and 308. */
export interface RedirectModel {
  /** `follow`: on the server, each hop checked as the first; `rewrite`: the browser is led through the gateway again. */
  readonly mode: 'follow' | 'rewrite';
  /** Hops followed for one request. */
  readonly max: number;
}

/** At most so many requests in any window of that length. */
export interface GuardRateLimit {
  readonly requests: number;
  readonly per: number;
  /**
   * Origins whose pages' requests are counted together, each origin for itself; all other requests are counted by client
   * (its address; /64 of IPv6). Undefined: all are.
   */
  readonly byOrigin: AllowsOrigin | undefined;
}
