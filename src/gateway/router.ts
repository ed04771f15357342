import type { Model, RouteModel } from '../config/model.ts';
import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { matchPreflightSafely, matchSafely } from '../routing/index.ts';
import type { UpstreamListener } from '../upstream/events.ts';
import type { Exchange, RouteNote } from '../wire/exchange.ts';
import { Field } from '../wire/header-list.ts';
import { H } from '../wire/known-names.ts';
import { failExchange, replyProblem } from '../wire/problem.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import type { Filter } from '../features/filter.ts';
import { Actions } from './actions.ts';
import { Authenticators } from '../features/auth/authenticators.ts';
import { Features } from './features.ts';
import { GuardServers } from './guard-servers.ts';
import { LiveKeys, type Note } from './live-keys.ts';
import { LiveUpstreams } from './live-upstreams.ts';
import { Pipeline } from './pipeline.ts';

/** What a router begins with, beside its model. */
export interface RouterOptions {
  /** Filters before all features. Default: none. */
  readonly first?: readonly Filter[] | undefined;
  /** The one that it takes the place of: what both have in common goes on. */
  readonly previous?: Router | undefined;
  /** Is told what becomes of upstreams. Default: nobody is. */
  readonly listener?: UpstreamListener | undefined;
  /** Writes to the log what isn't about a single exchange. */
  readonly note: Note;
}

/** A model brought to life: from an identified exchange to its pipeline. */
export class Router {
  private readonly model: Model;
  /** In the order of the model's routes. */
  private readonly pipelines: readonly Pipeline[];
  private readonly noRoute: Pipeline;
  readonly upstreams: LiveUpstreams;
  readonly guardServers: GuardServers;
  private readonly keys: LiveKeys;

  constructor(model: Model, wheel: TimerWheel, { first = [], previous, listener, note }: RouterOptions) {
    this.model = model;
    this.upstreams = new LiveUpstreams(wheel, { listener, previous: previous?.upstreams });
    const upstreamOf = this.upstreams.of.bind(this.upstreams);
    this.keys = new LiveKeys({ upstreamOf, wheel, note }, previous?.keys);
    const keysOf = this.keys.of.bind(this.keys);
    const authenticators = new Authenticators({ upstreamOf, keysOf, wheel });
    const features = new Features({ model, authenticators }, first);
    this.guardServers = previous?.guardServers ?? new GuardServers(wheel);
    const actions = new Actions({ upstreamOf, guardServers: this.guardServers, wheel, explain: model.explain });
    this.pipelines = model.routes.map(
      (route) => new Pipeline(noteOf(route), features.of(route), actions.of(route.action)),
    );
    this.noRoute = new Pipeline(undefined, features.withoutRoute(), (exchange) => this.answerNoRoute(exchange));
  }

  /** Sends an exchange on its way. Whatever goes wrong costs this exchange only. */
  dispatch(exchange: Exchange): void {
    try {
      this.toPipeline(exchange);
    } catch (error) {
      failExchange(exchange, error);
    }
  }

  private toPipeline(exchange: Exchange): void {
    const pipeline = this.find(exchange);
    if (typeof pipeline === 'string') {
      this.asWritten(exchange).claim(exchange);
      const detail =
        pipeline === 'ambiguous'
          ? 'The path holds dot segments or escapes that an upstream could read as another path.'
          : 'The path holds a broken escape or an encoded control character.';
      return replyProblem(exchange, pipeline === 'ambiguous' ? 'ambiguous-path' : 'malformed-request', { detail });
    }
    pipeline.run(exchange);
  }

  /** Answers with a problem, under the policy of the route that the request would have reached as far as can be told. */
  refuse(exchange: Exchange, problem: ProblemCode, detail: string): void {
    const pipeline = exchange.path === '' ? this.noRoute : this.find(exchange);
    (typeof pipeline === 'string' ? this.asWritten(exchange) : pipeline).claim(exchange);
    const allow = problem === 'method-not-allowed' ? { headers: [this.allow(exchange)] } : {};
    replyProblem(exchange, problem, { detail, ...allow });
  }

  /** Idle upstream connections are closed, the others when they're done. */
  close(): void {
    for (const upstream of this.upstreams.all) upstream.close();
    this.guardServers.close();
  }

  destroy(): void {
    for (const upstream of this.upstreams.all) upstream.destroy();
    this.guardServers.destroy();
  }

  private find(exchange: Exchange): Pipeline | 'malformed' | 'ambiguous' {
    const { authority, path, method, headers } = exchange;
    const { table } = this.model;
    // RFC 9110 §9.3.7: `OPTIONS *` asks about the server as a whole, which is no route's business.
    if (path === '*') return this.noRoute;
    const announced =
      method === 'OPTIONS' && headers.hasId(H.origin) ? headers.getById(H['access-control-request-method']) : undefined;
    // A preflight belongs to the route of the request that it announces; if there is none, it's an OPTIONS like any.
    let match = announced === undefined ? undefined : matchPreflightSafely(table, authority, path, announced, headers);
    match ??= matchSafely(table, authority, path, method, headers);
    if (match === undefined) return this.noRoute;
    if (typeof match === 'string') return match;
    exchange.params = match.params;
    return this.pipelines[match.route.index] as Pipeline;
  }

  /** The route that a refused path names as it stands: nothing is done there, but its pages may read the refusal. */
  private asWritten({ authority, path, method, headers }: Exchange): Pipeline {
    const match = this.model.table.match(authority, path, method, headers);
    return match === undefined ? this.noRoute : (this.pipelines[match.route.index] as Pipeline);
  }

  private answerNoRoute(exchange: Exchange): void {
    const allow = this.allow(exchange);
    if (allow.value === '') {
      return replyProblem(exchange, 'no-route', {
        detail: `No route matches ${exchange.method} ${exchange.path}.`,
      });
    }
    replyProblem(exchange, 'method-not-allowed', {
      detail: `${exchange.path} is served for ${allow.value}, not for ${exchange.method}.`,
      headers: [allow],
    });
  }

  private allow(exchange: Exchange): Field {
    return new Field('Allow', this.model.table.allowedMethods(exchange.authority, exchange.path).join(', '));
  }
}

/** What the log knows of a route. */
function noteOf(route: RouteModel): RouteNote {
  const { action } = route;
  return action.kind === 'guard' && action.guard.to.kind === 'open' ? { ...route, urlInPath: true } : route;
}
