import type { OpenFile } from './open-file.ts';
import type { RequestPath } from './request-path.ts';
import type { Root } from './root.ts';

/** What a request's path leads to; `redirect`: a folder named without its slash. */
export type Located = OpenFile | 'redirect' | 'missing' | 'forbidden';

/** Finds the file for a path: itself, or the index of the folder that it names. */
export function locate(root: Root, path: RequestPath, index: readonly string[]): Located {
  if (path.trailingSlash) return openIndex(root, path.segments, index);
  const found = root.open(path.segments);
  if (found !== 'directory') return found;
  // A folder without an index isn't a page: a frontend may have a route of the same name.
  const page = openIndex(root, path.segments, index);
  if (typeof page !== 'object') return page;
  page.close();
  return 'redirect';
}

function openIndex(
  root: Root,
  folder: readonly string[],
  index: readonly string[],
): OpenFile | 'missing' | 'forbidden' {
  for (const name of index) {
    const found = root.open([...folder, name]);
    if (typeof found === 'object' || found === 'forbidden') return found;
  }
  return 'missing';
}
