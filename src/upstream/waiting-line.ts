import { Deadline, type TimerWheel } from '../wire/timer-wheel.ts';

/** Who waits in a line. */
export interface Waiter {
  /** Takes what has become free, and then leaves the line; or stays, if there's nothing for this one. */
  serve(): void;
  /** It took too long, or will come to nothing. */
  giveUp(): void;
}

/** How many may wait, and how long. Milliseconds; 0: for ever. */
export interface LineLimits {
  readonly size: number;
  readonly timeout: number;
}

/** Requests that wait for a server with room, first come, first served. */
export class WaitingLine {
  private readonly limits: LineLimits;
  private readonly wheel: TimerWheel;
  private readonly waiters = new Map<Waiter, Deadline>();

  constructor(limits: LineLimits, wheel: TimerWheel) {
    this.limits = limits;
    this.wheel = wheel;
  }

  get length(): number {
    return this.waiters.size;
  }

  /** @returns false if the line is full */
  join(waiter: Waiter): boolean {
    if (this.waiters.size >= this.limits.size) return false;
    const deadline = new Deadline(() => {
      this.waiters.delete(waiter);
      waiter.giveUp();
    });
    this.waiters.set(waiter, deadline);
    this.wheel.arm(deadline, this.limits.timeout);
    return true;
  }

  leave(waiter: Waiter): void {
    const deadline = this.waiters.get(waiter);
    if (deadline === undefined) return;
    this.wheel.remove(deadline);
    this.waiters.delete(waiter);
  }

  /** Something has become free. @param isFree whether there's still something for somebody */
  serve(isFree: () => boolean): void {
    for (const waiter of this.waiters.keys()) {
      if (!isFree()) return;
      waiter.serve();
    }
  }

  /** Nothing will become free. */
  dissolve(): void {
    const waiters = [...this.waiters];
    this.waiters.clear();
    for (const [waiter, deadline] of waiters) {
      this.wheel.remove(deadline);
      waiter.giveUp();
    }
  }
}
