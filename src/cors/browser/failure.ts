import type { FailedStep } from './response.ts';

/**
 * What goes wrong below HTTP. `refused` and `tls`: there is no connection. `closed` and `reset`: there is one, and no
 * answer. `garbage`: the answer isn't HTTP. `truncated`: its body is cut short. `lengths`: it gives two lengths.
 */
export type NetworkFault = 'refused' | 'tls' | 'closed' | 'reset' | 'garbage' | 'truncated' | 'lengths';

/** The step of a fetch that fails: of the CORS protocol, or one that is easily taken for it. */
export type FetchStep =
  | FailedStep
  /** The request can't be built: `fetch()` throws. The value is the `RequestFault`. */
  | 'request-fault'
  /** Browsers connect to no such port. The value is the port. */
  | 'bad-port'
  /** The page's own policy. The value is the directive. */
  | 'content-security-policy'
  /** Mode same-origin, and another origin. */
  | 'same-origin-mode'
  /** Mode no-cors allows no redirect mode but `follow`. */
  | 'no-cors-redirect-mode'
  /** Not HTTP(S). The value is the scheme. */
  | 'scheme'
  /** Below HTTP, so that there's no answer to check. The value is the `NetworkFault`. */
  | 'no-response'
  /** `Cross-Origin-Resource-Policy`, or the page's embedder policy in its place. The value is the policy in force. */
  | 'resource-policy'
  /** Redirect mode `error`. */
  | 'redirect-mode'
  /** `Location` can't be read. The value is the header's. */
  | 'redirect-location'
  /** `Location` isn't HTTP(S). The value is the URL. */
  | 'redirect-scheme'
  /** `Location` holds a user or a password. The value is the URL. */
  | 'redirect-userinfo'
  /** More than 20 redirects. */
  | 'redirect-limit';

/** Why a fetch fails. */
export interface Failure {
  readonly step: FetchStep;
  /** What fails, by the step; may be empty. */
  readonly value: string;
  /** The URL asked for at that moment. */
  readonly url: string;
  /** Whether it's a preflight that fails. */
  readonly preflight: boolean;
}
