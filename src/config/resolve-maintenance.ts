import type * as z from 'zod';
import type { maintenanceOptions } from '../features/maintenance/options.ts';
import type { MaintenanceModel } from './feature-models.ts';

const DEFAULTS: MaintenanceModel = Object.freeze({
  retryAfter: 300_000,
  message: 'The service is being worked on. Try again later.',
});

/** Understands `maintenance`; undefined: it's off. */
export function resolveMaintenance(
  options: boolean | z.output<typeof maintenanceOptions> | undefined,
): MaintenanceModel | undefined {
  if (options === undefined || options === false) return undefined;
  return options === true ? DEFAULTS : Object.freeze({ ...DEFAULTS, ...options });
}
