import type { LoadedConfig, Model, PolicyModel } from '../config/index.ts';
import { explainDecision } from '../cors/index.ts';
import type { Diagnostic, DiagnosticData, Severity } from '../diagnostics/index.ts';
import type { simulationCatalogue } from '../diagnostics/catalogue/simulation.ts';
import { isRefusal } from '../guard/index.ts';
import { refuses } from './simulate-features.ts';
import type { GatewaySimulation, Reached, SimulatedStep } from './simulation.ts';

type Path = readonly (string | number)[];

/** Why a simulated request ends as it does: the rule that refuses, where it stands, and the mend. */
export function explainSimulation(
  simulation: GatewaySimulation,
  model: Model,
  place: LoadedConfig['place'],
): Diagnostic[] {
  return [...findings(simulation, model)].map((found) => place(found));
}

function* findings(simulation: GatewaySimulation, model: Model): Generator<Diagnostic> {
  const { request, need, hops, failure } = simulation;
  if (need.dropped.length > 0) yield finding('info', 'simulated-dropped', { names: need.dropped });
  if (need.fault !== undefined) {
    yield finding('error', 'simulated-fault', { fault: need.fault });
    return;
  }
  if (failure?.step === 'mixed-content') {
    yield finding('error', 'simulated-mixed-content', { url: failure.url });
    return;
  }
  for (const { url, preflight, response } of hops) {
    for (const step of [preflight, response]) {
      if (step === undefined) continue;
      if (step === (preflight ?? response) || step.reached.unsafe === 'method')
        yield* withoutRoute(step, url, request.method);
      yield* ofFeatures(step, model);
      yield* ofGuard(step, model);
      if (!step.verdict.passed) yield* refusal(step, step.verdict.step, model, request.origin);
      else if (step.answer.decision?.refuse === true) yield* ofPolicy(step, model);
    }
  }
  if (failure?.step.startsWith('redirect-') === true) {
    yield finding('error', 'simulated-refused', { step: failure.step, value: failure.value });
  }
  yield* unknowns(simulation, model);
}

function* ofFeatures({ answer: { status, features }, reached }: SimulatedStep, model: Model): Generator<Diagnostic> {
  const route = reached.route?.label ?? '';
  for (const outcome of features) {
    const { feature } = outcome;
    const at = [...(routePath(reached, model) ?? []), feature];
    if (!refuses(outcome))
      yield finding('info', 'simulated-feature-assumes', { feature, assumed: outcome.assumed }, at);
    else {
      const { code, detail } = outcome;
      yield finding('error', 'simulated-feature-refuses', { feature, route, status, code, detail }, at);
    }
  }
}

function* ofGuard({ answer: { guard, decision }, reached }: SimulatedStep, model: Model): Generator<Diagnostic> {
  if (guard === undefined || !isRefusal(guard)) return;
  const { code, detail } = guard;
  // The policy says the same, and what to write.
  if (code === 'guard-origin-refused' && decision?.allowed === false) return;
  const route = reached.route?.label ?? '';
  yield finding('error', 'simulated-guard-refused', { route, code, detail }, [
    ...(routePath(reached, model) ?? []),
    'guard',
  ]);
}

/** What the config doesn't say. */
function* unknowns({ outcome, hops }: GatewaySimulation, model: Model): Generator<Diagnostic> {
  const last = hops.at(-1);
  const step = last?.response ?? last?.preflight;
  const route = step?.reached.route;
  if (step === undefined || route === undefined || outcome === 'blocked') return;
  const path = routePath(step.reached, model);
  if (outcome === 'upstream-decides') {
    yield finding('info', 'simulated-upstream-decides', { route: route.label }, path);
  } else if (outcome === 'elsewhere-decides') {
    const { action } = route;
    const to = action.kind === 'redirect' ? action.to : '';
    yield finding('info', 'simulated-redirect', { to, status: step.answer.status }, path);
  } else if (step.answer.guard !== undefined && 'asks' in step.answer.guard) {
    const { asks } = step.answer.guard;
    yield finding('info', 'simulated-guard-asks', { route: route.label, method: step.sent.method, url: asks }, path);
  } else if (route.action.kind === 'proxy' && !step.answer.features.some(refuses)) {
    yield finding('info', 'simulated-upstream-answers', { route: route.label }, path);
  }
}

function* withoutRoute({ reached, sent }: SimulatedStep, url: string, method: string): Generator<Diagnostic> {
  const path = new URL(url).pathname;
  if (reached.unsafe === 'method') {
    yield finding('error', 'simulated-unknown-method', { method: sent.method });
  } else if (reached.unsafe !== undefined) {
    yield finding('error', 'simulated-unsafe-path', { path, inspection: reached.unsafe });
  } else if (reached.route === undefined) {
    yield finding('error', 'simulated-no-route', { method, path, allowed: reached.allowed });
  }
}

function* refusal(step: SimulatedStep, failed: string, model: Model, origin: string): Generator<Diagnostic> {
  const { answer, reached } = step;
  const { policy } = reached;
  if (answer.decision !== undefined && !answer.decision.allowed) {
    yield* ofPolicy(step, model);
  } else if (policy === undefined && failed === 'allow-origin-missing') {
    // With no route at all that has been said.
    if (reached.route === undefined) return;
    const data = { route: reached.route.label, origin };
    yield finding('error', 'simulated-no-policy', data, routePath(reached, model));
  } else if (policy !== undefined && failed === 'allow-credentials-missing') {
    const at = [...(policyPath(reached, model) ?? []), 'credentials'];
    yield finding('error', 'simulated-credentials', { policy: policy.name }, at);
  } else if (policy !== undefined && failed === 'allow-origin-wildcard-with-credentials') {
    const at = [...(policyPath(reached, model) ?? []), 'origins'];
    yield finding('error', 'simulated-wildcard-credentials', { policy: policy.name, origin }, at);
  } else {
    const value = step.verdict.passed ? '' : step.verdict.value;
    yield finding('error', 'simulated-refused', { step: failed, value }, routePath(reached, model));
  }
}

/** The policy's own words, with paths that begin at the config's root. */
function ofPolicy({ answer, reached }: SimulatedStep, model: Model): Diagnostic[] {
  const { policy } = reached;
  if (policy === undefined || answer.decision === undefined) return [];
  const base = policyPath(reached, model);
  return [answer.decision, answer.next]
    .filter((decision) => decision !== undefined)
    .flatMap((decision) => explainDecision(decision, policy.policy))
    .map((found) => below(found, base));
}

function below(found: Diagnostic, base: Path | undefined): Diagnostic {
  return found.path === undefined || base === undefined ? found : { ...found, path: [...base, ...found.path] };
}

function policyPath({ policy, route }: Reached, model: Model): Path | undefined {
  if (policy === undefined) return undefined;
  if (isNamed(policy, model)) return ['cors', policy.name];
  const index = model.routes.findIndex((each) => each === route);
  return index === -1 ? undefined : ['routes', index, 'cors'];
}

function isNamed(policy: PolicyModel, model: Model): boolean {
  return model.policies.get(policy.name) === policy;
}

function routePath({ route }: Reached, model: Model): Path | undefined {
  const index = model.routes.findIndex((each) => each === route);
  return index === -1 ? undefined : ['routes', index];
}

function finding(
  severity: Severity,
  code: keyof typeof simulationCatalogue,
  data: DiagnosticData,
  path?: Path,
): Diagnostic {
  return path === undefined ? { code, severity, data } : { code, severity, data, path };
}
