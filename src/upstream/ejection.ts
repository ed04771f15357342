import { hasStatus, type EjectModel } from '../config/balancing-model.ts';
import { BackOff } from './back-off.ts';
import { RollingCounts } from './rolling-counts.ts';

/** Whether one server, by how its requests end, had better get none for a while. */
export class Ejection {
  private readonly model: EjectModel;
  private readonly backOff: BackOff;
  private readonly counts: RollingCounts | undefined;
  private inARow = 0;
  /** It has been back since, and no request has succeeded yet. */
  private onProbation = false;
  /** It's left out at the moment. */
  out = false;

  constructor(model: EjectModel) {
    this.model = model;
    this.backOff = new BackOff(model);
    this.counts = model.failureRate > 0 ? new RollingCounts() : undefined;
  }

  /** Whether an answer with this status is a failure. */
  isFailure(status: number): boolean {
    return hasStatus(this.model.statuses, status);
  }

  succeeded(): void {
    this.inARow = 0;
    this.onProbation = false;
    this.counts?.count();
  }

  /** @returns why it should be left out from now on; '' if it needn't */
  failed(): string {
    this.inARow++;
    this.counts?.count();
    this.counts?.mark();
    const { failures, failureRate, minRequests } = this.model;
    if (failures > 0 && this.inARow >= failures) {
      if (this.onProbation) return 'it failed again';
      return this.inARow === 1 ? 'a request failed' : `${this.inARow} requests in a row failed`;
    }
    const { counts } = this;
    if (counts === undefined || counts.counted < minRequests || counts.share < failureRate) return '';
    return `${counts.marked} of ${counts.counted} requests failed within ten seconds`;
  }

  /** @returns for how many milliseconds it's out */
  begin(): number {
    this.out = true;
    return this.backOff.next();
  }

  /** It's back on probation: one more failure, and it's out again for longer. */
  end(): void {
    this.out = false;
    this.backOff.end();
    this.counts?.clear();
    this.inARow = Math.max(0, this.model.failures - 1);
    this.onProbation = true;
  }
}
