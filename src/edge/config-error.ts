import { configCatalogue } from '../diagnostics/catalogue/config.ts';
import { corsCatalogue } from '../diagnostics/catalogue/cors.ts';
import { edgeCatalogue } from '../diagnostics/catalogue/edge.ts';
import type { CatalogueEntry } from '../diagnostics/catalogue/entry.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { formatPath } from '../diagnostics/format-path.ts';

/** What can be said of a config here. The prose of doctor and command line would only weigh. */
const CATALOGUE: Readonly<Record<string, CatalogueEntry>> = { ...configCatalogue, ...corsCatalogue, ...edgeCatalogue };

/** Thrown by `createEdgeHandler`: the configuration is wrong, or asks for what an edge runtime can't do. */
export class EdgeConfigError extends Error {
  override readonly name = 'EdgeConfigError';
  /** Everything that is wrong. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(`The configuration is wrong.\n${diagnostics.map((diagnostic) => `- ${write(diagnostic)}`).join('\n')}`);
    this.diagnostics = diagnostics;
  }
}

function write({ code, data, path = [] }: Diagnostic): string {
  const entry = CATALOGUE[code];
  const prose = entry === undefined ? '' : ` ${entry.message(data)} ${entry.mend(data)}`.trimEnd();
  return `${formatPath(path)} [${code}]${prose}`.trimStart();
}
