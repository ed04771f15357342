import type { Config } from '../config/types.ts';
import type { Model, PolicyModel } from '../config/model.ts';
import { decorateHeaders, decideRequest } from '../cors/adapters/fetch.ts';
import { describeDifferences } from '../cors/compare.ts';
import type { Decision } from '../cors/decision.ts';
import { refusalOf } from '../cors/refusal.ts';
import { problemBody } from '../diagnostics/problem.ts';
import { createActions, type EdgeAction, type EdgeExchange } from './actions.ts';
import { Problem, type Answer } from './answer.ts';
import { findRoute } from './find-route.ts';
import type { EdgeHandler, EdgeOptions, EdgeProblem } from './options.ts';
import { readConfig } from './read-config.ts';
import { announcedLength } from './request-body.ts';

/**
 * Makes a handler for edge runtimes of a gateway's configuration: its routes with `guard`, `respond` and `redirect`, under
 * its CORS policies. Every answer leaves with its policy's headers, errors too; the handler never rejects.
 *
 * @throws {EdgeConfigError} if the configuration is wrong or asks for what an edge runtime can't do, with everything that is.
 */
export function createEdgeHandler<Rest extends readonly unknown[] = readonly []>(
  config: Config,
  options: EdgeOptions<Rest> = {},
): EdgeHandler<Rest> {
  const model = readConfig(config, options);
  const site = new Site(model, options);
  return function oneorigin(request, ...rest) {
    return site.answer(request, rest);
  };
}

/** A configuration brought to life. */
class Site<Rest extends readonly unknown[]> {
  private readonly model: Model;
  private readonly options: EdgeOptions<Rest>;
  /** In the order of the model's routes. */
  private readonly actions: readonly EdgeAction[];

  constructor(model: Model, options: EdgeOptions<Rest>) {
    this.model = model;
    this.options = options;
    this.actions = createActions(model, { fetch: options.fetch ?? ((url, init) => fetch(url, init)) });
  }

  async answer(request: Request, rest: Rest): Promise<Response> {
    const id = crypto.randomUUID();
    let decision: Decision | undefined;
    try {
      const url = new URL(request.url);
      const { policy, match } = findRoute(this.model, request, url);
      decision = policy === undefined ? undefined : this.decide(policy, request);
      if (match instanceof Problem && match.status === 400) throw match;
      this.refuseLargeBody(request);
      if (decision?.kind === 'preflight' || decision?.refuse === true) return this.leave(refused(decision), decision);
      if (match instanceof Problem) throw match;
      const exchange: EdgeExchange = {
        request,
        url,
        params: match.params,
        clientAddress: () => this.options.clientAddress?.(request, ...rest),
        cut: (problem) => this.report(problem, id, request),
      };
      const action = this.actions[match.route.index] as EdgeAction;
      return this.leave(await action(exchange), decision);
    } catch (error) {
      const problem = error instanceof Problem ? error : internalError(error);
      this.report(problem, id, request);
      return this.leave(problemAnswer(problem, id), decision);
    }
  }

  private refuseLargeBody({ headers }: Request): void {
    const max = this.model.limits.body;
    if (max === 0 || (announcedLength(headers.get('content-length')) ?? 0) <= max) return;
    throw new Problem('body-too-large', `At most ${max} bytes are accepted.`);
  }

  private decide({ policy, report }: PolicyModel, request: Request): Decision {
    const decision = decideRequest(policy, request);
    if (report === undefined) return decision;
    const difference = describeDifferences(decision, decideRequest(report.policy, request), report.name);
    if (difference !== '') quietly(() => (this.options.onReport ?? warn)(difference, request));
    return decision;
  }

  /** The door: every answer leaves here, whoever made it. */
  private leave({ status, headers, body }: Answer, decision: Decision | undefined): Response {
    if (decision !== undefined) decorateHeaders(headers, decision);
    return new Response(body, { status, headers });
  }

  private report({ code, status, detail, cause }: Problem, requestId: string, request: Request): void {
    quietly(() => (this.options.onProblem ?? logFailure)({ code, status, detail, requestId, cause }, request));
  }
}

function internalError(error: unknown): Problem {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Problem('internal-error', undefined, { cause });
}

function refused(decision: Decision): Answer {
  const refusal = refusalOf(decision);
  if (refusal !== undefined) throw new Problem(refusal.code, refusal.detail);
  return { status: decision.status ?? 204, headers: new Headers(), body: null };
}

function problemAnswer({ code, status, detail, headers: lines }: Problem, id: string): Answer {
  const headers = new Headers({ 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' });
  for (const [name, value] of lines) headers.set(name, value);
  return { status, headers, body: JSON.stringify(problemBody(code, detail, id)) };
}

/** What somebody else's code throws must not cost the answer. */
function quietly(tell: () => void): void {
  try {
    tell();
  } catch {
    // There is nobody else to tell.
  }
}

function logFailure({ code, status, requestId, cause }: EdgeProblem): void {
  if (status >= 500) console.error(`oneorigin: ${code} id=${requestId}${cause === undefined ? '' : ` ${cause}`}`);
}

function warn(difference: string): void {
  console.warn(`oneorigin: ${difference}`);
}
