/** What `decide` needs to know of a request. */
export interface CorsRequest {
  /** The request's method, as sent. */
  readonly method: string;
  /** The value of `Origin`, or `undefined` if the line is absent. */
  readonly origin: string | undefined;
  /** How many `Origin` lines the request has, where the caller can tell. More than one fails closed. Default: 1. */
  readonly originCount?: number;
  /** The value of `Access-Control-Request-Method`, or `undefined` if the line is absent. */
  readonly requestMethod: string | undefined;
  /** The value of `Access-Control-Request-Headers`, several lines joined by `,`; `undefined` if absent. */
  readonly requestHeaders: string | undefined;
  /** Whether `origin` is the origin that the request was sent to. */
  readonly sameOrigin: boolean;
  /** Whether this is a WebSocket handshake. Default: `false`. */
  readonly websocket?: boolean;
}

/**
 * What sort of request it was. `preflight` must be answered with `status`; `passed` means that the policy leaves CORS to
 * the upstream; the others are forwarded unless `refuse` is set.
 */
export type DecisionKind = 'preflight' | 'actual' | 'same-origin' | 'no-origin' | 'websocket' | 'passed';

/** Why it was decided so. Stable: for logs and metrics. */
export type DecisionReason =
  | 'allowed'
  | 'same-origin'
  | 'no-origin'
  | 'passed'
  | 'multiple-origins'
  | 'origin-not-allowed'
  | 'malformed-method'
  | 'method-not-allowed'
  | 'malformed-request-headers'
  | 'header-not-allowed';

/** A header line to add: name and value. */
export type HeaderLine = readonly [name: string, value: string];

/** What the decision was about: of a refusal, what was offending. */
export interface DecisionData {
  readonly origin?: string;
  readonly method?: string;
  /** Request header names that aren't allowed, in lower case, the first 16. */
  readonly headers?: readonly string[];
}

/**
 * What a policy says to one request. Plain data; decisions on requests that aren't preflights are the same object for the
 * same policy and origin, so a caller may keep what it derives from one (in `memo`).
 */
export interface Decision {
  readonly kind: DecisionKind;
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  readonly data: DecisionData;
  /** Lines to add to the response, after the upstream's own `Access-Control-*` lines are removed. */
  readonly headers: readonly HeaderLine[];
  /** Field names to merge into `Vary`. */
  readonly vary: readonly string[];
  /** Whether `exposeNames` has to name the response's headers once they're known. */
  readonly exposeAll: boolean;
  /** Whether the request must be answered with `status` instead of being forwarded (never set for preflights). */
  readonly refuse: boolean;
  /** The status to answer with: always set for a preflight, 403 where `refuse` is set, else `undefined`. */
  readonly status: 204 | 403 | undefined;
  /** Room for what the caller derives from the decision and wants to find again with it. `decide` never looks. */
  readonly memo: { value: unknown };
}
