/** Problems as values, and the renderers that turn them into prose. */
export { catalogue, proseOf, type Prose } from './catalogue/index.ts';
export type { Diagnostic, DiagnosticData, Place, Severity } from './diagnostic.ts';
export { formatPath } from './format-path.ts';
export { helpFor } from './help.ts';
export { renderJson, type JsonDiagnostic } from './render-json.ts';
export { painter, printable, renderText, type Paint, type TextOptions } from './render-text.ts';
