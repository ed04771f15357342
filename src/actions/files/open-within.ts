import { closeSync, constants, open, readlinkSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';

const openDescriptor = promisify(open);

/** Not blocking: opening a FIFO must not wait for its writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Whether a path without links in it is one that may be read. */
export type Permits = (real: string) => Promise<boolean>;

/**
 * Opens a file for reading if what its path comes to, all links followed, is permitted; undefined if it isn't.
 * @throws the system's error
 */
export type OpenWithin = (path: string, permits: Permits) => Promise<number | undefined>;

/** Resolves the links first, then opens what they came to. Works everywhere. */
export const checkThenOpen: OpenWithin = async (path, permits) => {
  const real = await realpath(path);
  return (await permits(real)) ? openDescriptor(real, FLAGS | (constants.O_NOFOLLOW ?? 0)) : undefined;
};

/**
 * Asks the kernel what has been opened: one step on the disk instead of two, and no moment in between in which a link
 * could be turned elsewhere. procfs lives in memory, so asking it synchronously costs less than a thread's turn.
 */
export const openThenCheck: OpenWithin = async (path, permits) => {
  const fd = await openDescriptor(path, FLAGS);
  let permitted = false;
  try {
    permitted = await permits(readlinkSync(`/proc/self/fd/${fd}`));
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
