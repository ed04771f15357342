/** A read from the page cache takes a twentieth of this. */
const SLOW = 2;
const SPELL = 1000;

/**
 * Whether reads may be made synchronously. From the page cache they take less time than handing them to a thread; once one
 * has waited for a disk, threads do the waiting for a while.
 */
export class ReadingPace {
  private slowUntil = 0;
  private readonly blocksRead: () => number;
  private blocks: number;

  /** @param blocksRead how many blocks this process has read from disks so far */
  constructor(blocksRead: () => number = () => process.resourceUsage().fsRead) {
    this.blocksRead = blocksRead;
    this.blocks = blocksRead();
  }

  /** Whether a read is likely to be quick. */
  isQuick(): boolean {
    return this.slowUntil === 0 || performance.now() >= this.slowUntil;
  }

  /** A synchronous read took so many milliseconds. */
  took(time: number): void {
    if (time < SLOW) return;
    // Without a block from the disk it wasn't the read that took long: another process had the core.
    const blocks = this.blocksRead();
    if (blocks > this.blocks) this.slowUntil = performance.now() + SPELL;
    this.blocks = blocks;
  }
}
