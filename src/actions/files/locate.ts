import type { RequestPath } from './request-path.ts';
import { closeFile, type OpenFile, type Root } from './root.ts';

/** What a request's path leads to; `redirect`: a folder named without its slash. */
export type Located = OpenFile | 'redirect' | 'missing' | 'forbidden';

/** Finds the file for a path: itself, or the index of the folder that it names. */
export async function locate(root: Root, path: RequestPath, index: readonly string[]): Promise<Located> {
  if (path.trailingSlash) return openIndex(root, path.segments, index);
  const found = await root.open(path.segments);
  if (found !== 'directory') return found;
  // A folder without an index isn't a page: a frontend may have a route of the same name.
  const page = await openIndex(root, path.segments, index);
  if (typeof page !== 'object') return page;
  closeFile(page);
  return 'redirect';
}

async function openIndex(
  root: Root,
  folder: readonly string[],
  index: readonly string[],
): Promise<OpenFile | 'missing' | 'forbidden'> {
  for (const name of index) {
    const found = await root.open([...folder, name]);
    if (typeof found === 'object' || found === 'forbidden') return found;
  }
  return 'missing';
}
