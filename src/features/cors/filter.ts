import {
  decide,
  describeDifferences,
  exposeMore,
  exposeNames,
  type CorsRequest,
  type Decision,
} from '../../cors/index.ts';
import { refusalOf } from '../../cors/refusal.ts';
import type { PolicyModel } from '../../config/model.ts';
import { CORS_RESPONSE } from '../../wire/cors-response.ts';
import type { CorsNote, Exchange } from '../../wire/exchange.ts';
import { Field, FieldBlock, HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import { isSameOrigin } from '../../wire/same-origin.ts';
import type { Filter } from '../filter.ts';
import { explainToPerson } from './explanation.ts';
import { addToVary } from './vary.ts';

/** A decision on its way from the request phase to the door: what it adds to a response, and what the log says of it. */
class CorsState implements CorsNote {
  readonly decision: Decision;
  readonly model: PolicyModel;
  readonly report: string;
  /** The lines, and its names for Vary in one more: for a response that has no Vary. */
  readonly linesAndVary: FieldBlock;

  constructor(decision: Decision, model: PolicyModel, report: string) {
    this.decision = decision;
    this.model = model;
    this.report = report;
    const fields = linesOf(decision.headers);
    const vary = decision.vary.length === 0 ? [] : [new Field('Vary', decision.vary.join(', '))];
    this.linesAndVary = new FieldBlock([...fields, ...vary]);
  }

  get kind(): string {
    return this.decision.kind;
  }
  get allowed(): boolean {
    return this.decision.allowed;
  }
  get reason(): string {
    return this.decision.reason;
  }
  get policy(): string {
    return this.model.name;
  }
  get explanation(): string {
    return this.decision.allowed ? '' : explainToPerson(this.decision, this.model.policy);
  }
}

/** What a policy is asked about an exchange. `decide` is synchronous and keeps nothing, so one serves all requests. */
class Question implements CorsRequest {
  method = '';
  origin: string | undefined = undefined;
  originCount = 0;
  requestMethod: string | undefined = undefined;
  requestHeaders: string | undefined = undefined;
  websocket = false;
  private exchange: Exchange | undefined = undefined;

  ask(exchange: Exchange): this {
    const { headers } = exchange;
    const origin = headers.getById(H.origin, this.origin);
    this.exchange = exchange;
    this.method = exchange.method;
    this.origin = origin;
    this.originCount = origin === undefined ? 0 : headers.countId(H.origin);
    this.websocket = exchange.upgradeTo !== '';
    const options = exchange.method === 'OPTIONS';
    this.requestMethod = options ? headers.getById(H['access-control-request-method']) : undefined;
    this.requestHeaders = options ? requestHeaders(headers, this.requestHeaders) : undefined;
    return this;
  }

  /** Looked up when it's asked for, which it rarely is. */
  get sameOrigin(): boolean {
    const { origin, exchange } = this;
    return origin !== undefined && exchange !== undefined && isSameOrigin(origin, exchange);
  }
}

/** Decisions on actual requests are the same object for the same origin, so each is made ready once. */
function stateOf(decision: Decision, model: PolicyModel): CorsState {
  const { memo } = decision;
  const known = memo.value;
  if (known instanceof CorsState && known.model === model) return known;
  const made = new CorsState(decision, model, '');
  memo.value = made;
  return made;
}

/** What a policy of ours said to an exchange; `undefined` if none is in force. */
export function rulingOn({ cors }: Exchange): { readonly decision: Decision; readonly model: PolicyModel } | undefined {
  return cors instanceof CorsState ? cors : undefined;
}

/** The feature `cors`: answers preflights, refuses what the policy refuses, and puts the policy's lines on every response. */
export function createCorsFilter(model: PolicyModel): Filter {
  const { policy, report } = model;
  const question = new Question();
  return {
    name: 'cors',
    request(exchange) {
      const decision = decide(policy, question.ask(exchange));
      const shadow =
        report === undefined ? '' : describeDifferences(decision, decide(report.policy, question), report.name);
      exchange.cors = shadow === '' ? stateOf(decision, model) : new CorsState(decision, model, shadow);
      if (decision.kind === 'preflight') {
        answerPreflight(exchange, decision);
        return true;
      }
      return decision.refuse && refuse(exchange, decision);
    },
    response(exchange, _status, headers) {
      if (policy.upstream === 'pass') return;
      // An exchange that was answered before this filter saw it (a malformed one, say) is decided on now.
      if (!(exchange.cors instanceof CorsState)) {
        exchange.cors = stateOf(decide(policy, question.ask(exchange)), model);
      }
      applyDecision(exchange.cors as CorsState, headers, exchange.exposed);
    },
  };
}

function requestHeaders(headers: HeaderList, last: string | undefined): string | undefined {
  const id = H['access-control-request-headers'];
  // RFC 9110 §5.3: several lines are one list.
  return headers.countId(id) > 1 ? headers.getCombined('access-control-request-headers') : headers.getById(id, last);
}

function answerPreflight(exchange: Exchange, decision: Decision): void {
  if (exchange.bodyLength !== 0) exchange.discardBody();
  if (!refuse(exchange, decision)) exchange.reply(decision.status ?? 204, new HeaderList());
}

/** Answers what the policy refuses; false if it doesn't. */
function refuse(exchange: Exchange, decision: Decision): boolean {
  const refusal = refusalOf(decision);
  if (refusal === undefined) return false;
  replyProblem(exchange, refusal.code, { detail: refusal.detail });
  return true;
}

function linesOf(lines: Decision['headers']): Field[] {
  return lines.map(([name, value]) => new Field(name, value));
}

/** @param exposed names that the gateway exposes beside the policy's */
function applyDecision(state: CorsState, headers: HeaderList, exposed: readonly string[]): void {
  const { decision } = state;
  // What an upstream said of CORS is not its business while a policy of ours is in force.
  headers.removeNames(CORS_RESPONSE);
  const isPlain = !decision.exposeAll && exposed.length === 0;
  if (isPlain && !headers.hasId(H.vary)) return headers.appendBlock(state.linesAndVary);
  const lines = decision.exposeAll ? decision.headers : exposeMore(decision.headers, exposed);
  headers.appendBlock(new FieldBlock(linesOf(lines)));
  if (decision.exposeAll) {
    const names = exposeNames(
      decision,
      headers.pairs().map(([name]) => name),
    );
    if (names !== undefined) headers.append('Access-Control-Expose-Headers', names);
  }
  addToVary(headers, decision.vary);
}
