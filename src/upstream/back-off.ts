/** How long something lasts, and the longest that it may. Milliseconds. */
export interface BackOffLimits {
  readonly for: number;
  readonly maxFor: number;
}

/** Twice as long each time, until it has been well for as long as it was ill last time. */
export class BackOff {
  private readonly limits: BackOffLimits;
  private last = 0;
  private endedAt = 0;

  constructor(limits: BackOffLimits) {
    this.limits = limits;
  }

  /** Begins another time. @returns how long it lasts, in milliseconds */
  next(): number {
    const well = performance.now() - this.endedAt;
    this.last = this.last === 0 || well > this.last ? this.limits.for : Math.min(this.last * 2, this.limits.maxFor);
    return this.last;
  }

  /** That time is over. */
  end(): void {
    this.endedAt = performance.now();
  }
}
