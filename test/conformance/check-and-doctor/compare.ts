import type { Model } from '../../../src/config/index.ts';
import { reach } from '../../../src/cli/simulate-routes.ts';
import { doctorCodeOf } from '../../../src/cli/simulated-diagnosis.ts';
import type { GatewaySimulation, SimulatedHop, SimulatedStep } from '../../../src/cli/simulation.ts';
import type { Diagnosis } from '../../../src/doctor/index.ts';
import { SAFELISTED_RESPONSE_HEADERS } from '../../../src/protocol/fetch-names.ts';

type DoctorHop = Diagnosis['journey']['hops'][number];
type DoctorStep = NonNullable<DoctorHop['request']>;

function differ(what: string, a: unknown, b: unknown): string[] {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  return one === other ? [] : [`${what}: check ${one}, doctor ${other}`];
}

/** In what `oneorigin check` and `oneorigin doctor` differ; empty if in nothing. */
export function differences(told: GatewaySimulation, found: Diagnosis, model: Model): string[] {
  const { journey } = found;
  const open = unknownFrom(told);
  const known = told.hops.slice(0, open + 1);
  const hops = known.flatMap((hop, index) => hopDifferences(hop, journey.hops[index]));
  const first = differ('preflighted', told.preflight !== undefined, journey.hops[0]?.preflight !== undefined);
  if (told.outcome === 'upstream-decides' || told.outcome === 'elsewhere-decides') return [...first, ...hops];
  // An upstream that redirects: `check` has said that it takes it to answer 200.
  if (journey.hops.length > told.hops.length && open < told.hops.length) return [...first, ...hops];
  return [
    ...first,
    ...hops,
    ...differ('outcome', told.outcome, found.outcome),
    // The page is blocked either way: by the upstream's answer to the preflight, or by ours to the request.
    ...(told.hops.some(({ preflight }) => preflight?.answer.upstreamDecides)
      ? []
      : stopDifferences(told, found, model)),
    ...differ('readable', readableTold(told, found), visible(told, journey.readable)),
  ];
}

function stopDifferences(told: GatewaySimulation, found: Diagnosis, model: Model): string[] {
  return [
    ...differ('stop', stopTold(told), stopFound(found)),
    ...(!asksAnApi(told) && asksOnlyHere(told, found, model)
      ? differ('code', doctorCodeOf(told, model), found.outcome === 'blocked' ? found.findings[0]?.code : undefined)
      : []),
  ];
}

/** Whether a guard's API answers, with a status that the config doesn't say: causes are told apart by that. */
function asksAnApi({ hops }: GatewaySimulation): boolean {
  const { preflight, response } = hops.at(-1) ?? {};
  return [preflight, response].some((step) => step?.answer.guard !== undefined && 'asks' in step.answer.guard);
}

/**
 * Whether all that the doctor asked around reaches what decides: it takes a server for one with one policy, and where
 * other methods, headers or paths lead elsewhere, the cause that it concludes may be another.
 */
export function asksOnlyHere({ hops }: GatewaySimulation, { around }: Diagnosis, model: Model): boolean {
  if (around === undefined) return true;
  const { again, uncached, withoutOrigin, otherOrigin, missing, preflight, unlisted, near } = around;
  const asked = [
    again,
    uncached,
    withoutOrigin,
    otherOrigin,
    missing,
    preflight,
    unlisted,
    ...near.map(({ probe }) => probe),
  ];
  const last = hops.at(-1);
  const { policy, route } = (last?.response ?? last?.preflight)?.reached ?? {};
  return asked.every(({ request: { url, method, headers } }) => {
    const announced = headers.some(([name]) => name === 'Access-Control-Request-Method');
    const kind = announced ? ('preflight' as const) : ('request' as const);
    const other = reach(model, { kind, url, method, headers, origin: undefined, cookies: false, times: 1 });
    return other.policy === policy && (policy?.policy.upstream === 'override' || other.route === route);
  });
}

/** The hop from which on an upstream's own answer decides; beyond the last if none. */
function unknownFrom({ hops }: GatewaySimulation): number {
  const index = hops.findIndex(({ preflight, response }) =>
    [preflight, response].some((step) => step?.reached.route?.action.kind === 'proxy'),
  );
  return index === -1 ? hops.length : index;
}

function hopDifferences(told: SimulatedHop, found: DoctorHop | undefined): string[] {
  if (found === undefined) return [`hop: only check goes to ${told.url}`];
  const url = told.url === found.url ? [] : [`url: check ${told.url}, doctor ${found.url}`];
  // What comes behind a preflight that the upstream decides on, is its business.
  const response = told.preflight?.answer.upstreamDecides === true ? [] : stepDifferences(told.response, found.request);
  return [...url, ...stepDifferences(told.preflight, found.preflight), ...response];
}

function stepDifferences(told: SimulatedStep | undefined, found: DoctorStep | undefined): string[] {
  if ((told === undefined) !== (found === undefined)) {
    return [`step: ${told === undefined ? 'only the doctor' : 'only check'} sends ${(told?.sent ?? found)?.kind}`];
  }
  const response = found?.probe.response;
  if (told === undefined || response === undefined || told.answer.upstreamDecides) return [];
  const { answer, reached } = told;
  const all = answer.decision?.exposeAll === true;
  const a = corsLines(answer.headers, all).join(' | ');
  const b = corsLines(response.headers, all).join(' | ');
  const kind = reached.route?.action.kind;
  const isRefused = answer.guard !== undefined && 'code' in answer.guard;
  const isOurs =
    answer.decision?.status !== undefined ||
    kind === 'respond' ||
    kind === 'redirect' ||
    kind === undefined ||
    isRefused;
  const status =
    isOurs && answer.status !== response.status ? [`status: check ${answer.status}, doctor ${response.status}`] : [];
  return [...status, ...(a === b ? [] : [`headers of the ${told.sent.kind}: check ${a}, doctor ${b}`])];
}

function corsLines(headers: readonly (readonly [string, string])[], exposesAll: boolean): string[] {
  return headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => line.startsWith('access-control-'))
    .filter((line) => !exposesAll || !line.startsWith('access-control-expose-headers'))
    .toSorted();
}

function stopTold({ failure }: GatewaySimulation): unknown {
  if (failure === undefined) return undefined;
  const { step, preflight } = failure;
  return step === 'request-fault' || step.startsWith('redirect-') ? step.replace(/-.*/, '') : { step, preflight };
}

function stopFound({ journey: { stop } }: Diagnosis): unknown {
  if (stop === undefined) return undefined;
  if (stop.kind === 'cors') return { step: stop.step, preflight: stop.at.kind === 'preflight' };
  return stop.kind === 'fault' ? 'request' : stop.kind;
}

/** Of the headers that really came, those that the page can read by `check`. */
function readableTold(told: GatewaySimulation, { journey }: Diagnosis): string[] {
  const { exposed, outcome } = told;
  if (outcome !== 'readable') return [];
  const names = new Set((journey.final?.headers ?? []).map(([name]) => name.toLowerCase()));
  names.delete('set-cookie');
  const isExposed = (name: string): boolean =>
    exposed === '*' || exposed.includes(name) || SAFELISTED_RESPONSE_HEADERS.has(name);
  return visible(told, [...names].filter(isExposed).toSorted());
}

/** With `expose: '*'` the gateway names what there is, but not what it adds afterwards. */
function visible(told: GatewaySimulation, names: readonly string[]): string[] {
  const named = told.hops.at(-1)?.response?.answer.decision?.exposeAll === true;
  return names.filter(
    (name) => !named || !/^(?:access-control-.*|vary|connection|keep-alive|transfer-encoding|date)$/.test(name),
  );
}
