import type { Random } from '../../fixtures/random.ts';

/** The bytes in pieces of random length. */
export function cutAtRandom(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = random.pick([2, 5, 20, 100]);
  for (let at = 0; at < bytes.length;) {
    const next = at + 1 + random.int(longest);
    pieces.push(bytes.subarray(at, next));
    at = next;
  }
  return pieces;
}

export function cutIntoBytes(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
}
