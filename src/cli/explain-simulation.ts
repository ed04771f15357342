import type { LoadedConfig, Model, PolicyModel } from '../config/index.ts';
import { explainDecision, type FailedStep } from '../cors/index.ts';
import type { Diagnostic, DiagnosticData, Severity } from '../diagnostics/index.ts';
import type { simulationCatalogue } from '../diagnostics/catalogue/simulation.ts';
import type { GatewayAnswer, GatewaySimulation } from './simulate.ts';

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
  const { request, reached, need, preflight, response } = simulation;
  const path = request.target.replace(/[?#].*$/s, '');
  if (need.dropped.length > 0) yield finding('info', 'simulated-dropped', { names: need.dropped });
  if (need.fault !== undefined) {
    yield finding('error', 'simulated-fault', { fault: need.fault });
    return;
  }
  if (reached.unsafe !== undefined) {
    yield finding('error', 'simulated-unsafe-path', { path, inspection: reached.unsafe });
  } else if (reached.route === undefined) {
    const allowed = model.table.allowedMethods(new URL(request.gateway).host, path);
    yield finding('error', 'simulated-no-route', { method: request.method, path, allowed });
  }
  for (const step of [preflight, response]) {
    if (step === undefined) continue;
    if (!step.verdict.passed) yield* refusal(simulation, model, { answer: step.answer, step: step.verdict.step });
    else if (step.answer.decision?.refuse === true) yield* ofPolicy(step.answer, model, simulation);
  }
  if (simulation.outcome === 'upstream-decides') {
    yield finding(
      'info',
      'simulated-upstream-decides',
      { route: reached.route?.label ?? '' },
      routePath(simulation, model),
    );
  }
  const action = reached.route?.action;
  if (action?.kind === 'redirect' && simulation.outcome !== 'blocked') {
    yield finding('info', 'simulated-redirect', { to: action.to, status: action.status }, routePath(simulation, model));
  }
}

function* refusal(
  simulation: GatewaySimulation,
  model: Model,
  { answer, step }: { readonly answer: GatewayAnswer; readonly step: FailedStep },
): Generator<Diagnostic> {
  const { reached, request } = simulation;
  const { policy } = reached;
  if (answer.decision !== undefined && !answer.decision.allowed) {
    yield* ofPolicy(answer, model, simulation);
  } else if (policy === undefined) {
    // With no route at all that has been said.
    if (reached.route === undefined) return;
    const data = { route: reached.route.label, origin: request.origin };
    yield finding('error', 'simulated-no-policy', data, routePath(simulation, model));
  } else if (step === 'allow-credentials-missing') {
    const at = [...(policyPath(simulation, model) ?? []), 'credentials'];
    yield finding('error', 'simulated-credentials', { policy: policy.name }, at);
  } else if (step === 'allow-origin-wildcard-with-credentials') {
    const at = [...(policyPath(simulation, model) ?? []), 'origins'];
    yield finding('error', 'simulated-wildcard-credentials', { policy: policy.name, origin: request.origin }, at);
  } else {
    yield finding('error', 'simulated-refused', { step, value: request.origin });
  }
}

/** The policy's own words, with paths that begin at the config's root. */
function ofPolicy(answer: GatewayAnswer, model: Model, simulation: GatewaySimulation): Diagnostic[] {
  const { policy } = simulation.reached;
  if (policy === undefined || answer.decision === undefined) return [];
  const base = policyPath(simulation, model);
  return [answer.decision, answer.next]
    .filter((decision) => decision !== undefined)
    .flatMap((decision) => explainDecision(decision, policy.policy))
    .map((found) => below(found, base));
}

function below(found: Diagnostic, base: Path | undefined): Diagnostic {
  return found.path === undefined || base === undefined ? found : { ...found, path: [...base, ...found.path] };
}

function policyPath({ reached }: GatewaySimulation, model: Model): Path | undefined {
  const { policy, route } = reached;
  if (policy === undefined) return undefined;
  if (isNamed(policy, model)) return ['cors', policy.name];
  const index = model.routes.findIndex((each) => each === route);
  return index === -1 ? undefined : ['routes', index, 'cors'];
}

function isNamed(policy: PolicyModel, model: Model): boolean {
  return model.policies.get(policy.name) === policy;
}

function routePath({ reached }: GatewaySimulation, model: Model): Path | undefined {
  const index = model.routes.findIndex((each) => each === reached.route);
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
