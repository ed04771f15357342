import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Editors write a file in several steps. */
const SETTLED = 100;
/** Network and overlay file systems don't tell of changes. */
const POLL = 2000;

/**
 * Calls back when the file's content may be another: also where it's replaced, as editors do, or where a link on the way to
 * it is, as Kubernetes does with its ConfigMaps. While the file is missing nothing is called.
 * @returns ends the watching
 */
export function watchFile(file: string, changed: () => void): () => void {
  let known = stateOf(file);
  let timer: NodeJS.Timeout | undefined;
  const look = (): void => {
    const state = stateOf(file);
    if (state === undefined || state === known) return;
    known = state;
    clearTimeout(timer);
    timer = setTimeout(() => {
      // It was still being written.
      if (stateOf(file) === known) changed();
      else look();
    }, SETTLED);
  };
  const watcher = tryWatch(dirname(file), look);
  const poll = setInterval(look, POLL);
  return () => {
    clearInterval(poll);
    clearTimeout(timer);
    watcher?.close();
  };
}

/** The folder, not the file: of a file that is replaced nothing more is heard. */
function tryWatch(folder: string, look: () => void): FSWatcher | undefined {
  try {
    // Polling goes on where this breaks.
    return watch(folder, look).on('error', () => {});
  } catch {
    return undefined;
  }
}

function stateOf(file: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs } = statSync(file);
    return [dev, ino, size, mtimeMs].join(' ');
  } catch {
    return undefined;
  }
}
