/** A worker that lived so long (milliseconds) was sound: what ended it is no crash loop. */
export const SOUND = 60_000;

const FIRST_DELAY = 200;
const MAX_DELAY = 30_000;

/**
 * How long to wait before a worker is started in the place of one that crashed: not at all the first time, then longer
 * each time, so that one that can't live doesn't take the machine's time from those that can.
 * @param crashes how often one crashed in this place without being sound between, this time included
 * @returns milliseconds
 */
export function restartDelay(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(FIRST_DELAY * 2 ** (crashes - 2), MAX_DELAY);
}
