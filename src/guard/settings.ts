import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { Diagnostic, DiagnosticData } from '../diagnostics/diagnostic.ts';
import type { OriginOption, Policy } from '../cors/index.ts';

/** A guard's options as the schema has understood them: durations are milliseconds, sizes bytes. */
export interface GuardSettings {
  readonly target?: string;
  readonly hosts?: OneOrMore;
  readonly allow?: OneOrMore;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly requestHeaders?: OneOrMore;
  readonly responseHeaders?: OneOrMore;
  readonly redirects?: 'follow' | 'rewrite';
  readonly maxRedirects?: number;
  readonly redirectHosts?: OneOrMore;
  readonly allowPrivate?: OneOrMore;
  readonly maxBody?: number;
  readonly maxResponse?: number;
  readonly rateLimit?: { readonly requests: number; readonly per: number; readonly by?: 'client' | 'origin' };
  readonly origins?: OriginOption | readonly OriginOption[];
  readonly denyOrigins?: OriginOption | readonly OriginOption[];
  readonly requireHeader?: OneOrMore;
  readonly dangerouslyAllowAnyTarget?: boolean;
}

/** One text, or a list of them. */
export type OneOrMore = string | readonly string[];

/** Where in the config something stands. */
export type Place = readonly (string | number)[];

/** Who hears what is wrong with a guard. */
export interface GuardProblems {
  error(code: ConfigCode, path: Place, data?: DiagnosticData): void;
  warn(code: ConfigCode, path: Place, data?: DiagnosticData): void;
  add(diagnostics: readonly Diagnostic[]): void;
}

/** What surrounds a guard. */
export interface GuardSurroundings {
  /** Where its options stand. */
  readonly at: Place;
  readonly problems: GuardProblems;
  /** The route's path as written. */
  readonly routePath: string;
  /** The fixed part of the route's path, without a trailing slash; '' for none. */
  readonly prefix: string;
  /** Whether the whole path is fixed, but for a last `/*`, which it has. */
  readonly takesUrl: boolean;
  /** The route's policy; `unknown` if it's wrong, and has been reported. */
  readonly policy: Policy | 'unknown' | undefined;
}

/** The entries of a list, each with its place. */
export function entriesOf(value: OneOrMore | undefined, place: Place): (readonly [entry: string, place: Place])[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [[value, place]];
  return value.map((entry, index) => [entry, [...place, index]]);
}
