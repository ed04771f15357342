/** What a server that has just come back gets of its share: enough to fill its caches, too little to fall over. */
const FIRST = 0.1;

/** Slow start: a server's share of the requests grows evenly from a tenth to the whole. */
export class WarmUp {
  private readonly duration: number;
  private endsAt = 0;

  /** @param duration milliseconds; 0: it has its whole share at once */
  constructor(duration: number) {
    this.duration = duration;
  }

  begin(): void {
    this.endsAt = this.duration === 0 ? 0 : performance.now() + this.duration;
  }

  /** From a tenth to 1. */
  get share(): number {
    if (this.endsAt === 0) return 1;
    const left = this.endsAt - performance.now();
    if (left <= 0) {
      this.endsAt = 0;
      return 1;
    }
    return Math.max(FIRST, 1 - left / this.duration);
  }
}
