import * as z from 'zod';
import { duration, EXPECTS, flag, oneOrMore, strictObject, type Duration } from '../../config/schema/fields.ts';

/** How clients show who they are: exactly one of the keys. */
export interface AuthOptions {
  /** Signed tokens (RFC 7519), such as an OpenID Connect provider's access tokens. */
  readonly jwt?: JwtOptions;
  /** Keys that were handed out to programs. */
  readonly apiKey?: ApiKeyOptions;
  /** User names and passwords (RFC 7617). */
  readonly basic?: BasicOptions;
  /** Another service decides about each request. */
  readonly forward?: ForwardAuthOptions;
  /** Names of other definitions, tried in this order: whoever satisfies one of them is let in. */
  readonly any?: readonly string[];
  /** Names of other definitions, asked in this order: all must be satisfied. The first says who it is. */
  readonly all?: readonly string[];
}

/** An algorithm that tokens may be signed with (RFC 7518 §3.1, RFC 8037). */
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];

/** What signed tokens have to be. Exactly one of `jwks`, `publicKey`, `secret` and `secretBase64` says the keys. */
export interface JwtOptions {
  /** Who signs: the token's `iss` is this, or one of these. Needed unless there is a `secret`. */
  readonly issuer?: string | readonly string[];
  /** Whom tokens are for: the token's `aud` is or holds this, or one of these. Needed unless there is a `secret`. */
  readonly audience?: string | readonly string[];
  /** The issuer's keys: a URL (https, or a loopback address), or a file with a JWK Set (RFC 7517 §5). */
  readonly jwks?: string | JwksOptions;
  /** The key, or keys: files in PEM (a public key or a certificate), or the PEM itself. */
  readonly publicKey?: string | readonly string[];
  /** A secret that the issuer has too, as text. 32 bytes at least. */
  readonly secret?: string;
  /** As `secret`, in base64 or base64url. */
  readonly secretBase64?: string;
  /** Algorithms that are accepted. Default: those that the keys are for; with a secret `HS256`. */
  readonly algorithms?: JwtAlgorithm | readonly JwtAlgorithm[];
  /** How far clocks may be apart. Default: `30s`. */
  readonly clockSkew?: Duration;
  /** What the token's header must have as `typ`, such as `at+jwt` for access tokens (RFC 9068). Default: anything. */
  readonly type?: string;
  /** Claims that must be there, beside `exp`, which always must. Default: none. */
  readonly requireClaims?: readonly string[];
  /** Claims that hold scopes, a list or a text with spaces; the first that is there counts. Default: `scope`, `scp`. */
  readonly scopeClaim?: string | readonly string[];
  /** Where the token is looked for, in this order. Default: `authorization`, as `Bearer`. */
  readonly from?: TokenPlace | readonly TokenPlace[];
  /** Take the token off the request that goes to the upstream. Default: `false`. */
  readonly remove?: boolean;
  /** Headers for the upstream, each with the claim that it says: `x-user: sub`. Clients can't send them. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Take tokens of every issuer that has these keys. Default: `false`. */
  readonly dangerouslyAllowAnyIssuer?: boolean;
  /** Take tokens that were issued for others: whoever gets one can use it here. Default: `false`. */
  readonly dangerouslyAllowAnyAudience?: boolean;
}

/** How an issuer's keys are fetched. */
export interface JwksOptions {
  /** Where they are: https, or a loopback address. Redirects aren't followed. */
  readonly url: string;
  /** How long fetched keys are used before they're fetched again, beside the requests. Default: `10m`. */
  readonly refresh?: Duration;
  /** How long after a fetch an unknown key doesn't lead to another one. Default: `30s`. */
  readonly cooldown?: Duration;
  /** While the issuer can't be asked: how long the last keys are used. Default: `24h`. */
  readonly keep?: Duration;
  /** How long the issuer may take. Default: `5s`. */
  readonly timeout?: Duration;
  /** File with the certificate authorities to trust (PEM) instead of the system's. */
  readonly ca?: string;
}

/** Where a token or a key is: the Authorization header, as `Bearer`, or a header, a cookie or a query parameter. */
export type TokenPlace =
  | 'authorization'
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly query: string };

/** Keys that programs send. */
export interface ApiKeyOptions {
  /** What is known of the keys, by the name of whoever has it; or a YAML or JSON file with the same. */
  readonly keys: string | Readonly<Record<string, string | CredentialOptions>>;
  /** Where the key is looked for, in this order. Default: the header `x-api-key`. */
  readonly from?: TokenPlace | readonly TokenPlace[];
  /** Take the key off the request that goes to the upstream. Default: `false`. */
  readonly remove?: boolean;
  /** Headers for the upstream, each with the claim that it says: `x-client: sub`. Clients can't send them. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** User names and passwords. */
export interface BasicOptions {
  /** What is known of the users, by name; or a YAML or JSON file with the same. */
  readonly users: string | Readonly<Record<string, string | CredentialOptions>>;
  /** What browsers show when they ask for the password. Default: the definition's name. */
  readonly realm?: string;
  /** Take the password off the request that goes to the upstream. Default: `false`. */
  readonly remove?: boolean;
  /** Headers for the upstream, each with the claim that it says: `x-user: sub`. Clients can't send them. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A key or a user. A hash alone is short for `hash`. */
export interface CredentialOptions {
  /** Of a key, as `oneorigin hash-key` prints it, or of a password, as `oneorigin hash-password` does. */
  readonly hash: string;
  /** What it may be used for. Default: nothing in particular. */
  readonly scopes?: readonly string[];
  /** What else is known, for `headers` and for the `claims` of routes. Default: nothing. `sub` is the name. */
  readonly claims?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** From when on it's refused: `2027-01-31`, or with a time, in UTC unless it says otherwise. Default: never. */
  readonly expires?: string;
}

/** A service that decides: what it answers with a 2xx is let through; any other answer is the client's. */
export interface ForwardAuthOptions {
  /** Whom to ask: a name from `upstreams`, or the URL of one server. */
  readonly to: string;
  /** Path and query to ask for. Default: `/`, or the URL's own path. */
  readonly path?: string;
  /** Headers of the client that the service sees. Default: all that aren't about the body, conditions or the connection. */
  readonly requestHeaders?: readonly string[];
  /** Headers of its 2xx answer that the upstream gets. Clients can't send them. Default: none. */
  readonly copy?: readonly string[];
  /** Headers of its 2xx answer that the client gets with the upstream's response, such as `set-cookie`. Default: none. */
  readonly copyBack?: readonly string[];
  /** How long it may take. Default: `5s`. */
  readonly timeout?: Duration;
}

/** What a route asks for, beside who it is. */
export interface AuthRuleOptions {
  /** Let requests without any credentials through; wrong ones are refused all the same. Default: `false`. */
  readonly anonymous?: boolean;
  /** Scopes that are needed, all of them. Default: none. */
  readonly scopes?: string | readonly string[];
  /** Claims that are needed: a value, or a list of which one will do. A claim that is a list must hold one. Default: none. */
  readonly claims?: Readonly<Record<string, ClaimValue | readonly ClaimValue[]>>;
}

/** A value that a claim may have to be. */
export type ClaimValue = string | number | boolean;

/** Who may use a route. */
export interface RouteAuthOptions extends AuthRuleOptions {
  /** The definition: a name from `auth`. Default: the one named `default`. */
  readonly use?: string;
  /** What single methods ask for on top of that; `GET` includes HEAD. Default: nothing. */
  readonly methods?: Readonly<Record<string, AuthRuleOptions>>;
}

/** Every algorithm that tokens may be signed with. There is no `none`. */
export const JWT_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'HS256',
  'HS384',
  'HS512',
] as const;

const named = (key: string): z.ZodType => strictObject({ [key]: z.string() });

/** Schema of `TokenPlace`. */
const tokenPlace = z.union([z.literal('authorization'), named('header'), named('cookie'), named('query')]) as z.ZodType<
  TokenPlace,
  TokenPlace
>;

const places = z.union([tokenPlace, z.array(tokenPlace)], {
  error: `${EXPECTS}authorization|{ header: x-token }|{ cookie: session }|{ query: access_token }|a list of them`,
});

const claimHeaders = z.record(z.string(), z.string());

/** Schema of `JwksOptions`. */
const jwksOptions = strictObject({
  url: z.string(),
  refresh: duration.exactOptional(),
  cooldown: duration.exactOptional(),
  keep: duration.exactOptional(),
  timeout: duration.exactOptional(),
  ca: z.string().exactOptional(),
}).meta({ id: 'JwksOptions' });

const algorithm = z.enum(JWT_ALGORITHMS);

/** Schema of `JwtOptions`. */
const jwtOptions = strictObject({
  issuer: oneOrMore.exactOptional(),
  audience: oneOrMore.exactOptional(),
  jwks: z.union([z.string(), jwksOptions]).exactOptional(),
  publicKey: oneOrMore.exactOptional(),
  secret: z.string().exactOptional(),
  secretBase64: z.string().exactOptional(),
  algorithms: z.union([algorithm, z.array(algorithm)]).exactOptional(),
  clockSkew: duration.exactOptional(),
  type: z.string().min(1).exactOptional(),
  requireClaims: z.array(z.string()).exactOptional(),
  scopeClaim: oneOrMore.exactOptional(),
  from: places.exactOptional(),
  remove: flag.exactOptional(),
  headers: claimHeaders.exactOptional(),
  dangerouslyAllowAnyIssuer: flag.exactOptional(),
  dangerouslyAllowAnyAudience: flag.exactOptional(),
}).meta({ id: 'JwtOptions' });

const claimValue = z.union([z.string(), z.number(), z.boolean()]);

/** Schema of `CredentialOptions`. */
const credentialOptions = strictObject({
  hash: z.string(),
  scopes: z.array(z.string()).exactOptional(),
  claims: z.record(z.string(), z.union([claimValue, z.array(z.string())])).exactOptional(),
  expires: z.string().exactOptional(),
}).meta({ id: 'CredentialOptions' });

/** What stands in a file of keys or users. */
export const credentials = z.record(z.string(), z.union([z.string(), credentialOptions]));

/** Schema of `ApiKeyOptions`. */
const apiKeyOptions = strictObject({
  keys: z.union([z.string(), credentials]),
  from: places.exactOptional(),
  remove: flag.exactOptional(),
  headers: claimHeaders.exactOptional(),
}).meta({ id: 'ApiKeyOptions' });

/** Schema of `BasicOptions`. */
const basicOptions = strictObject({
  users: z.union([z.string(), credentials]),
  realm: z.string().exactOptional(),
  remove: flag.exactOptional(),
  headers: claimHeaders.exactOptional(),
}).meta({ id: 'BasicOptions' });

/** Schema of `ForwardAuthOptions`. */
const forwardAuthOptions = strictObject({
  to: z.string(),
  path: z.string().exactOptional(),
  requestHeaders: z.array(z.string()).exactOptional(),
  copy: z.array(z.string()).exactOptional(),
  copyBack: z.array(z.string()).exactOptional(),
  timeout: duration.exactOptional(),
}).meta({ id: 'ForwardAuthOptions' });

/** Schema of `AuthOptions`; that there's exactly one key is checked with what they mean. */
export const authOptions = strictObject({
  jwt: jwtOptions.exactOptional(),
  apiKey: apiKeyOptions.exactOptional(),
  basic: basicOptions.exactOptional(),
  forward: forwardAuthOptions.exactOptional(),
  any: z.array(z.string()).exactOptional(),
  all: z.array(z.string()).exactOptional(),
}).meta({ id: 'AuthOptions' });

const ruleFields = {
  anonymous: flag.exactOptional(),
  scopes: oneOrMore.exactOptional(),
  claims: z.record(z.string(), z.union([claimValue, z.array(claimValue)])).exactOptional(),
};

/** Schema of `RouteAuthOptions`. */
const routeAuthOptions = strictObject({
  use: z.string().exactOptional(),
  ...ruleFields,
  methods: z.record(z.string(), strictObject(ruleFields).meta({ id: 'AuthRuleOptions' })).exactOptional(),
}).meta({ id: 'RouteAuthOptions' });

/** What a route says under `auth`. */
export const routeAuth = z.union([z.string(), z.literal(false), routeAuthOptions]);
