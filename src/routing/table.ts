import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Candidate, Captures } from './candidates.ts';
import { hostName, parseHostPattern, type HostPattern } from './host.ts';
import { parsePathPattern, type PathPattern } from './path-pattern.ts';
import { PathTree } from './path-tree.ts';
import { anyHeaders, PreflightHeaders } from './preflight-headers.ts';
import type { HeaderLookup, PathParams, PatternPlace, RouteMatch, RoutePattern } from './pattern.ts';
import { findTies } from './ties.ts';

/** A host name can't be longer (RFC 1035 §2.3.4): thousands of labels aren't worth looking up. */
const LONGEST_NAME = 255;

/** A route whose pattern has been understood. */
export interface ParsedRoute<T> {
  readonly pattern: RoutePattern<T>;
  readonly hosts: readonly HostPattern[];
  readonly path: PathPattern;
}

/** All routes at once, ready to be asked. The cost of asking doesn't depend on how many there are. */
export class RouteTable<T> {
  private readonly exactHosts = new Map<string, PathTree<T>>();
  private readonly hostsBelow = new Map<string, PathTree<T>>();
  private readonly anyHost = new PathTree<T>();

  /** Use `buildRouteTable`. */
  constructor(routes: readonly ParsedRoute<T>[]) {
    for (const route of routes) this.add(route);
  }

  /**
   * The most specific route for a request: by host (exact, longer `*.` suffix, any), then path (segment by segment:
   * literal, parameter, `*`), then method (listed, any), then headers (more conditions first).
   */
  match(host: string, path: string, method: string, headers: HeaderLookup): RouteMatch<T> | undefined {
    const found = this.find(host, path, method, headers);
    if (found === undefined) return undefined;
    return found.captures === undefined ? found.match : capture(found.match.route, found.captures, path);
  }

  /**
   * The route that the request announced by a preflight would reach. Its method is known; of its headers only the names
   * in Access-Control-Request-Headers, so a condition on one of those counts as met whatever its value, and among
   * routes that differ only in values the first in the file is chosen. If the conditions of no route can be met that
   * way, conditions are ignored.
   */
  matchPreflight(host: string, path: string, requestMethod: string, headers: HeaderLookup): RouteMatch<T> | undefined {
    const announced = headers instanceof PreflightHeaders ? headers : new PreflightHeaders(headers);
    return this.match(host, path, requestMethod, announced) ?? this.match(host, path, requestMethod, anyHeaders);
  }

  /**
   * The methods that routes of this host and path list, sorted. Empty: there is no route, or one for any method whose
   * headers didn't fit. For a 405's `Allow`.
   */
  allowedMethods(host: string, path: string): readonly string[] {
    const methods = new Set<string>();
    for (const tree of this.trees(host)) tree.collectMethods(path, methods);
    return [...methods].sort();
  }

  private find(host: string, path: string, method: string, headers: HeaderLookup): Candidate<T> | undefined {
    if (this.exactHosts.size > 0 || this.hostsBelow.size > 0) {
      const name = hostName(host);
      const exact = this.exactHosts.get(name)?.find(path, method, headers);
      if (exact !== undefined) return exact;
      if (this.hostsBelow.size > 0 && name.length <= LONGEST_NAME) {
        // From the second label on: `*` stands for one label at least, and that isn't empty.
        for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1)) {
          const below = this.hostsBelow.get(name.slice(dot + 1))?.find(path, method, headers);
          if (below !== undefined) return below;
        }
      }
    }
    return this.anyHost.find(path, method, headers);
  }

  private trees(host: string): PathTree<T>[] {
    const name = hostName(host);
    const trees = [this.exactHosts.get(name)];
    if (name.length > LONGEST_NAME) return [this.anyHost];
    for (let dot = name.indexOf('.', 1); dot !== -1; dot = name.indexOf('.', dot + 1)) {
      trees.push(this.hostsBelow.get(name.slice(dot + 1)));
    }
    return [...trees.filter((tree) => tree !== undefined), this.anyHost];
  }

  private add(route: ParsedRoute<T>): void {
    const candidate = candidateOf(route);
    const { methods } = route.pattern;
    if (route.hosts.length === 0) this.anyHost.add(route.path, candidate, methods);
    const trees = new Set(route.hosts.map((host) => this.treeOf(host)));
    for (const tree of trees) tree.add(route.path, candidate, methods);
  }

  private treeOf(host: HostPattern): PathTree<T> {
    const trees = host.kind === 'exact' ? this.exactHosts : this.hostsBelow;
    let tree = trees.get(host.name);
    if (tree === undefined) {
      tree = new PathTree();
      trees.set(host.name, tree);
    }
    return tree;
  }
}

/** Builds the table, or lists everything that is wrong with the routes, each other's rivals among it. */
export function buildRouteTable<T>(
  patterns: readonly RoutePattern<T>[],
): { readonly table: RouteTable<T> } | { readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const routes: ParsedRoute<T>[] = [];
  for (const pattern of patterns) {
    const path = parsePathPattern(pattern.path, under(pattern, 'path'));
    const hosts: HostPattern[] = [];
    for (const [index, text] of pattern.hosts.entries()) {
      const host = parseHostPattern(text, under(pattern, 'host', ...(pattern.hosts.length > 1 ? [index] : [])));
      if ('code' in host) problems.push(host);
      else hosts.push(host);
    }
    if ('code' in path) problems.push(path);
    else if (hosts.length === pattern.hosts.length) routes.push({ pattern, hosts, path });
  }
  problems.push(...findTies(routes));
  return problems.length > 0 ? { problems } : { table: new RouteTable(routes) };
}

function under<T>(pattern: RoutePattern<T>, ...keys: (string | number)[]): PatternPlace {
  return [...(pattern.at ?? []), ...keys];
}

function candidateOf<T>({ pattern, path }: ParsedRoute<T>): Candidate<T> {
  const params = path.segments.flatMap((segment, index) =>
    segment.kind === 'param' ? [[index, segment.name] as const] : [],
  );
  const rest = path.rest && pattern.captureRest === true ? path.segments.length : -1;
  return {
    match: Object.freeze({ route: pattern.route, params: undefined }),
    conditions: Object.entries(pattern.headers).map(([name, value]) => ({ name, value })),
    captures: params.length > 0 || rest !== -1 ? { params, rest } : undefined,
  };
}

function capture<T>(route: T, captures: Captures, path: string): RouteMatch<T> {
  // No prototype: a parameter may be called `__proto__`.
  const params = Object.create(null) as Record<string, string>;
  const segments = path.slice(1).split('/');
  for (const [index, name] of captures.params) params[name] = segments[index] ?? '';
  if (captures.rest !== -1) params['*'] = segments.slice(captures.rest).join('/');
  return { route, params: params as PathParams };
}
