import { RollingCounts } from './rolling-counts.ts';

/** Requests within ten seconds that may be sent again whatever the share, so that it works where few come. */
const RESERVE = 100;

/**
 * How many requests may be sent once more. While everything fails, retries would multiply the load on those who can bear it
 * least; with a budget they add no more than its share.
 */
export class RetryBudget {
  private readonly share: number;
  private readonly requests = new RollingCounts();

  /** @param share of the requests of the last ten seconds, from 0 to 1 */
  constructor(share: number) {
    this.share = share;
  }

  /** A request came, for the first time. */
  note(): void {
    this.requests.count();
  }

  /** Takes one retry out of the budget. @returns false if it's used up */
  take(): boolean {
    const { requests, share } = this;
    if (requests.marked >= RESERVE + share * requests.counted) return false;
    requests.mark();
    return true;
  }
}
