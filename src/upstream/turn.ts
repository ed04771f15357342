import type { ProblemCode } from '../diagnostics/catalogue/problems.ts';
import { hasStatus } from '../config/balancing-model.ts';
import type { Exchange } from '../wire/exchange.ts';
import type { HeaderList } from '../wire/header-list.ts';
import type { ClientFailure } from '../wire/http1/client-connection.ts';
import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';
import type { Seeker } from './balance/strategy.ts';
import type { Balancer } from './balancer.ts';
import type { UpstreamServer } from './upstream-server.ts';
import type { Waiter } from './waiting-line.ts';

/** Who takes an exchange to a server. */
export interface Rider {
  /** Takes it there: the first time, or once more. */
  go(server: UpstreamServer): void;
  /** There's no server for it. @param retryAfter seconds */
  refuse(code: ProblemCode, retryAfter: number): void;
}

/** Whose turn it is. */
export interface TurnParts {
  readonly exchange: Exchange;
  readonly seeker: Seeker;
  readonly rider: Rider;
  readonly wheel: TimerWheel;
}

/** Whether a request is still there as a whole, and whether it does no harm to send it to two servers. */
export interface MayRepeat {
  readonly whole: boolean;
  readonly harmless: boolean;
}

/** The shortest pause before the same server is asked again, in milliseconds, and the longest. */
const MIN_PAUSE = 25;
const MAX_PAUSE = 100;

/** Seconds. What is full now may not be in a moment. */
const SOON = 1;

const NONE: readonly UpstreamServer[] = [];

/** One exchange's way through a balanced upstream: where it has been, and what that says of servers and upstream. */
export class Turn implements Waiter {
  private readonly balancer: Balancer;
  private readonly rider: Rider;
  private readonly exchange: Exchange;
  private readonly wheel: TimerWheel;
  private readonly seeker: Seeker;
  /** The circuit breaker's; 0: it has been told, or there is none. */
  private pass = 0;
  private tried: readonly UpstreamServer[] = NONE;
  private server: UpstreamServer | undefined = undefined;
  private repeats = 0;
  private pause: Deadline | undefined = undefined;
  /** The server has been told how its part ended. */
  private told = false;

  constructor(balancer: Balancer, { exchange, seeker, rider, wheel }: TurnParts) {
    this.balancer = balancer;
    this.exchange = exchange;
    this.seeker = seeker;
    this.rider = rider;
    this.wheel = wheel;
  }

  /** Finds a server, at once or in a while, or refuses. */
  begin(): void {
    const { breaker, budget, line, roster } = this.balancer;
    if (breaker !== undefined) {
      this.pass = breaker.admit();
      if (this.pass === 0) return this.rider.refuse('circuit-open', breaker.retryAfter);
    }
    budget.note();
    // Those who came before go first.
    const server = line !== undefined && line.length > 0 ? undefined : this.balancer.pick(this.seeker, NONE);
    if (server !== undefined) return this.ride(server);
    if (roster.live.length === 0 && !this.balancer.mayFindServers) return this.giveUp();
    if (!this.balancer.enqueue(this)) this.giveUp();
  }

  // ---- waiting (Waiter) -------------------------------------------------------------------------------------------------

  serve(): void {
    const server = this.balancer.pick(this.seeker, this.tried);
    if (server === undefined) return;
    this.balancer.line?.leave(this);
    this.ride(server);
  }

  giveUp(): void {
    const isEmpty = this.balancer.roster.live.length === 0;
    if (isEmpty) this.rider.refuse('no-healthy-server', this.returnTime());
    else this.rider.refuse('no-free-server', SOON);
  }

  // ---- how it went --------------------------------------------------------------------------------------------------------

  /**
   * The attempt came to nothing.
   * @returns whether it goes on: to another server, at once or in a while
   */
  failed(mayRepeat: MayRepeat, failure: Pick<ClientFailure, 'code' | 'unsent'>): boolean {
    const { server, balancer } = this;
    // Descriptors that we have run out of say nothing of the server.
    if (server !== undefined && failure.code !== 'too-many-connections') this.tell(server, false);
    if (!mayRepeat.whole || server === undefined) return false;
    this.tried = [...this.tried, server];
    // Nobody has seen it: going to a server that it hasn't been to costs nobody anything.
    if (failure.unsent) return balancer.hasOther(this.tried) && this.again();
    return mayRepeat.harmless && this.repeat();
  }

  /** Whether an answer with this status is one to send the request again after. */
  isRepeated(status: number): boolean {
    return this.balancer.isRepeated(status);
  }

  /** Such an answer came. @returns whether the request goes to a server once more instead of the answer to the client */
  repeatsAfter(mayRepeat: MayRepeat, status: number): boolean {
    const { server } = this;
    if (server === undefined || !mayRepeat.whole || !mayRepeat.harmless) return false;
    this.tried = [...this.tried, server];
    if (server.ejection?.isFailure(status) === true) this.tell(server, false);
    return this.repeat();
  }

  /** The answer's head goes to the client. */
  answered(status: number, headers: HeaderList): void {
    const { balancer, server, exchange, seeker } = this;
    if (server === undefined) return;
    const { breaker } = balancer.model.balancing;
    if (breaker !== undefined) this.end(hasStatus(breaker.statuses, status) ? 'failed' : 'succeeded');
    if (server.ejection?.isFailure(status) === true) this.tell(server, false);
    balancer.sticky?.mark(headers, server, { ...seeker, encrypted: exchange.scheme === 'https' });
  }

  /** The answer came to its end. */
  completed(): void {
    if (this.server !== undefined) this.tell(this.server, true);
  }

  /** The client gets an error of the gateway's own, through the upstream's fault. */
  abandoned(): void {
    this.end('failed');
  }

  /** Nothing more will come of it. */
  leave(): void {
    this.end('withdrawn');
    this.balancer.line?.leave(this);
    if (this.pause !== undefined) this.wheel.remove(this.pause);
  }

  // ---- once more ------------------------------------------------------------------------------------------------------------

  private repeat(): boolean {
    const { balancer } = this;
    const { attempts } = balancer.model.balancing.retries;
    if (this.repeats >= attempts || balancer.roster.live.length === 0 || !balancer.budget.take()) return false;
    this.repeats++;
    if (balancer.hasOther(this.tried)) return this.again();
    // All have been asked. The next is asked again, but not in the same moment.
    this.tried = NONE;
    this.pause ??= new Deadline(() => {
      if (!this.again()) this.giveUp();
    });
    this.wheel.arm(this.pause, MIN_PAUSE + Math.random() * (MAX_PAUSE - MIN_PAUSE));
    return true;
  }

  private again(): boolean {
    const server = this.balancer.pick(this.seeker, this.tried);
    if (server === undefined) return this.balancer.enqueue(this);
    this.ride(server);
    return true;
  }

  private ride(server: UpstreamServer): void {
    this.server = server;
    this.told = false;
    this.exchange.attempts++;
    this.rider.go(server);
  }

  private tell(server: UpstreamServer, success: boolean): void {
    if (this.told) return;
    this.told = true;
    const { roster } = this.balancer;
    if (success) roster.succeeded(server);
    else roster.failed(server);
  }

  private end(how: 'succeeded' | 'failed' | 'withdrawn'): void {
    const { pass } = this;
    this.pass = 0;
    if (pass > 0) this.balancer.breaker?.[how](pass);
  }

  /** Seconds after which a health check may have brought a server back. */
  private returnTime(): number {
    const { healthCheck } = this.balancer.model.balancing;
    return Math.max(SOON, Math.ceil((healthCheck?.interval ?? 0) / 1000));
  }
}
