import type { Paint } from '../diagnostics/index.ts';
import { describeReason } from '../doctor/report/preflight-reason.ts';
import { refuses } from './simulate-features.ts';
import type { GatewaySimulation, Reached, SimulatedHop, SimulatedStep } from './simulation.ts';

const OUTCOMES = {
  readable: ['info', 'may read the response'],
  blocked: ['error', 'is blocked'],
  'upstream-decides': ['warning', "may read it if the upstream's own CORS headers say so"],
  'elsewhere-decides': ['warning', 'may read it if the server says so that the redirect leads to'],
} as const;

/**
 * The story of a simulated request, step by step.
 * @param code of what the doctor would find; `undefined` if the page isn't blocked
 */
export function renderSimulation(simulation: GatewaySimulation, paint: Paint, code?: string): string {
  const { request, reached, need, hops, outcome } = simulation;
  const lines = [
    `${paint('bold', `${request.method} ${request.gateway}${request.target}`)} from ${request.origin}, credentials: ${request.credentials}`,
    '',
    row('route', describeRoute(reached)),
  ];
  if (!need.crossOrigin) lines.push(row('preflight', 'none: the page has the same origin'));
  else if (!need.needed) lines.push(row('preflight', need.fault === undefined ? 'none: a simple request' : 'none'));
  else {
    lines.push(row('preflight', 'sent first, because'));
    for (const reason of need.why) lines.push(row('', `- ${describeReason(reason)}`));
  }
  const [first, ...redirects] = hops;
  lines.push(...describeHop(first));
  for (const hop of redirects) {
    lines.push(row('redirect', `to ${hop.url}`), row('route', routeOf(hop)));
    if (hop.preflight !== undefined) lines.push(row('preflight', 'sent first'));
    lines.push(...describeHop(hop));
  }
  const [color, words] = OUTCOMES[outcome];
  lines.push(row('page', `${paint(color, words)}${code === undefined ? '' : ` (${code})`}`));
  return `${lines.join('\n')}\n`;
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${text}`;
}

function routeOf({ preflight, response }: SimulatedHop): string {
  const step = preflight ?? response;
  return step === undefined ? '' : describeRoute(step.reached);
}

function describeRoute({ route, policy, unsafe }: Reached): string {
  if (unsafe !== undefined) return 'none: the path is refused';
  const cors = policy === undefined ? 'no CORS policy' : `CORS policy ${policy.name}`;
  if (route === undefined) return `none matches; ${cors}`;
  const { action } = route;
  const target =
    action.kind === 'proxy' ? ` ${action.upstream.name}` : action.kind === 'redirect' ? ` ${action.to}` : '';
  return `${route.label} (${action.kind}${target}), ${cors}`;
}

function describeHop(hop: SimulatedHop | undefined): string[] {
  const { preflight, response } = hop ?? {};
  const lines = preflight === undefined ? [] : describeAnswer(preflight);
  if (response === undefined) return [...lines, row('request', 'not sent')];
  return [...lines, row('request', 'sent'), ...describeAnswer(response)];
}

/** Lines of an answer that browsers look at. */
const SHOWN = /^(?:access-control-.*|location|www-authenticate)$/i;

function describeAnswer({ answer, reached, sent }: SimulatedStep): string[] {
  const { guard } = answer;
  const target = guard !== undefined && 'asks' in guard ? [row('target', `${sent.method} ${guard.asks}`)] : [];
  if (answer.upstreamDecides) return [row('', "answered by the upstream, with the upstream's own CORS headers")];
  const isRefused = (guard !== undefined && 'code' in guard) || answer.features.some(refuses);
  const isOwn = reached.route === undefined || answer.decision?.status !== undefined || isRefused;
  const shown = answer.headers.filter(([name]) => SHOWN.test(name));
  return [
    ...target,
    row('', isOwn ? `answered ${answer.status} by the gateway, with` : 'answered, with'),
    ...(shown.some(([name]) => /^access-control-/i.test(name)) ? [] : [row('', '- no CORS headers')]),
    ...shown.map(([name, value]) => row('', `- ${name}: ${value}`)),
  ];
}
