import { describe, expect, it } from 'vitest';
import { ChunkBuffers } from './chunk-buffers.ts';

const PLENTY = 1024 * 1024;

describe('buffers for chunks', () => {
  it('are used again', () => {
    const buffers = new ChunkBuffers();
    const first = buffers.take(PLENTY);
    expect(buffers.take(PLENTY)).not.toBe(first);
    buffers.give(first);
    expect(buffers.take(PLENTY)).toBe(first);
  });

  it('are small for those who come when many are lent, until one comes back', () => {
    const buffers = new ChunkBuffers();
    const lent = Array.from({ length: 10_000 }, () => buffers.take(PLENTY));
    expect(lent.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(10_000 * 72 * 1024);
    expect(lent.at(-1)?.length).toBeLessThan(lent[0]?.length ?? 0);
    buffers.give(lent[0] as Buffer);
    expect(buffers.take(PLENTY)).toBe(lent[0]);
    for (const buffer of lent.slice(0, 5000)) buffers.give(buffer);
    for (const buffer of lent.slice(5000)) buffers.drop(buffer);
    expect(buffers.lentLarge).toBe(0);
  });

  it('are small for the end of a file', () => {
    const buffers = new ChunkBuffers();
    const end = buffers.take(10);
    expect(end.length).toBeLessThan(buffers.take(PLENTY).length);
    buffers.give(end);
    expect(buffers.take(10)).toBe(end);
  });
});
