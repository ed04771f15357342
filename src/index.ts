/**
 * oneorigin: one origin for a frontend and all its APIs, and one CORS policy where that can't be.
 *
 * @module
 */
export { ConfigError, createGateway, Gateway, type GatewayAddress, type GatewayOptions } from './gateway/index.ts';
export { defineConfig, loadConfig, type Config, type LoadedConfig } from './config/index.ts';
export { renderText, type Diagnostic } from './diagnostics/index.ts';
export type { AccessRecord } from './observe/access-log.ts';
