import type { Exchange } from '../../wire/exchange.ts';
import type { HeaderList } from '../../wire/header-list.ts';
import { H } from '../../wire/known-names.ts';
import { type Coding, preferredCodings } from './accept-encoding.ts';
import type { OpenFile } from './open-file.ts';
import { type Representation, representItself, representSibling } from './representation.ts';
import type { Root } from './root.ts';

/** Copying a build may write the compressed file a moment before the file itself. */
const TOLERATED_AGE = 2000;

/** How long a file in memory is taken to have no sibling, once none was found, in milliseconds. */
const ALONE = 1000;

/**
 * Chooses between a file and its compressed siblings, closing what isn't sent. The choice doesn't depend on Range: two
 * requests that differ only in the part they want must get parts of the same bytes.
 * @throws what `Root.open` throws; the file is closed then
 */
export function negotiate(exchange: Exchange, file: OpenFile, root: Root): Representation {
  const itself = representItself(file);
  if (!itself.negotiated) return itself;
  const accepted = preferredCodings(acceptEncoding(exchange.headers));
  for (let i = 0; i < accepted.length; i++) {
    const coding = accepted[i] as Coding;
    const sibling = openSibling(file, coding, root);
    if (sibling === undefined) continue;
    file.close();
    return representSibling(sibling, file.segments, coding);
  }
  return itself;
}

/** Nearly always one line: several are put together only if there are several. */
function acceptEncoding(headers: HeaderList): string | undefined {
  const id = H['accept-encoding'];
  return headers.countId(id) > 1 ? headers.getCombined('accept-encoding') : headers.getById(id);
}

function openSibling(file: OpenFile, coding: Coding, root: Root): OpenFile | undefined {
  if ((file.aloneUntil[coding.index] ?? 0) > performance.now()) return undefined;
  const sibling = openOrClose(root, [...file.segments.slice(0, -1), file.segments.at(-1) + coding.extension], file);
  if (typeof sibling === 'object') {
    if (sibling.modified >= file.modified - TOLERATED_AGE) return sibling;
    // Left over from a build before: it would show what the file no longer says.
    sibling.close();
  }
  file.aloneUntil[coding.index] = performance.now() + ALONE;
  return undefined;
}

function openOrClose(root: Root, segments: readonly string[], file: OpenFile): ReturnType<Root['open']> {
  try {
    return root.open(segments);
  } catch (error) {
    file.close();
    throw error;
  }
}
