import { closeSync, fstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Entry, FileMemory } from './file-memory.ts';
import { OpenFile } from './open-file.ts';
import { bestOpenWithin, type OpenWithin, type Permits } from './open-within.ts';
import { localDevice } from './storage.ts';

/** What there is at a path below the root. */
export type Found = OpenFile | 'directory' | 'missing' | 'forbidden';

/** How long a file in memory is taken to lie below the root still, in milliseconds: a folder above it may be moved away. */
const PROVEN = 1000;

/**
 * Only a file whose last change is older is kept: file systems tell times in steps of as much as two seconds, and a second
 * change within a step would go unseen.
 */
const SETTLED = 2000;

const NO_THROW = { throwIfNoEntry: false } as const;

/** What a root is made of, besides its path. */
export interface RootParts {
  readonly memory: FileMemory;
  /** Default: the best for this system. */
  readonly openWithin?: OpenWithin;
}

/**
 * A folder whose files may be read, and nothing outside it, whatever links lie in it. The system is asked synchronously:
 * on a disk of this machine that costs a fraction of what handing it to a thread does.
 */
export class Root {
  private readonly path: string;
  /** What the path of a file below begins with. */
  private readonly base: string;
  private readonly memory: FileMemory;
  private readonly openWithin: OpenWithin;
  private real: string | undefined;
  private device: number | undefined;

  constructor(path: string, parts: RootParts) {
    this.path = join(path);
    this.base = this.path.endsWith(sep) ? this.path : this.path + sep;
    this.memory = parts.memory;
    this.openWithin = parts.openWithin ?? bestOpenWithin();
    this.device = localDevice(this.path);
  }

  /** Whether asking for its files may take long: it isn't known to be on a disk of this machine. */
  get mayHang(): boolean {
    return this.device === undefined;
  }

  /** Where segments lead. They are names: no separators, no dots alone. */
  pathOf(segments: readonly string[]): string {
    return this.base + segments.join(sep);
  }

  /**
   * Opens what is at a path.
   * @throws when the system fails (too many open files, an I/O error), never for a bad path
   */
  open(segments: readonly string[]): Found {
    const path = this.pathOf(segments);
    try {
      // For what is missing it's also the cheapest way to learn so: no error is made.
      const stats = statSync(path, NO_THROW);
      if (stats === undefined) return 'missing';
      const entry = this.stillKept(path, stats);
      if (entry === undefined || performance.now() >= entry.provenUntil) return this.openAnew(path);
      entry.used = true;
      return entry.file;
    } catch (error) {
      return foundByError(error);
    }
  }

  /** The file in memory, if it's in the state that a file with these figures is in. */
  private stillKept(path: string, stats: Stats): Entry | undefined {
    const entry = this.memory.get(path);
    return entry !== undefined && entry.file.isStill(stats) && entry.root === this.path ? entry : undefined;
  }

  private openAnew(path: string): Found {
    // Whatever happens from here on leaves a later time of change behind.
    const settled = Date.now() - SETTLED;
    const fd = this.openWithin(path, this.holds);
    if (fd === undefined) return 'missing';
    let owned = false;
    try {
      const stats = fstatSync(fd);
      if (stats.isDirectory()) return 'directory';
      if (!stats.isFile()) return 'missing';
      const entry = this.stillKept(path, stats);
      if (entry !== undefined) {
        entry.provenUntil = performance.now() + PROVEN;
        entry.used = true;
        return entry.file;
      }
      owned = true;
      // Not the segments as they came: those are slices of a request's head, which would be kept with them.
      const own = path.slice(this.base.length).split(sep);
      const file = new OpenFile(fd, stats, { segments: own, local: stats.dev === this.device });
      this.keep(path, file, settled);
      return file;
    } finally {
      if (!owned) closeSync(fd);
    }
  }

  /** Reads a file into memory if it's worth it and there's room. */
  private keep(path: string, file: OpenFile, settled: number): void {
    this.memory.delete(path);
    if (!file.local || Math.max(file.changed, file.modified) >= settled) return;
    if (!this.memory.makeRoom(file.size) || !file.load()) return;
    this.memory.put(path, { file, root: this.path, provenUntil: performance.now() + PROVEN, used: false });
  }

  /**
   * The root itself is resolved when something seems to lie outside: a deployment may have pointed a link such as
   * `current` at the next release since.
   */
  private readonly holds: Permits = (real) => {
    if (this.real !== undefined && isWithin(this.real, real)) return true;
    this.real = realpathSync.native(this.path);
    this.device = localDevice(this.real);
    return isWithin(this.real, real);
  };
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

function foundByError(error: unknown): Found {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENAMETOOLONG':
    case 'ELOOP':
    case 'EINVAL':
    // Opening a socket.
    case 'ENXIO':
    case 'EOPNOTSUPP':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
      return 'forbidden';
    case 'EISDIR':
      return 'directory';
    default:
      throw error;
  }
}
