import { proseOf } from './catalogue/index.ts';
import type { Diagnostic, DiagnosticData, Place, Severity } from './diagnostic.ts';
import { formatPath } from './format-path.ts';

/** A diagnostic for programs: the value itself, with its prose. */
export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly mend: string;
  /** Key path, `routes[2].path`; absent if it isn't about one. */
  readonly key?: string;
  readonly place?: Place;
  readonly data: DiagnosticData;
}

/** Diagnostics as plain data, ready for `JSON.stringify`. */
export function renderJson(diagnostics: readonly Diagnostic[]): JsonDiagnostic[] {
  return diagnostics.map((diagnostic) => {
    const { code, severity, data, path, place } = diagnostic;
    return {
      code,
      severity,
      ...proseOf(diagnostic),
      ...(path === undefined || path.length === 0 ? {} : { key: formatPath(path) }),
      ...(place === undefined ? {} : { place }),
      data,
    };
  });
}
