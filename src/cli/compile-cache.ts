import { mkdirSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

/** What Node has from 22.8 on. */
interface CompileCache {
  readonly enableCompileCache?: (folder: string) => unknown;
}

/**
 * Has Node keep what it compiles of the modules that are loaded from here on, so that the next start needn't. It's kept in
 * the package's own folder: whoever can write there could change the code itself, which isn't so where Node would keep
 * it, in the system's folder for temporary files. Does nothing where that folder can't be written, or where the
 * environment says what Node is to keep.
 */
export function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as typeof nodeModule & CompileCache;
  const { NODE_COMPILE_CACHE: elsewhere, NODE_DISABLE_COMPILE_CACHE: off } = process.env;
  if (enableCompileCache === undefined || elsewhere || off) return;
  const folder = fileURLToPath(new URL('../../.cache', import.meta.url));
  try {
    // Whatever the umask lets others do.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return;
  }
  enableCompileCache(folder);
}
