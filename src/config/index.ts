/** The configuration: what people write, and the frozen model that the gateway runs on. */
export {
  CONFIG_NAMES,
  findConfig,
  loadConfig,
  parseConfig,
  type ConfigFormat,
  type LoadedConfig,
  type ParseOptions,
} from './load.ts';
export { resolveConfig, type ResolveOptions } from './node-machine.ts';
export type { ConfigResult } from './resolve.ts';
export {
  defineConfig,
  type ClientTimeoutOptions,
  type Config,
  type LimitOptions,
  type LogOptions,
  type RouteOptions,
  type UpstreamOptions,
  type UpstreamTlsOptions,
} from './types.ts';
export type * from './model.ts';
