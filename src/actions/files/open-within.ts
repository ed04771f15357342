import { closeSync, constants, openSync, readlinkSync, realpathSync } from 'node:fs';

/** Not blocking: opening a FIFO must not wait for its writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Whether a path without links in it is one that may be read. */
export type Permits = (real: string) => boolean;

/**
 * Opens a file for reading if what its path comes to, all links followed, is permitted; undefined if it isn't.
 * @throws the system's error
 */
export type OpenWithin = (path: string, permits: Permits) => number | undefined;

/** Resolves the links first, then opens what they came to. Works everywhere. */
export const checkThenOpen: OpenWithin = (path, permits) => {
  const real = realpathSync.native(path);
  return permits(real) ? openSync(real, FLAGS | (constants.O_NOFOLLOW ?? 0)) : undefined;
};

/**
 * Asks the kernel what has been opened: one step on the disk instead of two, and no moment in between in which a link
 * could be turned elsewhere.
 */
export const openThenCheck: OpenWithin = (path, permits) => {
  const fd = openSync(path, FLAGS);
  let permitted = false;
  try {
    permitted = permits(readlinkSync(`/proc/self/fd/${fd}`));
  } finally {
    if (!permitted) closeSync(fd);
  }
  return permitted ? fd : undefined;
};

/** The better of the two for this system; procfs may be missing on a Linux too. */
export function bestOpenWithin(): OpenWithin {
  try {
    readlinkSync('/proc/self/fd/0');
    return process.platform === 'linux' ? openThenCheck : checkThenOpen;
  } catch {
    return checkThenOpen;
  }
}
