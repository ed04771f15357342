import { closeSync, readSync, type Stats } from 'node:fs';
import type { Representation } from './representation.ts';

/** The wire puts a body of this size behind its head as text: it's made once then and not with each response. */
const TEXT = 16 * 1024;

/**
 * A regular file below the root in one state, ready to be read: by its descriptor, or from memory. Whoever got it closes
 * it, which does nothing to one in memory.
 */
export class OpenFile {
  /** The path it was asked for by, below the root. */
  readonly segments: readonly string[];
  readonly size: number;
  /** Modification time in milliseconds, with fractions. */
  readonly modified: number;
  /** When anything about it was changed last, likewise: no program can set that back. */
  readonly changed: number;
  readonly inode: number;
  /** `st_dev` */
  readonly device: number;
  /** Whether it's on a disk of this machine. */
  readonly local: boolean;
  /** -1 once it's closed. */
  fd: number;
  /** All of it, if it was read into memory: as text, one char a byte, if it's small enough to leave behind its head. */
  content: Buffer | string | undefined = undefined;
  /** How it's sent as what was asked for, and as a compressed sibling: made once for a file in memory. */
  asItself: Representation | undefined = undefined;
  asSibling: Representation | undefined = undefined;
  /** Of a file in memory: until when it has no sibling of the coding with this index, in the time of `performance.now()`. */
  readonly aloneUntil: number[] = [];

  constructor(fd: number, stats: Stats, place: { segments: readonly string[]; local: boolean }) {
    this.fd = fd;
    this.segments = place.segments;
    this.local = place.local;
    this.size = stats.size;
    this.modified = stats.mtimeMs;
    this.changed = stats.ctimeMs;
    this.inode = stats.ino;
    this.device = stats.dev;
  }

  /** Whether what these figures are of is this file, unchanged. */
  isStill(stats: Stats): boolean {
    return (
      stats.ino === this.inode &&
      stats.ctimeMs === this.changed &&
      stats.mtimeMs === this.modified &&
      stats.size === this.size &&
      stats.dev === this.device
    );
  }

  /** Reads all of it into memory and closes it; leaves it open and says false if that fails or it has shrunk. */
  load(): boolean {
    const content = Buffer.allocUnsafeSlow(this.size);
    if (!this.fill(content, 0)) return false;
    this.content = this.size <= TEXT ? content.toString('latin1') : content;
    this.close();
    return true;
  }

  /** Reads into a whole buffer from a position on. @returns false if the file can't be read or is too short by now */
  fill(buffer: Buffer, position: number): boolean {
    try {
      return readSync(this.fd, buffer, 0, buffer.length, position) === buffer.length;
    } catch {
      return false;
    }
  }

  /** Nothing was written to it, so nothing can be lost and there's nothing to wait for. */
  close(): void {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    closeSync(fd);
  }
}
