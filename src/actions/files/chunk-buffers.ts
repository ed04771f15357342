/** Few system calls, and all of it is still in the core's cache when it's written. */
const LARGE = 256 * 1024;
/** For the end of a file, and for whoever comes while others hold all the large ones. */
const SMALL = 64 * 1024;
const MAX_LARGE = 128;
/** As many wait for their next use. A fresh one costs the kernel several times what reading into it does. */
const MAX_IDLE = 16;

/**
 * Buffers to read files into, used again and again. Only so many large ones are lent at a time, so that thousands of slow
 * readers hold no more than the wire lets anybody leave unsent.
 */
export class ChunkBuffers {
  /** How many large buffers others hold. */
  lentLarge = 0;
  private readonly large: Buffer[] = [];
  private readonly small: Buffer[] = [];

  /** A buffer for the next of so many bytes. Whoever takes it gives it back or drops it. */
  take(remaining: number): Buffer {
    if (remaining <= 2 * SMALL || this.lentLarge === MAX_LARGE) {
      return this.small.pop() ?? Buffer.allocUnsafeSlow(SMALL);
    }
    this.lentLarge++;
    return this.large.pop() ?? Buffer.allocUnsafeSlow(LARGE);
  }

  /** Takes back a buffer that nobody reads or writes any more. */
  give(buffer: Buffer): void {
    const isLarge = buffer.length === LARGE;
    if (isLarge) this.lentLarge--;
    const idle = isLarge ? this.large : this.small;
    if (idle.length < MAX_IDLE) idle.push(buffer);
  }

  /** Leaves a buffer, of which nobody will say when it's free, to the garbage collector. */
  drop(buffer: Buffer): void {
    if (buffer.length === LARGE) this.lentLarge--;
  }
}
