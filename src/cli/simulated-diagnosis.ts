import type { Model } from '../config/index.ts';
import { explainExchange, type SeenExchange } from '../doctor/live/index.ts';
import type { GatewaySimulation, SimulatedHop, SimulatedRequest, SimulatedStep } from './simulation.ts';

/**
 * The code of what `oneorigin doctor` would find first at a gateway that runs this config; `undefined` if the page isn't
 * blocked.
 */
export function doctorCodeOf(simulation: GatewaySimulation, model: Model): string | undefined {
  const { failure, hops, request } = simulation;
  if (failure === undefined) return undefined;
  if (failure.step === 'request-fault') return 'doctor-request-fault';
  if (failure.step === 'mixed-content') return 'doctor-mixed-content';
  if (failure.step.startsWith('redirect-')) return 'doctor-redirect-broken';
  const last = hops.at(-1);
  const step = last?.response ?? last?.preflight;
  if (last === undefined || step === undefined) return undefined;
  const settings = { policies: model.policies, written: 'config', servesRoot: false } as const;
  return explainExchange({ ...seenIn(step, request), ...before(last) }, settings)?.code;
}

/** The answer to the preflight, if it's the request's that fails. */
function before({ preflight, response }: SimulatedHop): Pick<SeenExchange, 'preflight'> {
  return preflight === undefined || response === undefined ? {} : { preflight: preflight.answer };
}

function seenIn({ sent, reached, answer }: SimulatedStep, request: SimulatedRequest): SeenExchange {
  const { kind, origin = '', url, headers } = sent;
  const line = (name: string): string | undefined => headers.find(([key]) => key === name)?.[1];
  const names = line('Access-Control-Request-Headers');
  const { route, policy } = reached;
  const { decision } = answer;
  const isAnswered = reached.unsafe === undefined || kind === 'request';
  return {
    kind,
    own: request.gateway,
    path: new URL(url).pathname,
    method: line('Access-Control-Request-Method') ?? sent.method,
    origin,
    names: names === undefined ? [] : names.split(','),
    cookies: request.credentials === 'include',
    status: answer.status,
    headers: answer.headers,
    upstream: '',
    failure: '',
    problem: '',
    route: route && { label: route.label, proxies: route.action.kind === 'proxy' },
    // A preflight that is refused before the policy can answer it isn't refused by the policy.
    ruling: isAnswered ? decision && policy && { decision, model: policy } : undefined,
  };
}
