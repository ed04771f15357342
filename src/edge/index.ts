/**
 * The guarded way to other people's APIs in runtimes that speak the Fetch API: Workers, Deno, Bun, and the handlers of Next,
 * Hono and the like.
 *
 * @module
 */
export { EdgeConfigError } from './config-error.ts';
export { createEdgeHandler } from './handler.ts';
export type { EdgeHandler, EdgeOptions, EdgeProblem } from './options.ts';
export { defineConfig, type Config } from '../config/types.ts';
export type { Diagnostic } from '../diagnostics/diagnostic.ts';
