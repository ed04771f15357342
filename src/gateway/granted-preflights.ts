/** How many are remembered. */
const MOST = 256;
/** Longer ones aren't worth it. */
const LONGEST = 500;
/** Milliseconds. Two calls at once send two preflights before either request. */
const SOON = 1000;

/**
 * Preflights that were granted, until their request comes. One that comes again instead was refused by the browser: it
 * saw what the gateway can't, that the page asks with credentials.
 */
export class GrantedPreflights {
  private readonly waiting = new Map<string, number>();

  /** Notes one that is granted. @returns whether it was before, and no request followed */
  grant(key: string): boolean {
    const now = performance.now();
    const before = this.waiting.get(key);
    if (before !== undefined && now - before < SOON) return false;
    this.waiting.delete(key);
    if (key.length > LONGEST) return false;
    for (const oldest of this.waiting.keys()) {
      if (this.waiting.size < MOST) break;
      this.waiting.delete(oldest);
    }
    this.waiting.set(key, now);
    return before !== undefined;
  }

  /** Its request came. */
  used(key: string): void {
    this.waiting.delete(key);
  }
}
