/** Seconds: from what a gateway answers by itself to what a patient client waits for. */
export const DURATION_BOUNDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Counts durations in buckets. */
export class DurationHistogram {
  readonly counts = new Float64Array(DURATION_BOUNDS.length + 1);
  /** Seconds. */
  sum = 0;

  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    this.sum += seconds;
    let bucket = 0;
    while (bucket < DURATION_BOUNDS.length && seconds > (DURATION_BOUNDS[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
  }
}
