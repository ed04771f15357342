import type { JwkModel } from '../../../config/model.ts';

/** Keys that were there together. What was verified with them counts as long as they do. */
export interface KeySet {
  readonly keys: readonly JwkModel[];
}

/** Where keys come from. */
export interface KeySource {
  /** Those that count now; undefined if none do. Never waits. */
  readonly current: KeySet | undefined;
  /** Those that count, got first if need be; undefined if they can't be got. A promise only where it truly waits. */
  keys(): KeySet | Promise<KeySet | undefined> | undefined;
  /** For a token whose key isn't in that set: a newer one, or why there's none. */
  newerThan(set: KeySet): Promise<KeySet | 'none' | 'unavailable'>;
  /** Why keys can't be got, for the log. */
  readonly failure: string;
}

/** Keys that stand in the config. */
export class StaticKeys implements KeySource {
  readonly current: KeySet;
  readonly failure = '';

  constructor(keys: readonly JwkModel[]) {
    this.current = { keys };
  }

  keys(): KeySet {
    return this.current;
  }

  newerThan(): Promise<'none'> {
    return Promise.resolve('none');
  }
}
