/** What became of one place where authorities are kept. */
export interface Outcome {
  /** As people know it. */
  readonly store: string;
  readonly result: 'trusted' | 'removed' | 'absent' | 'to-do' | 'failed';
  /** Why it isn't done, in a few words; '' if it is. */
  readonly reason: string;
  /** What to run for it to be done, '' for nothing. */
  readonly command: string;
}

/** It is as it was to be. */
export function done(store: string, result: 'trusted' | 'removed' | 'absent'): Outcome {
  return { store, result, reason: '', command: '' };
}

/** A word as a shell has to be given it. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
