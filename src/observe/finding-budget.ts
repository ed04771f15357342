/** Findings put into words within a second: more than a person reads, less than a flood costs. */
const PER_SECOND = 50;

/** Keeps a flood of refused requests from costing more than the requests themselves do. */
export class FindingBudget {
  private second = 0;
  private left = PER_SECOND;

  /** Finds, as long as this second's budget lasts. What finds nothing costs nothing of it. */
  take<T>(find: () => T | undefined): T | undefined {
    const second = Math.floor(performance.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.left = PER_SECOND;
    }
    if (this.left === 0) return undefined;
    const found = find();
    if (found !== undefined) this.left--;
    return found;
  }
}
