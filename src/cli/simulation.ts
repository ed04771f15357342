import type { PolicyModel, RouteModel } from '../config/index.ts';
import type {
  CredentialsMode,
  Decision,
  Failure,
  PreflightNeed,
  ReceivedResponse,
  SentRequest,
  Verdict,
} from '../cors/index.ts';
import type { PathParams } from '../routing/index.ts';

import type { FeatureOutcome } from './simulate-features.ts';
import type { GuardOutcome } from './simulate-guard.ts';

/** A request that a page makes, before anybody has seen it. */
export interface SimulatedRequest {
  /** The page's origin. */
  readonly origin: string;
  readonly method: string;
  /** Path, with or without a query. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly credentials: CredentialsMode;
  /** The gateway's own origin, as the page writes it. */
  readonly gateway: string;
}

/** What a request leads to inside the gateway. */
export interface Reached {
  readonly route: RouteModel | undefined;
  readonly params: PathParams | undefined;
  readonly policy: PolicyModel | undefined;
  /** Set if the request is refused whatever the route: what is wrong with its path, or `method`. */
  readonly unsafe: string | undefined;
  /** Methods that the path is served for; empty unless no route matches. */
  readonly allowed: readonly string[];
}

/** What the gateway answers, as far as the config says it. */
export interface GatewayAnswer extends ReceivedResponse {
  readonly decision: Decision | undefined;
  /** What the policy would refuse next, once the first refusal is mended. */
  readonly next: Decision | undefined;
  /** The upstream's CORS headers are handed through: what they are, the config doesn't say. */
  readonly upstreamDecides: boolean;
  /** On a guarded route: whom it asks, or why it doesn't. Undefined where the policy has answered. */
  readonly guard?: GuardOutcome;
  /** What the route's features do that is worth a word. */
  readonly features: readonly FeatureOutcome[];
}

/** One request, its answer, and what the browser makes of it. */
export interface SimulatedStep {
  readonly sent: SentRequest;
  readonly reached: Reached;
  readonly answer: GatewayAnswer;
  readonly verdict: Verdict;
}

/** One URL on the browser's way: the first, and each that a redirect of the gateway's own leads to. */
export interface SimulatedHop {
  readonly url: string;
  readonly preflight: SimulatedStep | undefined;
  readonly response: SimulatedStep | undefined;
}

/** One request of a page, played through against a config. */
export interface GatewaySimulation {
  readonly request: SimulatedRequest;
  /** Of the first URL. */
  readonly reached: Reached;
  readonly need: PreflightNeed;
  readonly hops: readonly SimulatedHop[];
  /** The first URL's. */
  readonly preflight: SimulatedStep | undefined;
  /** The first URL's. */
  readonly response: SimulatedStep | undefined;
  /** `elsewhere-decides`: a redirect leads to another server, of which the config says nothing. */
  readonly outcome: 'readable' | 'blocked' | 'upstream-decides' | 'elsewhere-decides';
  /** Where the browser stops; undefined unless the page is blocked. */
  readonly failure: Failure | MixedContent | undefined;
  /** Names of response headers that the page can read if they're there, beside the safelisted; `*`: all but Set-Cookie. */
  readonly exposed: readonly string[] | '*';
}

/** A page that came over https asks without. */
export interface MixedContent extends Omit<Failure, 'step'> {
  readonly step: 'mixed-content';
}
