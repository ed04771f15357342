import { fstatSync, openSync, closeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { FileMemory } from './file-memory.ts';
import { OpenFile } from './open-file.ts';

const LIMITS = { total: 100_000, file: 50_000, files: 4, turnover: 60_000 };

/** A file that claims to be so large. */
function entry(size: number) {
  const fd = openSync(fileURLToPath(import.meta.url), 'r');
  const file = new OpenFile(-1, Object.assign(fstatSync(fd), { size }), { segments: [], local: true });
  closeSync(fd);
  return { file, root: '/', provenUntil: 0, used: false };
}

function filled(...paths: string[]): FileMemory {
  const memory = new FileMemory(LIMITS);
  for (const path of paths) {
    expect(memory.makeRoom(20_000)).toBe(true);
    memory.put(path, entry(20_000));
  }
  return memory;
}

const kept = (memory: FileMemory) =>
  ['a', 'b', 'c', 'd', 'e'].filter((path) => memory.get(path) !== undefined).join('');

describe('the memory for files', () => {
  it('has no room for a file that is too large', () => {
    expect(filled().makeRoom(LIMITS.file + 1)).toBe(false);
  });

  it('keeps as many bytes as it may, and gives up the oldest', () => {
    const memory = filled('a', 'b', 'c');
    expect(memory.makeRoom(45_000)).toBe(true);
    expect(kept(memory)).toBe('bc');
  });

  it('keeps as many files as it may', () => {
    expect(kept(filled('a', 'b', 'c', 'd', 'e'))).toBe('bcde');
  });

  it('gives what was used a second chance, once', () => {
    const memory = filled('a', 'b', 'c', 'd');
    for (const path of ['a', 'b']) (memory.get(path) as { used: boolean }).used = true;
    memory.makeRoom(20_000);
    expect(kept(memory)).toBe('abd');
    memory.makeRoom(70_000 - 22_000);
    expect(kept(memory)).toBe('ab');
  });

  it('makes room even if all were used', () => {
    const memory = filled('a', 'b', 'c', 'd');
    for (const path of ['a', 'b', 'c', 'd']) (memory.get(path) as { used: boolean }).used = true;
    expect(memory.makeRoom(20_000)).toBe(true);
    expect(kept(memory)).toBe('bcd');
  });

  it('replaces only so much in a second', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    vi.advanceTimersByTime(5000);
    const memory = filled('a', 'b', 'c', 'd');
    expect(memory.makeRoom(45_000)).toBe(true);
    memory.put('e', entry(45_000));
    expect(memory.makeRoom(45_000)).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(memory.makeRoom(45_000)).toBe(true);
    vi.useRealTimers();
  });

  it('counts a file that is put again once', () => {
    const memory = filled('a', 'b');
    for (let i = 0; i < 10; i++) memory.put('a', entry(20_000));
    expect(memory.makeRoom(45_000)).toBe(true);
    expect(kept(memory)).toBe('ab');
  });
});
