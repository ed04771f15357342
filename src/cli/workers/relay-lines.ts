import type { Readable } from 'node:stream';

/** Where lines go on to. */
export interface RelayTarget {
  write(data: Uint8Array, done?: () => void): unknown;
  readonly writableLength?: number;
}

/** With more than this waiting for a slow reader nothing more is read: the workers then drop lines, and count them. */
const MAX_WAITING = 1024 * 1024;
const LF = 0x0a;

/**
 * Passes on what a process writes, in whole lines. Processes that share a pipe can't do so themselves: beyond 4 KiB, or
 * when the reader is slow, the system takes a part of a write and then another process's.
 */
export function relayLines(source: Readable, target: RelayTarget): void {
  let begun: Buffer[] = [];
  const write = (...parts: readonly Buffer[]): void => {
    const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    if ((target.writableLength ?? 0) <= MAX_WAITING) {
      target.write(data);
    } else {
      source.pause();
      target.write(data, () => source.resume());
    }
  };
  source.on('data', (chunk: Buffer) => {
    const end = chunk.lastIndexOf(LF) + 1;
    if (end > 0) {
      write(...begun, chunk.subarray(0, end));
      begun = [];
    }
    if (end < chunk.length) begun.push(chunk.subarray(end));
  });
  // Killed in the middle of a line.
  source.once('end', () => {
    if (begun.length > 0) write(...begun, Buffer.of(LF));
  });
}
