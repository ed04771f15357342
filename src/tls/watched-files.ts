import { statSync } from 'node:fs';

/** Milliseconds between two looks at files. */
const INTERVAL = 5000;

/**
 * Notices when files have changed, by looking at them now and then: the system's notifications are lost for files that are
 * replaced, for what links point to, and on network drives.
 */
export class WatchedFiles {
  private readonly files: readonly string[];
  /** What they looked like when they were read. */
  private read: string;
  /** What they looked like at the last look. */
  private seen: string;

  /** They have been read. */
  constructor(files: readonly string[]) {
    this.files = files;
    this.read = lookAt(files);
    this.seen = this.read;
  }

  /**
   * Whether they are to be read again. What stays as it was between two looks is: several files are rarely replaced in the
   * same moment, nor is one written in one.
   */
  haveSettled(): boolean {
    const { seen, read } = this;
    this.seen = lookAt(this.files);
    if (this.seen === read || this.seen !== seen) return false;
    this.read = this.seen;
    return true;
  }
}

/** Has `look` called now and then; it keeps no process alive. @returns ends it */
export function lookNowAndThen(look: () => void, interval = INTERVAL): () => void {
  const timer = setInterval(look, interval);
  timer.unref();
  return () => clearInterval(timer);
}

function lookAt(files: readonly string[]): string {
  return files.map(lookAtOne).join(' ');
}

function lookAtOne(file: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file);
    return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch {
    return 'none';
  }
}
