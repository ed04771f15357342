const READ_SIZE = 64 * 1024;
/** How many buffers wait for their next body: those of a burst beyond it are left to the garbage collector. */
const MAX_SPARE = 64;

/**
 * Every socket reads heads and small bodies into this one: whatever is kept of it is copied before the next read. A
 * buffer for each read, which is what Node does by itself, costs an eighth of a small exchange.
 */
export const sharedBuffer = Buffer.allocUnsafeSlow(READ_SIZE);

/** Buffers for bodies go round: a fresh one for each read costs page faults, and garbage by the gigabyte. */
const spare: Buffer[] = [];

/** A buffer to read a body into, that one connection has to itself. */
export function takeBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(READ_SIZE);
}

/** Gives back a buffer of which no piece is held by anybody, and which no socket reads into any more. */
export function giveBuffer(buffer: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(buffer);
}

/**
 * For a socket's option `onread`: the buffer to read into, asked for after each read. Where it's the same again, nothing
 * is said, which Node takes for that, and which saves it from looking up the buffer's memory at each read.
 */
export function changedBuffer(next: () => Buffer): () => Buffer {
  let current: Buffer | undefined = undefined;
  const changed = (): Buffer | undefined => {
    const buffer = next();
    if (buffer === current) return undefined;
    current = buffer;
    return buffer;
  };
  // The types of `onread` don't know that it may say nothing.
  return changed as () => Buffer;
}
