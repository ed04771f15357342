import type { CorsCode } from '../diagnostics/catalogue/cors.ts';
import type { Diagnostic, DiagnosticData, Severity } from '../diagnostics/diagnostic.ts';

/** A place in the options. */
export type Path = readonly (string | number)[];

/** Collects everything that is wrong with a policy's options, so that it's reported at once. */
export class Report {
  readonly problems: Diagnostic[] = [];
  readonly warnings: Diagnostic[] = [];

  error(code: CorsCode, path: Path, data: DiagnosticData = {}): void {
    this.problems.push({ code, severity: 'error', data, path });
  }

  warn(code: CorsCode, path: Path, data: DiagnosticData = {}): void {
    this.#note('warning', code, path, data);
  }

  inform(code: CorsCode, path: Path, data: DiagnosticData = {}): void {
    this.#note('info', code, path, data);
  }

  /** Takes over what another report found. */
  add(other: Report): void {
    this.problems.push(...other.problems);
    this.warnings.push(...other.warnings);
  }

  #note(severity: Severity, code: CorsCode, path: Path, data: DiagnosticData): void {
    this.warnings.push({ code, severity, data, path });
  }
}

/** Where a value is, and where its problems go. */
export interface At {
  readonly report: Report;
  readonly path: Path;
}

/** How a value of the wrong kind is shown: short, and never a whole object. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return String(value);
}
