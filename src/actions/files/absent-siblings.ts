const LIFETIME = 1000;
const MAX_ENTRIES = 10_000;

/**
 * Remembers for a second which compressed siblings don't exist, so that a frontend without any doesn't pay for three
 * failed look-ups with every file.
 */
export class AbsentSiblings {
  private readonly until = new Map<string, number>();

  /** Whether a look-up failed a moment ago. */
  has(key: string): boolean {
    const until = this.until.get(key);
    if (until === undefined) return false;
    if (until > performance.now()) return true;
    this.until.delete(key);
    return false;
  }

  /** Remembers that there's nothing at `key`. */
  add(key: string): void {
    if (this.until.size >= MAX_ENTRIES) this.until.clear();
    this.until.set(key, performance.now() + LIFETIME);
  }
}
