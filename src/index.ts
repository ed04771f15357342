/**
 * oneorigin: one origin for a frontend and all its APIs, and one CORS policy where that can't be.
 *
 * @module
 */
export { ConfigError, createGateway, Gateway, type GatewayAddress, type GatewayOptions } from './gateway/index.ts';
export { defineConfig, type Config } from './config/index.ts';
export type { AccessRecord } from './observe/access-log.ts';
