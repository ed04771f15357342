import type { DiagnosticData } from '../diagnostic.ts';
import type { CatalogueEntry } from './entry.ts';

/** What the catalogue knows of a finding of the doctor. */
export interface DoctorEntry extends CatalogueEntry {
  /** Where in which standard a browser looks at this. */
  readonly step: string;
  /** Whether a CORS policy, written as it should be, mends it: then the report has a snippet for the stack. */
  readonly policy?: true | ((data: DiagnosticData) => boolean);
}
