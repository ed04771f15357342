import * as z from 'zod';
import { duration, flag, strictObject, type Duration } from '../../config/schema/fields.ts';

/** A break that is meant. */
export interface MaintenanceOptions {
  /** What clients are told to wait (`Retry-After`). Default: `5m`. */
  readonly retryAfter?: Duration;
  /** What people read. Default: that the service is being worked on. */
  readonly message?: string;
}

/** What a route, or the whole gateway, understands of maintenance. */
export interface MaintenanceRouteOptions {
  /** Answer with 503 and `Retry-After` instead of what the route does. Default: `false`. */
  readonly maintenance?: boolean | MaintenanceOptions;
}

/** Schema of `MaintenanceOptions`. */
export const maintenanceOptions = strictObject({
  retryAfter: duration.exactOptional(),
  message: z.string().exactOptional(),
}).meta({ id: 'MaintenanceOptions' });

/** Fields of `MaintenanceRouteOptions`. */
export const maintenanceFields = { maintenance: z.union([flag, maintenanceOptions]).exactOptional() };
