import type { BreakerModel } from '../config/balancing-model.ts';
import { BackOff } from './back-off.ts';
import { RollingCounts } from './rolling-counts.ts';

/** `half-open`: a few requests are let through as a trial. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What a request that was let through shows when it ends: it belongs to one state of the breaker. */
export type BreakerPass = number;

/**
 * Refuses requests while an upstream as a whole fails: the client needn't wait for what won't come, and the servers get
 * time to come back. When that time is over, a few requests are let through; if all succeed, everything is as before.
 */
export class CircuitBreaker {
  private readonly model: BreakerModel;
  private readonly changed: (state: BreakerState, reason: string) => void;
  private readonly counts = new RollingCounts();
  private readonly backOff: BackOff;
  private state: BreakerState = 'closed';
  /** Each change of state makes older passes void. */
  private era = 1;
  private openUntil = 0;
  private trialsOut = 0;
  private trialsPassed = 0;

  constructor(model: BreakerModel, changed: (state: BreakerState, reason: string) => void) {
    this.model = model;
    this.changed = changed;
    this.backOff = new BackOff(model);
  }

  /** Lets a request through. @returns its pass, or 0 if it's refused */
  admit(): BreakerPass {
    if (this.state === 'closed') return this.era;
    if (this.state === 'open') {
      if (performance.now() < this.openUntil) return 0;
      this.enter('half-open', 'the time is over');
    }
    if (this.trialsOut + this.trialsPassed >= this.model.trials) return 0;
    this.trialsOut++;
    return this.era;
  }

  /** Whether requests are refused, but for trials. */
  get isOpen(): boolean {
    return this.state !== 'closed';
  }

  /** Whole seconds, one at least, after which asking again makes sense. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.openUntil - performance.now()) / 1000));
  }

  succeeded(pass: BreakerPass): void {
    if (pass !== this.era) return;
    if (this.state === 'closed') this.counts.count();
    else {
      this.trialsOut--;
      if (++this.trialsPassed >= this.model.trials) this.close();
    }
  }

  failed(pass: BreakerPass): void {
    if (pass !== this.era) return;
    if (this.state === 'half-open') return this.open('a trial request failed');
    this.counts.count();
    this.counts.mark();
    const { failureRate, minRequests } = this.model;
    if (this.counts.counted < minRequests || this.counts.share < failureRate) return;
    this.open(`${this.counts.marked} of ${this.counts.counted} requests failed within ten seconds`);
  }

  /** The request ended without saying anything of the upstream: its client left. */
  withdrawn(pass: BreakerPass): void {
    if (pass === this.era && this.state === 'half-open') this.trialsOut--;
  }

  private open(reason: string): void {
    if (this.state === 'half-open') this.backOff.end();
    this.openUntil = performance.now() + this.backOff.next();
    this.enter('open', reason);
  }

  private close(): void {
    this.backOff.end();
    this.counts.clear();
    this.enter('closed', `${this.trialsPassed} trial requests succeeded`);
  }

  private enter(state: BreakerState, reason: string): void {
    this.state = state;
    this.era++;
    this.trialsOut = 0;
    this.trialsPassed = 0;
    this.changed(state, reason);
  }
}
