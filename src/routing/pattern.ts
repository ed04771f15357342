import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** Where in the config a pattern was written: `['routes', 2]`. */
export type PatternPlace = readonly (string | number)[];

/** What one route matches, as written. Everything that's empty matches everything. */
export interface RoutePattern<T> {
  /** What a match hands back. */
  readonly route: T;
  /** How messages name the route. */
  readonly label: string;
  /** Exact names and `*.` wildcards; empty: any host. */
  readonly hosts: readonly string[];
  /** `/a/b`, `/users/:id` or `/x/*`. */
  readonly path: string;
  /** Upper-case method names; empty: any method. */
  readonly methods: readonly string[];
  /** Lower-case header names with the exact value, or `true` for "present with any value". */
  readonly headers: Readonly<Record<string, string | true>>;
  /** Also report what `*` stood for, as the parameter `*`. Off by default: it costs an object per request. */
  readonly captureRest?: boolean;
  /** Where problems of this route are reported. */
  readonly at?: PatternPlace;
}

/** Values of path parameters, exactly as sent (no decoding). `*` is what the wildcard stood for. */
export type PathParams = Readonly<Record<string, string>>;

/** The route a request leads to. Routes without parameters always hand back the same object. */
export interface RouteMatch<T> {
  readonly route: T;
  readonly params: PathParams | undefined;
}

/** All that matching asks of a request's headers. */
export interface HeaderLookup {
  /** The value of a header by its lower-case name. */
  get(name: string): string | undefined;
}

/** What can be wrong with patterns: codes of the catalogue. */
export type RouteCode = 'route-path-invalid' | 'route-host-invalid' | 'route-tie';

/** An error of one pattern. */
export function patternProblem(code: string, at: PatternPlace | undefined, data: Diagnostic['data']): Diagnostic {
  return at === undefined ? { code, severity: 'error', data } : { code, severity: 'error', data, path: at };
}
