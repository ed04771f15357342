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

/** A socket's option `onread`. */
export interface ReadOptions {
  readonly buffer: () => Buffer;
  readonly callback: (bytes: number, buffer: Uint8Array) => boolean;
}

/**
 * Has a socket read into buffers of the reader's choice. Node asks for one when it opens a connection, and after each
 * read; where it's the same again, the answer is nothing, which saves Node from looking up the buffer's memory.
 *
 * @param next gives the buffer for the next read
 * @param received takes the bytes of one; false pauses the socket
 */
export function readOptions(next: () => Buffer, received: (buffer: Buffer, bytes: number) => boolean): ReadOptions {
  let current: Buffer | undefined = undefined;
  let afterRead = false;
  const buffer = (): Buffer | undefined => {
    const known = afterRead ? current : undefined;
    afterRead = false;
    current = next();
    return current === known ? undefined : current;
  };
  const callback = (bytes: number, into: Uint8Array): boolean => {
    afterRead = true;
    return received(into as Buffer, bytes);
  };
  // Node's types don't know that the answer may be nothing.
  return { buffer: buffer as () => Buffer, callback };
}
