import { hasStatus } from '../config/balancing-model.ts';
import type { UpstreamModel } from '../config/model.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { TimerWheel } from '../wire/timer-wheel.ts';
import { cookieValue } from '../protocol/cookie.ts';
import { createStrategy } from './balance/index.ts';
import type { Seeker, Strategy } from './balance/strategy.ts';
import { CircuitBreaker, type BreakerState } from './circuit-breaker.ts';
import type { UpstreamEvent, UpstreamListener } from './events.ts';
import { NameBook } from './name-book.ts';
import { RetryBudget } from './retry-budget.ts';
import { Roster } from './roster.ts';
import { cookiesOf, Sticky } from './sticky.ts';
import type { UpstreamServer } from './upstream-server.ts';
import { WaitingLine, type Waiter } from './waiting-line.ts';

const CIRCUIT_EVENTS = { open: 'circuit-open', 'half-open': 'circuit-half-open', closed: 'circuit-closed' } as const;

/** What all exchanges of an upstream share that has servers to choose from, or something to watch over. */
export class Balancer {
  readonly model: UpstreamModel;
  readonly roster: Roster;
  readonly budget: RetryBudget;
  readonly breaker: CircuitBreaker | undefined;
  readonly sticky: Sticky | undefined;
  readonly line: WaitingLine | undefined;
  private readonly names: NameBook | undefined;
  private readonly strategy: Strategy;
  private readonly maxRequests: number;
  private servingLine = false;

  constructor(model: UpstreamModel, wheel: TimerWheel, listener: UpstreamListener) {
    const { balance, breaker, sticky, queue, retries, maxRequests, resolve } = model.balancing;
    this.model = model;
    this.strategy = createStrategy(balance);
    this.sticky = sticky === undefined ? undefined : new Sticky(sticky);
    this.line = queue === undefined ? undefined : new WaitingLine(queue, wheel);
    this.budget = new RetryBudget(retries.budget);
    this.maxRequests = maxRequests;
    const report = (event: UpstreamEvent['event'], reason: string, server?: UpstreamServer): void =>
      listener({ event, upstream: model.name, server: server?.pool.label, reason });
    const circuitChanged = (state: BreakerState, reason: string): void => report(CIRCUIT_EVENTS[state], reason);
    this.breaker = breaker && new CircuitBreaker(breaker, circuitChanged);
    this.roster = new Roster(model, wheel, {
      changed: () => this.rosterChanged(),
      freed: () => this.serveLineSoon(),
      report,
    });
    if (resolve === undefined) this.roster.set(model.servers.map((server) => this.roster.make(server)));
    else this.names = new NameBook(model, resolve, { roster: this.roster, wheel, report });
  }

  /** Whether a server may still be found that isn't known yet. */
  get mayFindServers(): boolean {
    return this.names?.settled === false;
  }

  start(): void {
    this.roster.start();
    this.names?.start();
  }

  /** What a request says of the server that it should go to. */
  seekerOf({ headers, clientAddress }: Pick<Exchange, 'headers' | 'clientAddress'>): Seeker {
    const { balance, sticky } = this.model.balancing;
    const cookies =
      sticky === undefined && !(balance.kind === 'hash' && balance.by === 'cookie') ? '' : cookiesOf(headers);
    let hashed = '';
    if (balance.kind === 'hash') {
      if (balance.by === 'address') hashed = clientAddress;
      else hashed = (balance.by === 'cookie' ? cookieValue(cookies, balance.name) : headers.get(balance.name)) ?? '';
    }
    return { hashed, stuckTo: sticky === undefined ? '' : (cookieValue(cookies, sticky.cookie) ?? '') };
  }

  /**
   * The server for a request.
   * @param tried servers that it has been to
   * @returns undefined if there is none with room
   */
  pick(seeker: Seeker, tried: readonly UpstreamServer[]): UpstreamServer | undefined {
    const { live, spare } = this.roster;
    if (tried.length === 0) {
      return this.choose(live.some((server) => this.isFull(server)) ? this.withRoom(live) : live, seeker);
    }
    const isNew = (server: UpstreamServer): boolean => !tried.includes(server);
    const others = live.filter(isNew);
    return this.choose(this.withRoom(others.length > 0 ? others : spare.filter(isNew)), seeker);
  }

  /** Whether there's a server that the request hasn't been to, with or without room. */
  hasOther(tried: readonly UpstreamServer[]): boolean {
    const { live, spare } = this.roster;
    const isNew = (server: UpstreamServer): boolean => !tried.includes(server);
    return live.some(isNew) || spare.some(isNew);
  }

  /** Whether an answer with this status is one to send the request again after. */
  isRepeated(status: number): boolean {
    return hasStatus(this.model.balancing.retries.statuses, status);
  }

  /** Has a request wait for a server with room. @returns false if it can't */
  enqueue(waiter: Waiter): boolean {
    if (this.line?.join(waiter) !== true) return false;
    // There may be room that those who wait already have no use for.
    this.serveLineSoon();
    return true;
  }

  close(): void {
    this.names?.stop();
    this.roster.close();
  }

  destroy(): void {
    this.line?.dissolve();
    this.roster.destroy();
  }

  private choose(servers: readonly UpstreamServer[], seeker: Seeker): UpstreamServer | undefined {
    if (servers.length === 0) return undefined;
    return this.sticky?.find(servers, seeker) ?? this.strategy.pick(servers, seeker);
  }

  private withRoom(servers: readonly UpstreamServer[]): readonly UpstreamServer[] {
    return servers.filter((server) => !this.isFull(server));
  }

  private isFull(server: UpstreamServer): boolean {
    return this.maxRequests > 0 && server.busy >= this.maxRequests;
  }

  private hasRoom(): boolean {
    return this.roster.live.some((server) => !this.isFull(server));
  }

  private rosterChanged(): void {
    if (this.line === undefined || this.line.length === 0) return;
    if (this.roster.live.length === 0 && !this.mayFindServers) this.line.dissolve();
    else this.serveLineSoon();
  }

  /**
   * Not at once: a connection that has just become free is still looking whether more bytes came than it asked for, and
   * wouldn't see it any more with the next request on it.
   */
  private serveLineSoon(): void {
    const { line } = this;
    if (line === undefined || line.length === 0 || this.servingLine) return;
    this.servingLine = true;
    queueMicrotask(() => {
      this.servingLine = false;
      line.serve(() => this.hasRoom());
    });
  }
}
