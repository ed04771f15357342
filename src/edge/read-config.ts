import type { Machine } from '../config/machine.ts';
import type { Model } from '../config/model.ts';
import { resolveOn } from '../config/resolve.ts';
import type { Config } from '../config/types.ts';
import { EdgeConfigError } from './config-error.ts';
import { expandVariables } from './expand-variables.ts';
import type { EdgeOptions } from './options.ts';
import { findUnsupported } from './unsupported.ts';

/** A machine without files, and with as many processes as the platform likes. */
const NOWHERE: Machine = {
  checkFiles: false,
  cores: () => 1,
  absolute: (path) => path,
  readText: () => ({ cause: 'ENOENT' }),
  findFolder: () => ({ cause: 'ENOENT' }),
  readCertificate: () => undefined,
  readPublicKey: () => undefined,
  parseDocument: () => undefined,
};

/**
 * Understands a config as the gateway does.
 * @throws {EdgeConfigError} with everything that is wrong, and everything that an edge runtime can't do
 */
export function readConfig<Rest extends readonly unknown[]>(config: Config, options: EdgeOptions<Rest>): Model {
  const { value, problems } = expandVariables(config, options.env ?? {});
  const result = resolveOn(NOWHERE, value as Config);
  const found = 'problems' in result ? result.problems.filter(({ severity }) => severity === 'error') : [];
  const all = [...problems, ...found, ...findUnsupported(value, { knowsClients: options.clientAddress !== undefined })];
  if (all.length > 0 || 'problems' in result) throw new EdgeConfigError(all);
  return result.model;
}
