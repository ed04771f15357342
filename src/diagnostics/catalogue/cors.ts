import type { CatalogueEntry } from './entry.ts';
import { corsOriginCatalogue } from './cors-origin.ts';
import { corsPolicyCatalogue } from './cors-policy.ts';
import { corsRefusalCatalogue } from './cors-refusal.ts';

/** Everything that the CORS core reports: options that are wrong, and why a request was refused. */
export const corsCatalogue = {
  ...corsOriginCatalogue,
  ...corsPolicyCatalogue,
  ...corsRefusalCatalogue,
} as const satisfies Record<string, CatalogueEntry>;

/** A code of the CORS core. The core reports with this type, so that it can't use a code without prose. */
export type CorsCode = keyof typeof corsCatalogue;
