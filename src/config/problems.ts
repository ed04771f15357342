import type { ConfigCode } from '../diagnostics/catalogue/config.ts';
import type { Diagnostic, DiagnosticData } from '../diagnostics/diagnostic.ts';

/** A place in the config. */
export type KeyPath = readonly (string | number)[];

/** Collects everything that is wrong with a config, so that it's reported at once. */
export class Problems {
  readonly all: Diagnostic[] = [];

  error(code: ConfigCode, path: KeyPath, data: DiagnosticData = {}): void {
    this.all.push({ code, severity: 'error', data, path });
  }

  warn(code: ConfigCode, path: KeyPath, data: DiagnosticData = {}): void {
    this.all.push({ code, severity: 'warning', data, path });
  }

  /** Takes over what another part found. */
  add(diagnostics: readonly Diagnostic[]): void {
    this.all.push(...diagnostics);
  }

  get hasErrors(): boolean {
    return this.all.some((diagnostic) => diagnostic.severity === 'error');
  }
}
