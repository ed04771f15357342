/** How bad a diagnostic is: an `error` stops what was asked, a `warning` doesn't, an `info` explains. */
export type Severity = 'error' | 'warning' | 'info';

/** Plain values a diagnostic carries for its renderers; never a secret. */
export type DiagnosticData = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A place in a file, both counted from 1. */
export interface Place {
  readonly file?: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A problem as a value. Its prose (message and mend) is looked up by `code` in the catalogue, so that two renderers
 * can't tell different stories about one problem.
 */
export interface Diagnostic {
  /** Stable, kebab-case, listed in the catalogue. */
  readonly code: string;
  readonly severity: Severity;
  readonly data: DiagnosticData;
  /** Where in the options or the config: `['cors', 'partners', 'origins', 0]`. */
  readonly path?: readonly (string | number)[];
  /** Where in the file the user wrote, once a loader has resolved `path`. */
  readonly place?: Place;
}
