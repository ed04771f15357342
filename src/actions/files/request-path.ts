/** Where below the root a request points: its decoded segments, and whether it names a folder. */
export interface RequestPath {
  readonly segments: readonly string[];
  readonly trailingSlash: boolean;
}

/**
 * Why a path is never looked up on disk:
 * - `malformed`: broken escapes, text that isn't UTF-8, control characters;
 * - `ambiguous`: segments that a file system would take for more than a name (`..`, `%2f`, `%5c`, `C:`);
 * - `forbidden`: names that begin with a dot;
 * - `missing`: no file can have this name.
 */
export type RefusedPath = 'malformed' | 'ambiguous' | 'forbidden' | 'missing';

const CONTROL = /[\0-\x1f\x7f]/;
const MORE_THAN_A_NAME = /^\.{1,2}$|[/\\]|^[A-Za-z]:/;
/** Streams, wildcards, names that lose their end, and devices, whatever their extension. */
const WINDOWS_TRAP = /[:*?"<>|]|[. ]$|^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Decodes a path once, segment by segment, so that an escaped slash never becomes a separator, and takes the prefix
 * off. What comes back is safe to join to a folder.
 */
export function parseRequestPath(path: string, prefix: readonly string[] = []): RequestPath | RefusedPath {
  const parts = path.split('/');
  if (parts.shift() !== '' || parts.length === 0) return 'malformed';
  const trailingSlash = parts.at(-1) === '';
  if (trailingSlash) parts.pop();
  const segments: string[] = [];
  for (const part of parts) {
    const segment = decode(part);
    if (segment === undefined || CONTROL.test(segment)) return 'malformed';
    if (MORE_THAN_A_NAME.test(segment)) return 'ambiguous';
    segments.push(segment);
  }
  for (const [index, segment] of prefix.entries()) if (segments[index] !== segment) return 'missing';
  segments.splice(0, prefix.length);
  return refusedName(segments) ?? { segments, trailingSlash };
}

/** The segments of a prefix from the configuration, as `parseRequestPath` takes them. */
export function prefixSegments(prefix: string): string[] {
  return prefix
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decode(part) ?? part);
}

function refusedName(segments: readonly string[]): RefusedPath | undefined {
  for (const [index, segment] of segments.entries()) {
    if (segment === '') return 'missing';
    // RFC 8615 §3: well-known resources live at the top and nowhere else.
    if (segment.startsWith('.') && !(index === 0 && segment === '.well-known')) return 'forbidden';
    if (process.platform === 'win32' && WINDOWS_TRAP.test(segment)) return 'missing';
  }
  return undefined;
}

/** `decodeURIComponent` refuses overlong and otherwise broken UTF-8, which is what we want of it. */
function decode(part: string): string | undefined {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
