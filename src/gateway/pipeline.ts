import type { Filter } from '../features/filter.ts';
import type { Action, Door, Exchange, RouteNote } from '../wire/exchange.ts';
import { failExchange } from '../wire/problem.ts';

type RequestPhase = NonNullable<Filter['request']>;

/** Filters ready to run, for all routes that have the same: with thousands of routes what they share stays in the caches. */
export class FilterChain {
  readonly requestPhases: readonly RequestPhase[];
  readonly door: Door;

  constructor(filters: readonly Filter[]) {
    this.requestPhases = filters.flatMap(({ request }) => (request === undefined ? [] : [request]));
    // Out through the filters in the opposite order: the first, cors, has the last word.
    const phases = filters.flatMap(({ response }) => (response === undefined ? [] : [response])).reverse();
    this.door = (exchange, status, headers) => {
      try {
        for (let i = 0; i < phases.length; i++) (phases[i] as (typeof phases)[number])(exchange, status, headers);
      } catch (error) {
        // The response is on its way, maybe out of a socket's callback, where a throw would end the process.
        exchange.onError(exchange, error);
      }
    };
  }
}

/** A route ready to run: its filters' request phases, its action, and the door that all its responses leave through. */
export class Pipeline {
  readonly route: RouteNote | undefined;
  private readonly filters: FilterChain;
  private readonly action: Action;

  constructor(route: RouteNote | undefined, filters: FilterChain, action: Action) {
    this.route = route;
    this.filters = filters;
    this.action = action;
  }

  /** Puts the exchange under this route's door without running anything: for answers of the gateway's own. */
  claim(exchange: Exchange): void {
    exchange.route = this.route;
    exchange.door = this.filters.door;
  }

  run(exchange: Exchange): void {
    this.claim(exchange);
    try {
      this.runFrom(exchange, 0);
    } catch (error) {
      // A bug of ours or of a plug-in costs this exchange, never the process.
      failExchange(exchange, error);
    }
  }

  /** Runs the request phases from `index` on, then the action; goes on later only if a phase truly waits. */
  private runFrom(exchange: Exchange, index: number): void {
    const phases = this.filters.requestPhases;
    for (let i = index; i < phases.length; i++) {
      const answered = (phases[i] as RequestPhase)(exchange);
      if (answered === true) return;
      if (answered !== false) {
        answered
          .then((done) => {
            if (!done && !exchange.finished) this.runFrom(exchange, i + 1);
          })
          .catch((error: unknown) => failExchange(exchange, error));
        return;
      }
    }
    this.action(exchange);
  }
}
