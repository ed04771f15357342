import type { ActionModel, Model, PolicyModel, RouteModel } from '../config/index.ts';
import {
  decide,
  simulateRequest,
  type CorsRequest,
  type CredentialsMode,
  type Decision,
  type PageRequest,
  type PreflightNeed,
  type ReceivedResponse,
  type Verdict,
} from '../cors/index.ts';
import { inspectPath, matchPreflightSafely, matchSafely, type UnsafePath } from '../routing/index.ts';

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
  readonly policy: PolicyModel | undefined;
  /** Set if the path is refused whatever the route. */
  readonly unsafe: string | undefined;
}

/** What the gateway answers, as far as the config says it. */
export interface GatewayAnswer extends ReceivedResponse {
  readonly decision: Decision | undefined;
  /** What the policy would refuse next, once the first refusal is mended. */
  readonly next: Decision | undefined;
  /** The upstream's CORS headers are handed through: what they are, the config doesn't say. */
  readonly upstreamDecides: boolean;
}

/** One request of a page, played through against a config. */
export interface GatewaySimulation {
  readonly request: SimulatedRequest;
  readonly reached: Reached;
  readonly need: PreflightNeed;
  readonly preflight: { readonly answer: GatewayAnswer; readonly verdict: Verdict } | undefined;
  readonly response: { readonly answer: GatewayAnswer; readonly verdict: Verdict } | undefined;
  readonly outcome: 'readable' | 'blocked' | 'upstream-decides';
}

const PASSED: Verdict = { passed: true };

/** Plays a request through: what the browser asks, what the gateway answers, what the browser makes of that. */
export function simulate(model: Model, request: SimulatedRequest): GatewaySimulation {
  const { reach, reachByPreflight } = router(model, request);
  const page: PageRequest = {
    pageOrigin: request.origin,
    url: request.gateway + request.target,
    method: request.method,
    headers: request.headers,
    credentials: request.credentials,
  };
  let preflight: GatewayAnswer | undefined;
  let response: GatewayAnswer | undefined;
  const run = simulateRequest(page, {
    preflight: (need) => {
      preflight = answerPreflight(reachByPreflight(need), request, need);
      return preflight.upstreamDecides ? consent(preflight, request, need) : preflight;
    },
    response: () => {
      response = answerRequest(reach(), request);
      return response.upstreamDecides ? consent(response, request) : response;
    },
  });
  const open = preflight?.upstreamDecides === true || (response?.upstreamDecides === true && run.need.crossOrigin);
  return {
    request,
    reached: run.need.needed ? reachByPreflight(run.need) : reach(),
    need: run.need,
    preflight: preflight && { answer: preflight, verdict: run.preflight ?? PASSED },
    response: response && { answer: response, verdict: run.response ?? PASSED },
    outcome: run.outcome === 'error' ? 'blocked' : open ? 'upstream-decides' : 'readable',
  };
}

/** Two ways into the table: for the request, and for the preflight that announces it. */
function router(
  { table, defaultPolicy }: Model,
  request: SimulatedRequest,
): { reach: () => Reached; reachByPreflight: (need: PreflightNeed) => Reached } {
  const { host } = new URL(request.gateway);
  const path = request.target.replace(/[?#].*$/s, '');
  const result = (match: { readonly route: RouteModel } | UnsafePath | undefined): Reached => {
    if (typeof match === 'string') return { route: undefined, policy: defaultPolicy, unsafe: inspectPath(path) };
    return { route: match?.route, policy: match === undefined ? defaultPolicy : match.route.cors, unsafe: undefined };
  };
  const lookup = (lines: readonly (readonly [string, string])[]) => {
    const values = new Map(lines.map(([name, value]) => [name.toLowerCase(), value]));
    return { get: (name: string) => values.get(name) };
  };
  return {
    reach: () =>
      result(matchSafely(table, host, path, request.method, lookup([...request.headers, ['origin', request.origin]]))),
    reachByPreflight: ({ requestMethod, requestHeaders }) => {
      const names = requestHeaders.join(',');
      const lines: [string, string][] = [
        ['origin', request.origin],
        ['access-control-request-method', requestMethod],
      ];
      if (names !== '') lines.push(['access-control-request-headers', names]);
      return result(matchPreflightSafely(table, host, path, requestMethod, lookup(lines)));
    },
  };
}

function answerPreflight(reached: Reached, request: SimulatedRequest, need: PreflightNeed): GatewayAnswer {
  const question = {
    method: 'OPTIONS',
    origin: request.origin,
    requestMethod: need.requestMethod,
    requestHeaders: need.requestHeaders.length === 0 ? undefined : need.requestHeaders.join(','),
    sameOrigin: false,
  };
  const given = answer(reached, question);
  if (given.decision?.reason !== 'method-not-allowed' || reached.policy === undefined) return given;
  const next = decide(reached.policy.policy, { ...question, requestMethod: 'GET' });
  return next.allowed ? given : { ...given, next };
}

function answerRequest(reached: Reached, request: SimulatedRequest): GatewayAnswer {
  const { origin, method } = request;
  const sameOrigin = origin === request.gateway;
  // Browsers send no Origin with GET and HEAD to their own origin (Fetch, "append a request Origin header").
  const silent = sameOrigin && (method === 'GET' || method === 'HEAD');
  return answer(reached, {
    method,
    origin: silent ? undefined : origin,
    requestMethod: undefined,
    requestHeaders: undefined,
    sameOrigin,
  });
}

function answer({ route, policy, unsafe }: Reached, question: CorsRequest): GatewayAnswer {
  const decision = policy === undefined ? undefined : decide(policy.policy, question);
  const proxied = unsafe === undefined && route?.action.kind === 'proxy';
  if (decision === undefined || decision.kind === 'passed') {
    return {
      status: statusOf(route?.action, unsafe),
      headers: [],
      decision,
      next: undefined,
      upstreamDecides: proxied,
    };
  }
  const status = decision.status ?? statusOf(route?.action, unsafe);
  return { status, headers: decision.headers, decision, next: undefined, upstreamDecides: false };
}

/** An upstream is taken to answer 200. */
function statusOf(action: ActionModel | undefined, unsafe: string | undefined): number {
  if (unsafe !== undefined) return 400;
  if (action === undefined) return 404;
  return action.kind === 'redirect' || action.kind === 'respond' ? action.status : 200;
}

/** What an upstream would have to answer for the browser to go on: how the rest is played if it does. */
function consent(given: GatewayAnswer, request: SimulatedRequest, need?: PreflightNeed): ReceivedResponse {
  const headers: [string, string][] = [
    ['Access-Control-Allow-Origin', request.origin],
    ['Access-Control-Allow-Credentials', 'true'],
  ];
  if (need !== undefined) {
    headers.push(['Access-Control-Allow-Methods', need.requestMethod]);
    if (need.requestHeaders.length > 0) headers.push(['Access-Control-Allow-Headers', need.requestHeaders.join(',')]);
  }
  return { status: given.status, headers };
}
