import type { UpstreamModel } from './model.ts';

/** A definition of `auth`, by what it asks for. */
export type AuthModel = JwtAuthModel | ApiKeyAuthModel | BasicAuthModel | ForwardAuthModel | CombinedAuthModel;

/** Where a token or a key is looked for. Names of headers are in lower case; `authorization` is the scheme Bearer. */
export interface TokenPlaceModel {
  readonly kind: 'authorization' | 'header' | 'cookie' | 'query';
  /** '' for `authorization`. */
  readonly name: string;
}

/** A header for upstreams, and the claim that it says. */
export interface ClaimHeaderModel {
  /** As written. */
  readonly header: string;
  /** The claim's name, or a path to it, with dots. */
  readonly claim: string;
}

/** A key of a JWK Set (RFC 7517). */
export type JwkModel = Readonly<Record<string, unknown>>;

/** Where keys that verify tokens come from. */
export type JwtKeysModel = RemoteKeysModel | StaticKeysModel | SecretKeyModel;

/** Fetched from the issuer. Durations are milliseconds. */
export interface RemoteKeysModel {
  readonly kind: 'remote';
  readonly url: string;
  readonly upstream: UpstreamModel;
  /** Path and query. */
  readonly path: string;
  readonly refresh: number;
  readonly cooldown: number;
  readonly keep: number;
}

/** Public keys that stand in the config, or in files. */
export interface StaticKeysModel {
  readonly kind: 'static';
  readonly keys: readonly JwkModel[];
}

/** What the issuer knows too. */
export interface SecretKeyModel {
  readonly kind: 'secret';
  readonly secret: Uint8Array;
}

/** `jwt`. */
export interface JwtAuthModel {
  readonly kind: 'jwt';
  readonly name: string;
  readonly keys: JwtKeysModel;
  readonly algorithms: readonly string[];
  /** Undefined: any. */
  readonly issuers: readonly string[] | undefined;
  /** Undefined: any. */
  readonly audiences: readonly string[] | undefined;
  /** Milliseconds. */
  readonly clockSkew: number;
  /** Of the token's header; undefined: any. */
  readonly type: string | undefined;
  readonly requireClaims: readonly string[];
  readonly scopeClaims: readonly string[];
  readonly from: readonly TokenPlaceModel[];
  readonly remove: boolean;
  readonly headers: readonly ClaimHeaderModel[];
}

/** What is known of a key or a user. */
export interface CredentialModel {
  readonly name: string;
  /** `sha256:` and hexadecimal digits, or a password's in PHC form. */
  readonly hash: string;
  readonly scopes: readonly string[];
  /** With `sub`, the name. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970; Infinity: never. */
  readonly expires: number;
}

/** `apiKey`. */
export interface ApiKeyAuthModel {
  readonly kind: 'apiKey';
  readonly name: string;
  readonly keys: readonly CredentialModel[];
  readonly from: readonly TokenPlaceModel[];
  readonly remove: boolean;
  readonly headers: readonly ClaimHeaderModel[];
}

/** `basic`. */
export interface BasicAuthModel {
  readonly kind: 'basic';
  readonly name: string;
  readonly realm: string;
  readonly users: readonly CredentialModel[];
  readonly remove: boolean;
  readonly headers: readonly ClaimHeaderModel[];
}

/** `forward`. Names of headers are in lower case. */
export interface ForwardAuthModel {
  readonly kind: 'forward';
  readonly name: string;
  readonly upstream: UpstreamModel;
  /** Path and query, behind the server's own path. */
  readonly path: string;
  /** Undefined: all that make sense. */
  readonly requestHeaders: readonly string[] | undefined;
  readonly copy: readonly string[];
  readonly copyBack: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
}

/** `any` or `all`. */
export interface CombinedAuthModel {
  readonly kind: 'any' | 'all';
  readonly name: string;
  readonly of: readonly AuthModel[];
}

/** What is needed beside who it is. */
export interface AuthRuleModel {
  /** Requests without credentials pass. */
  readonly anonymous: boolean;
  /** All of them. */
  readonly scopes: readonly string[];
  /** Claims, or paths to them, each with the values of which one will do. */
  readonly claims: readonly (readonly [claim: string, values: readonly (string | number | boolean)[]])[];
}

/** Who may use a route. */
export interface RouteAuthModel {
  /** Undefined: anybody; all there is to do is to take away what only the gateway says. */
  readonly use: AuthModel | undefined;
  /** For methods that aren't in `methods`. */
  readonly rule: AuthRuleModel;
  /** By method; what holds for all methods is in them. HEAD has what GET has. */
  readonly methods: ReadonlyMap<string, AuthRuleModel>;
  /** Names of headers that only the gateway says to upstreams, of all definitions: in lower case. */
  readonly ownHeaders: readonly string[];
  /** Browsers send the credentials on their own, from every site: cookies and passwords. */
  readonly ambient: boolean;
}
