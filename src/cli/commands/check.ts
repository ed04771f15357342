import type { Command } from 'commander';
import { painter, renderJson, renderText } from '../../diagnostics/index.ts';
import { loadConfigFile } from '../config-file.ts';
import { explainSimulation } from '../explain-simulation.ts';
import { renderSimulation } from '../render-simulation.ts';
import { describeConfig, reportProblems, toJson } from '../report.ts';
import { parseSimulation, type SimulationOptions } from '../simulation-options.ts';
import { simulate } from '../simulate.ts';
import { doctorCodeOf } from '../simulated-diagnosis.ts';
import type { GatewaySimulation, SimulatedHop, SimulatedStep } from '../simulation.ts';
import type { ExitCode, Terminal } from '../terminal.ts';

/** Options of `check`. */
export interface CheckOptions extends SimulationOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const EXAMPLE = `
Examples:
  oneorigin check
  oneorigin check --origin https://app.example.com --request 'PUT /api/users/1' -H 'x-token: 1' --credentials include

With --origin and --request a browser is simulated: whether it asks first, what the gateway answers, and whether the
page may read the response. Exit code 1: the config is wrong, or the page is blocked.`;

/** Adds `check` to the program. */
export function addCheck(program: Command, finish: (code: ExitCode) => void, terminal: Terminal): void {
  program
    .command('check')
    .description('Validate the config; simulate a browser against it.')
    .option('-c, --config <file>', 'config file (default: oneorigin.yaml, .yml, .json, .ts or .js here)')
    .option('--origin <origin>', "the page's origin")
    .option('--request <request>', "method and path: 'PUT /api/users/1'")
    .option('-H, --header <header>', 'a header that the page sets; may be repeated', collect)
    .option('--credentials <mode>', 'omit, same-origin or include (default: same-origin)')
    .option('--host <host>', "the gateway's host, or its origin (default: where it listens)")
    .option('--json', 'speak JSON')
    .addHelpText('after', EXAMPLE)
    .action(async (options: CheckOptions) => finish(await check(options, terminal)));
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Validates a config and, if asked, plays one request of a page through it. */
export async function check(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const json = options.json ?? false;
  const loaded = await loadConfigFile(options.config, terminal, { json });
  if (loaded === undefined) return 2;
  if ('problems' in loaded) {
    if (json) terminal.out(toJson({ ok: false, file: loaded.file, problems: renderJson(loaded.problems) }));
    else terminal.out(describeConfig(loaded, terminal.color));
    return 1;
  }
  const request = parseSimulation(options, loaded.model);
  if (request !== undefined && 'problems' in request) {
    reportProblems(request.problems, terminal, { json });
    return 2;
  }
  if (request === undefined) {
    if (json) terminal.out(toJson({ ok: true, file: loaded.file, problems: renderJson(loaded.warnings) }));
    else terminal.out(describeConfig(loaded, terminal.color));
    return 0;
  }
  const simulation = simulate(loaded.model, request);
  const findings = explainSimulation(simulation, loaded.model, loaded.place);
  const code = doctorCodeOf(simulation, loaded.model);
  const failed = simulation.outcome === 'blocked' || findings.some(({ severity }) => severity === 'error');
  if (json) {
    terminal.out(
      toJson({
        ok: !failed,
        file: loaded.file,
        simulation: simulationJson(simulation, code),
        findings: renderJson(findings),
      }),
    );
  } else {
    const sources = new Map(loaded.text === undefined ? [] : [[loaded.file, loaded.text]]);
    const story = renderSimulation(simulation, painter(terminal.color), code);
    const why = renderText(findings, { sources, color: terminal.color });
    terminal.out(why === '' ? story : `${story}\n${why}`);
  }
  return failed ? 1 : 0;
}

/** The simulation as plain data: names instead of the objects behind them. */
function simulationJson(simulation: GatewaySimulation, code: string | undefined): object {
  const { request, reached, need, hops, outcome, failure, exposed } = simulation;
  const [first, ...redirects] = hops;
  return {
    request,
    ...routeJson(reached),
    crossOrigin: need.crossOrigin,
    preflightNeeded: need.needed,
    preflightReasons: need.why,
    ...hopJson(first),
    redirects: redirects.map((hop) => redirectJson(hop)),
    outcome,
    failure,
    doctor: code,
    exposed,
  };
}

function redirectJson(hop: SimulatedHop): object {
  return { url: hop.url, ...routeJson((hop.preflight ?? hop.response)?.reached), ...hopJson(hop) };
}

function routeJson(reached: SimulatedStep['reached'] | undefined): object {
  const { route, policy } = reached ?? {};
  return { route: route && { label: route.label, action: route.action.kind }, policy: policy?.name };
}

function hopJson({ preflight, response }: Partial<SimulatedHop> = {}): object {
  return { preflight: stepJson(preflight), requestSent: response !== undefined, response: stepJson(response) };
}

function stepJson(step: SimulatedStep | undefined): object | undefined {
  return (
    step && {
      status: step.answer.status,
      headers: step.answer.headers,
      reason: step.answer.decision?.reason,
      upstreamDecides: step.answer.upstreamDecides,
      guard: step.answer.guard,
      features: step.answer.features,
      verdict: step.verdict,
    }
  );
}
