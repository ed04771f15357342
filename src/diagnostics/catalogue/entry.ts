import type { DiagnosticData } from '../diagnostic.ts';

/** What the catalogue knows of one code. `message` says what is wrong, `mend` what to do; both are plain sentences. */
export interface CatalogueEntry {
  readonly message: (data: DiagnosticData) => string;
  readonly mend: (data: DiagnosticData) => string;
}
