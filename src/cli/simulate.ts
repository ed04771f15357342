import type { Model } from '../config/index.ts';
import {
  ENGINES,
  simulateRequest,
  type PageRequest,
  type ReceivedResponse,
  type SentRequest,
  type Simulation,
  type Verdict,
} from '../cors/index.ts';
import { splitList } from '../protocol/field-list.ts';
import { isMixedContent } from '../protocol/mixed-content.ts';
import { answerOf, consent } from './simulate-answers.ts';
import { reach } from './simulate-routes.ts';
import type { GatewayAnswer, GatewaySimulation, Reached, SimulatedHop, SimulatedRequest } from './simulation.ts';

const PASSED: Verdict = { passed: true };

interface Asked {
  readonly sent: SentRequest;
  readonly reached: Reached;
  readonly answer: GatewayAnswer;
}

/**
 * Plays a request through: what the browser asks, what the gateway answers, what the browser makes of that. Redirects of
 * the gateway's own are followed as far as they stay there. The browser is Chromium, as the doctor's.
 */
export function simulate(model: Model, request: SimulatedRequest): GatewaySimulation {
  const page: PageRequest = {
    pageOrigin: request.origin,
    url: request.gateway + request.target,
    method: request.method,
    headers: request.headers,
    credentials: request.credentials,
  };
  const asked: Asked[] = [];
  let isElsewhere = false;
  const answerTo = (sent: SentRequest): ReceivedResponse => {
    if (new URL(sent.url).origin !== request.gateway) {
      isElsewhere = true;
      return consent(200, sent);
    }
    const reached = reach(model, sent);
    const answer = answerOf(reached, sent, httpsPortFor(model, sent));
    asked.push({ sent, reached, answer });
    return answer.upstreamDecides ? consent(answer.status, sent) : answer;
  };
  const run = simulateRequest(page, { preflight: (_, sent) => answerTo(sent), response: answerTo }, ENGINES.chromium);
  const mixed = run.need.fault === undefined && isMixedContent(request.origin, page.url);
  const hops = mixed ? [] : hopsOf(asked, run);
  const [first] = hops;
  const steps = hops.flatMap(({ preflight, response }) => [preflight ?? [], response ?? []].flat());
  const open = steps.some(({ answer, sent }) => answer.upstreamDecides && isJudged(sent, request));
  const failure = mixed
    ? ({ step: 'mixed-content', value: '', url: page.url, preflight: false } as const)
    : run.failure;
  const outcome =
    failure !== undefined ? 'blocked' : open ? 'upstream-decides' : isElsewhere ? 'elsewhere-decides' : 'readable';
  return {
    request,
    reached: steps[0]?.reached ?? reach(model, firstRequest(page)),
    need: run.need,
    hops,
    preflight: first?.preflight,
    response: first?.response,
    outcome,
    failure,
    exposed: outcome === 'readable' ? exposedBy(hops, run, request) : [],
  };
}

/** Where the listener sends what comes with http; undefined: nowhere, or the request comes by another way than straight. */
function httpsPortFor({ listeners }: Model, { url }: SentRequest): number | undefined {
  const { protocol, port } = new URL(url);
  if (protocol !== 'http:') return undefined;
  return listeners.find((listener) => listener.port === Number(port || 80))?.redirectToHttps;
}

/** Within the page's own origin nobody checks who may read. */
function isJudged(sent: SentRequest, { origin }: SimulatedRequest): boolean {
  return sent.kind === 'preflight' || origin === 'null' || new URL(sent.url).origin !== origin;
}

function firstRequest({ url, method = 'GET', headers = [], pageOrigin }: PageRequest): SentRequest {
  return { kind: 'request', url: new URL(url).href, method, headers, origin: pageOrigin, cookies: false, times: 1 };
}

/** A URL each, with its preflight, if there was one, and its request, if it came to that. */
function hopsOf(asked: readonly Asked[], run: Simulation): SimulatedHop[] {
  const hops: { -readonly [K in keyof SimulatedHop]: SimulatedHop[K] }[] = [];
  for (const [index, { sent, reached, answer }] of asked.entries()) {
    const failed = index === asked.length - 1 && run.failure?.url === sent.url;
    const verdict = (failed ? (sent.kind === 'preflight' ? run.preflight : run.response) : undefined) ?? PASSED;
    const step = { sent, reached, answer, verdict };
    const last = hops.at(-1);
    if (last !== undefined && last.response === undefined) last.response = step;
    else if (sent.kind === 'preflight') hops.push({ url: sent.url, preflight: step, response: undefined });
    else hops.push({ url: sent.url, preflight: undefined, response: step });
  }
  return hops;
}

function exposedBy(
  hops: readonly SimulatedHop[],
  run: Simulation,
  { credentials }: SimulatedRequest,
): GatewaySimulation['exposed'] {
  const answer = hops.at(-1)?.response?.answer;
  if (run.type === 'basic' || answer?.decision?.exposeAll === true) return '*';
  const lines = (answer?.headers ?? []).filter(([name]) => name.toLowerCase() === 'access-control-expose-headers');
  const names = lines.flatMap(([, value]) => splitList(value)).map((name) => name.toLowerCase());
  return names.includes('*') && credentials !== 'include' ? '*' : names.toSorted();
}
