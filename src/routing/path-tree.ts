import { Candidates, type Candidate } from './candidates.ts';
import type { PathPattern } from './path-pattern.ts';
import type { HeaderLookup } from './pattern.ts';

class PathNode<T> {
  statics: Map<string, PathNode<T>> | undefined = undefined;
  param: PathNode<T> | undefined = undefined;
  /** Routes whose path ends here. */
  exact: Candidates<T> | undefined = undefined;
  /** Routes whose path goes on with `*` from here. */
  rest: Candidates<T> | undefined = undefined;
}

/**
 * The paths of one host as a tree of segments. Looking one up visits the segments of the path, however many routes
 * there are: at each, a literal segment is preferred to a parameter and that to `*`; where a branch leads nowhere (or
 * only to other methods or headers) the next is tried.
 */
export class PathTree<T> {
  private readonly root = new PathNode<T>();

  /** Adds a route under its pattern. */
  add(pattern: PathPattern, candidate: Candidate<T>, methods: readonly string[]): void {
    let node = this.root;
    for (const segment of pattern.segments) {
      if (segment.kind === 'param') {
        node.param ??= new PathNode();
        node = node.param;
        continue;
      }
      node.statics ??= new Map();
      let next = node.statics.get(segment.text);
      if (next === undefined) {
        next = new PathNode();
        node.statics.set(segment.text, next);
      }
      node = next;
    }
    const candidates = pattern.rest ? (node.rest ??= new Candidates()) : (node.exact ??= new Candidates());
    candidates.add(candidate, methods);
  }

  /** The most specific route for a path that begins with a slash. */
  find(path: string, method: string, headers: HeaderLookup): Candidate<T> | undefined {
    return path.charCodeAt(0) === 0x2f ? descend(this.root, path, 1, method, headers) : undefined;
  }

  /** Adds the methods that any route of this path lists. */
  collectMethods(path: string, into: Set<string>): void {
    if (path.charCodeAt(0) === 0x2f) collect(this.root, path, 1, into);
  }
}

/** `from` is where the next segment begins; past the end of the path if there's none left. */
function descend<T>(
  node: PathNode<T>,
  path: string,
  from: number,
  method: string,
  headers: HeaderLookup,
): Candidate<T> | undefined {
  let found: Candidate<T> | undefined;
  if (from > path.length) {
    found = node.exact?.pick(method, headers);
  } else {
    const slash = path.indexOf('/', from);
    const end = slash === -1 ? path.length : slash;
    if (node.statics !== undefined) {
      const next = node.statics.get(path.slice(from, end));
      if (next !== undefined) found = descend(next, path, end + 1, method, headers);
    }
    if (found === undefined && node.param !== undefined && end > from) {
      found = descend(node.param, path, end + 1, method, headers);
    }
  }
  return found ?? node.rest?.pick(method, headers);
}

function collect<T>(node: PathNode<T>, path: string, from: number, into: Set<string>): void {
  node.rest?.collectMethods(into);
  if (from > path.length) {
    node.exact?.collectMethods(into);
    return;
  }
  const slash = path.indexOf('/', from);
  const end = slash === -1 ? path.length : slash;
  const next = node.statics?.get(path.slice(from, end));
  if (next !== undefined) collect(next, path, end + 1, into);
  if (node.param !== undefined && end > from) collect(node.param, path, end + 1, into);
}
