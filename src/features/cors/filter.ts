import { compareDecisions, decide, exposeNames, type CorsRequest, type Decision } from '../../cors/index.ts';
import type { PolicyModel } from '../../config/model.ts';
import { CORS_RESPONSE } from '../../wire/cors-response.ts';
import type { CorsNote, Exchange } from '../../wire/exchange.ts';
import { Field, HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { replyProblem } from '../../wire/problem.ts';
import type { Filter } from '../filter.ts';
import { explainToPerson } from './explanation.ts';
import { isSameOrigin } from './same-origin.ts';
import { addToVary } from './vary.ts';

/** A decision on its way from the request phase to the door, and what the log says of it. */
class CorsState implements CorsNote {
  readonly decision: Decision;
  readonly model: PolicyModel;
  readonly report: string;

  constructor(decision: Decision, model: PolicyModel, report: string) {
    this.decision = decision;
    this.model = model;
    this.report = report;
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

/** The feature `cors`: answers preflights, refuses what the policy refuses, and puts the policy's lines on every response. */
export function createCorsFilter(model: PolicyModel): Filter {
  const { policy, report } = model;
  // One question object for all requests: `decide` is synchronous and keeps nothing, so no request allocates its own.
  const question: { -readonly [K in keyof CorsRequest]: CorsRequest[K] } = emptyQuestion();
  return {
    name: 'cors',
    request(exchange) {
      ask(question, exchange);
      const decision = decide(policy, question);
      const shadow = report === undefined ? '' : differences(decision, decide(report.policy, question), report.name);
      exchange.cors = new CorsState(decision, model, shadow);
      if (decision.kind === 'preflight') {
        answerPreflight(exchange, decision);
        return true;
      }
      if (!decision.refuse) return false;
      replyProblem(exchange, 'origin-refused', {
        detail: explainToPerson(decision, policy, 'visitor'),
      });
      return true;
    },
    response(exchange, _status, headers) {
      if (policy.upstream === 'pass') return;
      // An exchange that was answered before this filter saw it (a malformed one, say) is decided on now.
      if (!(exchange.cors instanceof CorsState)) {
        ask(question, exchange);
        exchange.cors = new CorsState(decide(policy, question), model, '');
      }
      applyDecision((exchange.cors as CorsState).decision, headers);
    },
  };
}

function emptyQuestion(): CorsRequest & { originCount: number; websocket: boolean } {
  return {
    method: '',
    origin: undefined,
    originCount: 0,
    requestMethod: undefined,
    requestHeaders: undefined,
    sameOrigin: false,
    websocket: false,
  };
}

function ask(question: { -readonly [K in keyof CorsRequest]: CorsRequest[K] }, exchange: Exchange): void {
  const { headers } = exchange;
  const origin = headers.getById(H.origin, question.origin);
  question.method = exchange.method;
  question.origin = origin;
  question.originCount = origin === undefined ? 0 : headers.countId(H.origin);
  question.sameOrigin = origin !== undefined && isSameOrigin(origin, exchange);
  question.websocket = exchange.upgradeTo !== '';
  const options = exchange.method === 'OPTIONS';
  question.requestMethod = options ? headers.getById(H['access-control-request-method']) : undefined;
  question.requestHeaders = options ? requestHeaders(headers, question.requestHeaders) : undefined;
}

function requestHeaders(headers: HeaderList, last: string | undefined): string | undefined {
  const id = H['access-control-request-headers'];
  // RFC 9110 §5.3: several lines are one list.
  return headers.countId(id) > 1 ? headers.getCombined('access-control-request-headers') : headers.getById(id, last);
}

function answerPreflight(exchange: Exchange, decision: Decision): void {
  if (exchange.bodyLength !== 0) exchange.discardBody();
  if (decision.status === 403) {
    replyProblem(exchange, 'preflight-refused', { detail: `Refused: ${decision.reason}.` });
  } else {
    exchange.reply(decision.status ?? 204, new HeaderList());
  }
}

/** What a decision adds to a response. */
interface Additions {
  readonly lines: readonly Field[];
  /** Its names in one line, for a response that has no Vary; undefined if there are none. */
  readonly vary: Field | undefined;
}

/** By decision: those on actual requests are the same object for the same origin, so each is made ready once. */
const additionsOf = new WeakMap<Decision, Additions>();

function applyDecision(decision: Decision, headers: HeaderList): void {
  // What an upstream said of CORS is not its business while a policy of ours is in force.
  headers.removeNames(CORS_RESPONSE);
  let additions = additionsOf.get(decision);
  if (additions === undefined) additionsOf.set(decision, (additions = makeAdditions(decision)));
  const { lines, vary } = additions;
  for (let i = 0; i < lines.length; i++) headers.appendField(lines[i] as Field);
  if (decision.exposeAll) {
    const names = exposeNames(
      decision,
      headers.pairs().map(([name]) => name),
    );
    if (names !== undefined) headers.append('Access-Control-Expose-Headers', names);
  }
  if (vary === undefined) return;
  if (headers.hasId(H.vary)) addToVary(headers, decision.vary);
  else headers.appendField(vary);
}

function makeAdditions(decision: Decision): Additions {
  return {
    lines: decision.headers.map(([name, value]) => new Field(name, value)),
    vary: decision.vary.length === 0 ? undefined : new Field('Vary', decision.vary.join(', ')),
  };
}

function differences(enforced: Decision, shadow: Decision, name: string): string {
  const found = compareDecisions(enforced, shadow);
  if (found.length === 0) return '';
  return `${name}: ${found.map((d) => `${d.field} ${d.enforced || '(none)'} → ${d.shadow || '(none)'}`).join('; ')}`;
}
