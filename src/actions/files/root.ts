import { close, constants, fstat, open, type Stats } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';

const openDescriptor = promisify(open);
const statDescriptor = promisify(fstat);

/** Not followed: `realpath` has resolved the links. Not blocking: opening a FIFO must not wait for its writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

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

/** Closes a file and forgets about it: nothing was written, so nothing can be lost. */
export function closeFile(file: OpenFile): void {
  close(file.fd, () => {});
}

/** A folder whose files may be read, and nothing outside it, whatever links lie in it. */
export class Root {
  private readonly path: string;
  private real: string | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * Opens what is at a path. The segments are names: no separators, no dots alone.
   * @throws when the system fails (too many open files, an I/O error), never for a bad path
   */
  async open(segments: readonly string[]): Promise<Found> {
    try {
      const real = await realpath(join(this.path, ...segments));
      if (!(await this.holds(real))) return 'missing';
      return await this.openReal(real, segments);
    } catch (error) {
      return foundByError(error);
    }
  }

  /**
   * The root itself is resolved when something seems to lie outside: a deployment may have pointed a link such as
   * `current` at the next release since.
   */
  private async holds(real: string): Promise<boolean> {
    if (this.real !== undefined && isWithin(this.real, real)) return true;
    this.real = await realpath(this.path);
    return isWithin(this.real, real);
  }

  private async openReal(real: string, segments: readonly string[]): Promise<Found> {
    const fd = await openDescriptor(real, FLAGS);
    let stats: Stats;
    try {
      stats = await statDescriptor(fd);
    } catch (error) {
      close(fd, () => {});
      throw error;
    }
    if (stats.isFile()) return { fd, size: stats.size, modified: stats.mtimeMs, inode: stats.ino, segments };
    close(fd, () => {});
    return stats.isDirectory() ? 'directory' : 'missing';
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
