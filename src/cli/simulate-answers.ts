import type { ActionModel, GuardActionModel } from '../config/index.ts';
import { decide, exposeMore, type CorsRequest, type HeaderLine, type SentRequest } from '../cors/index.ts';
import { problemCatalogue } from '../diagnostics/catalogue/problems.ts';
import { isRefusal } from '../guard/index.ts';
import { locator } from '../routing/index.ts';
import { refuses, simulateFeatures, type FeatureOutcome } from './simulate-features.ts';
import { simulateGuard, type GuardOutcome } from './simulate-guard.ts';
import type { GatewayAnswer, Reached } from './simulation.ts';

/**
 * What the gateway answers to a request that reached a route, or none. An upstream and a file are taken to answer 200.
 * @param httpsPort where all that isn't a preflight is sent to, if it is
 */
export function answerOf(reached: Reached, sent: SentRequest, httpsPort?: number): GatewayAnswer {
  const question = questionOf(sent);
  const given = answer(reached, question, { sent, httpsPort });
  if (given.decision?.reason !== 'method-not-allowed' || reached.policy === undefined) return given;
  const next = decide(reached.policy.policy, { ...question, requestMethod: 'GET' });
  return next.allowed ? given : { ...given, next };
}

function questionOf({ method, origin, url, kind, headers }: SentRequest): CorsRequest {
  const value = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1];
  const isPreflight = kind === 'preflight';
  return {
    method,
    origin,
    requestMethod: isPreflight ? value('Access-Control-Request-Method') : undefined,
    requestHeaders: isPreflight ? value('Access-Control-Request-Headers') : undefined,
    sameOrigin: origin === new URL(url).origin,
  };
}

/** A request, and where it's sent instead of being answered. */
interface Way {
  readonly sent: SentRequest;
  readonly httpsPort: number | undefined;
}

function answer(reached: Reached, question: CorsRequest, { sent, httpsPort }: Way): GatewayAnswer {
  const { route, policy, unsafe } = reached;
  const decision = policy === undefined ? undefined : decide(policy.policy, question);
  const base = { decision, next: undefined };
  const redirected = httpsPort !== undefined && unsafe === undefined;
  const own = redirected ? redirectToHttps(sent, httpsPort) : ownAnswer(reached, sent);
  const { status: ownStatus, headers: ownHeaders, ...more } = own;
  if (decision === undefined || decision.kind === 'passed') {
    const isForwarded = !redirected && route?.action.kind === 'proxy' && !own.features.some(refuses);
    const upstreamDecides = unsafe === undefined && isForwarded;
    return { ...base, ...own, upstreamDecides };
  }
  const vary: HeaderLine[] = decision.vary.length === 0 ? [] : [['Vary', decision.vary.join(', ')]];
  const exposed = own.features.filter(refuses).flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()));
  const lines = [...exposeMore(decision.headers, exposed), ...vary];
  // A path that is refused is so before the policy answers; the policy's lines are there all the same.
  const answered = unsafe === undefined && decision.status !== undefined;
  const status = answered ? (decision.status ?? ownStatus) : ownStatus;
  const headers = answered ? [...decision.headers, ...vary] : [...ownHeaders, ...lines];
  return { ...base, status, headers, upstreamDecides: false, ...(answered ? { features: [] } : more) };
}

function redirectToHttps({ url }: SentRequest, port: number): OwnAnswer {
  const { hostname, pathname, search } = new URL(url);
  return { status: 308, headers: [['Location', `https://${hostname}:${port}${pathname}${search}`]], features: [] };
}

interface OwnAnswer {
  readonly status: number;
  readonly headers: readonly HeaderLine[];
  readonly guard?: GuardOutcome;
  readonly features: readonly FeatureOutcome[];
}

function ownAnswer({ route, params, unsafe, allowed }: Reached, sent: SentRequest): OwnAnswer {
  const { method, url } = sent;
  if (unsafe !== undefined) return { status: 400, headers: [], features: [] };
  if (route === undefined) return { status: allowed.length > 0 ? 405 : 404, headers: allow(allowed), features: [] };
  const features = simulateFeatures(route, sent);
  const refusal = features.find(refuses);
  if (refusal !== undefined)
    return { status: problemCatalogue[refusal.code].status, headers: refusal.headers, features };
  if (route.action.kind === 'guard') return { ...answerOfGuard(route.action, sent), features };
  return { ...answerOfAction(route.action, { method, params, query: new URL(url).search }), features };
}

function answerOfGuard({ guard: model }: GuardActionModel, sent: SentRequest): Omit<OwnAnswer, 'features'> {
  const guard = simulateGuard(model, sent);
  return { status: isRefusal(guard) ? problemCatalogue[guard.code].status : 200, headers: [], guard };
}

function answerOfAction(
  action: Exclude<ActionModel, GuardActionModel>,
  { method, params, query }: Pick<Reached, 'params'> & { readonly method: string; readonly query: string },
): Omit<OwnAnswer, 'features'> {
  switch (action.kind) {
    case 'respond':
      return { status: action.status, headers: action.headers };
    case 'redirect':
      return { status: action.status, headers: [['Location', locator(action.to)({ params, query })]] };
    case 'files':
      if (method === 'GET' || method === 'HEAD') return { status: 200, headers: [] };
      return { status: method === 'OPTIONS' ? 204 : 405, headers: allow(['GET', 'HEAD', 'OPTIONS']) };
    case 'proxy':
      return { status: 200, headers: [] };
  }
}

function allow(methods: readonly string[]): HeaderLine[] {
  return methods.length === 0 ? [] : [['Allow', methods.join(', ')]];
}

/** What an upstream, or a server elsewhere, would have to answer for the browser to go on: how the rest is played. */
export function consent(status: number, sent: SentRequest): { status: number; headers: HeaderLine[] } {
  const headers: [string, string][] = [
    ['Access-Control-Allow-Origin', sent.origin ?? '*'],
    ['Access-Control-Allow-Credentials', 'true'],
  ];
  for (const [name, value] of sent.headers) {
    if (name === 'Access-Control-Request-Method') headers.push(['Access-Control-Allow-Methods', value]);
    if (name === 'Access-Control-Request-Headers') headers.push(['Access-Control-Allow-Headers', value]);
  }
  return { status: status >= 200 && status <= 299 ? status : 200, headers };
}
