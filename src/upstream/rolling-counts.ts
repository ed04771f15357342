const BUCKETS = 10;
/** Milliseconds of one bucket; all together are the last ten seconds. */
const BUCKET = 1000;

/** Counts what happened within the last ten seconds, and what of it was marked: failed, or sent again. */
export class RollingCounts {
  private readonly all = new Int32Array(BUCKETS);
  private readonly marks = new Int32Array(BUCKETS);
  private second = Math.floor(performance.now() / BUCKET);
  private sum = 0;
  private markedSum = 0;

  count(): void {
    this.roll();
    this.all[this.second % BUCKETS]!++;
    this.sum++;
  }

  /** Marks one, whether counted just now or before. */
  mark(): void {
    this.roll();
    this.marks[this.second % BUCKETS]!++;
    this.markedSum++;
  }

  get counted(): number {
    this.roll();
    return this.sum;
  }

  get marked(): number {
    this.roll();
    return this.markedSum;
  }

  /** What is marked of what was counted, from 0 to 1; 0 for nothing. */
  get share(): number {
    this.roll();
    return this.sum === 0 ? 0 : this.markedSum / this.sum;
  }

  clear(): void {
    this.all.fill(0);
    this.marks.fill(0);
    this.sum = 0;
    this.markedSum = 0;
  }

  /** Forgets what is older than ten seconds. */
  private roll(): void {
    const now = Math.floor(performance.now() / BUCKET);
    if (now === this.second) return;
    if (now - this.second >= BUCKETS) this.clear();
    else for (let second = this.second + 1; second <= now; second++) this.forget(second % BUCKETS);
    this.second = now;
  }

  private forget(bucket: number): void {
    this.sum -= this.all[bucket]!;
    this.markedSum -= this.marks[bucket]!;
    this.all[bucket] = 0;
    this.marks[bucket] = 0;
  }
}
