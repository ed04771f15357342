import { closeSync, fstatSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { bestOpenWithin, type OpenWithin, type Permits } from './open-within.ts';

/** A regular file below the root, open for reading. Whoever holds it closes it. */
export interface OpenFile {
  readonly fd: number;
  readonly size: number;
  /** Modification time in milliseconds, with fractions. */
  readonly modified: number;
  readonly inode: number;
  /** The path it was asked for by, below the root. */
  readonly segments: readonly string[];
}

/** What there is at a path below the root. */
export type Found = OpenFile | 'directory' | 'missing' | 'forbidden';

/** Closes a file. Nothing was written to it, so nothing can be lost and there's nothing to wait for. */
export function closeFile(file: OpenFile): void {
  closeSync(file.fd);
}

/** A folder whose files may be read, and nothing outside it, whatever links lie in it. */
export class Root {
  private readonly path: string;
  private readonly openWithin: OpenWithin;
  private real: string | undefined;

  constructor(path: string, openWithin: OpenWithin = bestOpenWithin()) {
    this.path = path;
    this.openWithin = openWithin;
  }

  /**
   * Opens what is at a path. The segments are names: no separators, no dots alone.
   * @throws when the system fails (too many open files, an I/O error), never for a bad path
   */
  async open(segments: readonly string[]): Promise<Found> {
    try {
      const fd = await this.openWithin(join(this.path, ...segments), this.holds);
      return fd === undefined ? 'missing' : examine(fd, segments);
    } catch (error) {
      return foundByError(error);
    }
  }

  /**
   * The root itself is resolved when something seems to lie outside: a deployment may have pointed a link such as
   * `current` at the next release since.
   */
  private readonly holds: Permits = async (real) => {
    if (this.real !== undefined && isWithin(this.real, real)) return true;
    this.real = await realpath(this.path);
    return isWithin(this.real, real);
  };
}

/** The inode of an open file is in memory: no need for a thread. */
function examine(fd: number, segments: readonly string[]): Found {
  let keep = false;
  try {
    const stats = fstatSync(fd);
    keep = stats.isFile();
    if (keep) return { fd, size: stats.size, modified: stats.mtimeMs, inode: stats.ino, segments };
    return stats.isDirectory() ? 'directory' : 'missing';
  } finally {
    if (!keep) closeSync(fd);
  }
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
