import type { Diagnostic } from '../diagnostic.ts';
import { cliCatalogue } from './cli.ts';
import { configCatalogue } from './config.ts';
import { consoleCatalogue } from './console.ts';
import { corsCatalogue } from './cors.ts';
import { doctorCatalogue } from './doctor.ts';
import { edgeCatalogue } from './edge.ts';
import type { CatalogueEntry } from './entry.ts';
import { liveCatalogue } from './live.ts';

/** Every code there is, with its prose. */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = Object.freeze({
  ...configCatalogue,
  ...corsCatalogue,
  ...cliCatalogue,
  ...consoleCatalogue,
  ...doctorCatalogue,
  ...liveCatalogue,
  ...edgeCatalogue,
});

/** What a diagnostic says, and what to do. */
export interface Prose {
  readonly message: string;
  readonly mend: string;
}

/** Looks a diagnostic's prose up. */
export function proseOf({ code, data }: Diagnostic): Prose {
  const entry = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  return entry === undefined ? { message: code, mend: '' } : { message: entry.message(data), mend: entry.mend(data) };
}
