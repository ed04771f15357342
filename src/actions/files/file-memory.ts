import type { OpenFile } from './open-file.ts';

/** Limits of a `FileMemory`, in bytes but for `files`. */
export interface MemoryLimits {
  /** All content together. */
  readonly total: number;
  /** The largest file that is kept. */
  readonly file: number;
  /** How many files. */
  readonly files: number;
  /** As much is replaced in a second: a site too large for the memory isn't read into it over and over. */
  readonly turnover: number;
}

const LIMITS: MemoryLimits = {
  total: 32 * 1024 * 1024,
  file: 1024 * 1024,
  files: 10_000,
  turnover: 4 * 1024 * 1024,
};

/** What a file costs besides its content. */
const OVERHEAD = 2048;

/** A file in memory, and what was found out about its path. */
export interface Entry {
  readonly file: OpenFile;
  /** The root that it was found below: another may not hold it though its path is the same. */
  readonly root: string;
  /** Until when it needn't be proved again that it lies below the root, in the time of `performance.now()`. */
  provenUntil: number;
  /** Asked for since somebody last looked for room. */
  used: boolean;
}

/** Files read into memory, by path. Whether a file is still the same is for the reader to find out. */
export class FileMemory {
  private readonly entries = new Map<string, Entry>();
  private readonly limits: MemoryLimits;
  private bytes = 0;
  private replaced = 0;
  private secondBegan = 0;

  constructor(limits: MemoryLimits = LIMITS) {
    this.limits = limits;
  }

  get(path: string): Entry | undefined {
    return this.entries.get(path);
  }

  /** Makes room for a file of this size. @returns false if there's none for it now */
  makeRoom(size: number): boolean {
    const { total, file, files, turnover } = this.limits;
    if (size > file) return false;
    this.countSeconds();
    // Whoever was used gets a second chance, once.
    for (let left = 2 * this.entries.size; left >= 0; left--) {
      if (this.bytes + size + OVERHEAD <= total && this.entries.size < files) return true;
      if (this.replaced >= turnover) return false;
      this.passOldest();
    }
    return false;
  }

  put(path: string, entry: Entry): void {
    this.delete(path);
    this.entries.set(path, entry);
    this.bytes += entry.file.size + OVERHEAD;
  }

  delete(path: string): void {
    const entry = this.entries.get(path);
    if (entry === undefined) return;
    this.entries.delete(path);
    this.bytes -= entry.file.size + OVERHEAD;
  }

  private countSeconds(): void {
    const now = performance.now();
    if (now - this.secondBegan < 1000) return;
    this.secondBegan = now;
    this.replaced = 0;
  }

  private passOldest(): void {
    for (const [path, entry] of this.entries) {
      this.delete(path);
      if (!entry.used) this.replaced += entry.file.size + OVERHEAD;
      else {
        entry.used = false;
        this.put(path, entry);
      }
      return;
    }
  }
}
