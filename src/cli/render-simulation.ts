import type { Paint } from '../diagnostics/index.ts';
import { describeReason } from '../doctor/report/preflight-reason.ts';
import type { GatewayAnswer, GatewaySimulation } from './simulate.ts';

const OUTCOMES = {
  readable: ['info', 'may read the response'],
  blocked: ['error', 'is blocked'],
  'upstream-decides': ['warning', "may read it if the upstream's own CORS headers say so"],
} as const;

/** The story of a simulated request, step by step. */
export function renderSimulation(simulation: GatewaySimulation, paint: Paint): string {
  const { request, reached, need, preflight, response, outcome } = simulation;
  const lines = [
    `${paint('bold', `${request.method} ${request.gateway}${request.target}`)} from ${request.origin}, credentials: ${request.credentials}`,
    '',
    row('route', describeRoute(simulation)),
  ];
  if (!need.crossOrigin) lines.push(row('preflight', 'none: the page has the same origin'));
  else if (!need.needed) lines.push(row('preflight', need.fault === undefined ? 'none: a simple request' : 'none'));
  else {
    lines.push(row('preflight', 'sent first, because'));
    for (const reason of need.why) lines.push(row('', `- ${describeReason(reason)}`));
  }
  if (preflight !== undefined) lines.push(...describeAnswer(preflight.answer, reached.route === undefined));
  if (response === undefined) lines.push(row('request', 'not sent'));
  else lines.push(row('request', 'sent'), ...describeAnswer(response.answer, reached.route === undefined));
  const [color, words] = OUTCOMES[outcome];
  lines.push(row('page', paint(color, words)));
  return `${lines.join('\n')}\n`;
}

function row(title: string, text: string): string {
  return `  ${title.padEnd(10)} ${text}`;
}

function describeRoute({ reached }: GatewaySimulation): string {
  const { route, policy, unsafe } = reached;
  if (unsafe !== undefined) return 'none: the path is refused';
  const cors = policy === undefined ? 'no CORS policy' : `CORS policy ${policy.name}`;
  if (route === undefined) return `none matches; ${cors}`;
  const { action } = route;
  const target =
    action.kind === 'proxy' ? ` ${action.upstream.name}` : action.kind === 'redirect' ? ` ${action.to}` : '';
  return `${route.label} (${action.kind}${target}), ${cors}`;
}

function describeAnswer(answer: GatewayAnswer, own: boolean): string[] {
  if (answer.upstreamDecides) return [row('', "answered by the upstream, with the upstream's own CORS headers")];
  const isOwn = own || answer.decision?.status !== undefined;
  return [
    row('', isOwn ? `answered ${answer.status} by the gateway, with` : 'answered, with'),
    ...(answer.headers.length === 0 ? [row('', '- no CORS headers')] : []),
    ...answer.headers.map(([name, value]) => row('', `- ${name}: ${value}`)),
  ];
}
