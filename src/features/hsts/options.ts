import * as z from 'zod';
import { flag, strictObject } from '../../config/schema/fields.ts';

/** `Strict-Transport-Security` (RFC 6797), in full. */
export interface HstsOptions {
  /** How long browsers are to insist on https: `1y`, `180d`, `2h`; `0`: no longer, from now on. */
  readonly maxAge: string | 0;
  /** Also for all hosts below the one that was asked. Default: `false`. */
  readonly includeSubDomains?: boolean;
  /** Agree to be in the list that browsers are delivered with; only with `includeSubDomains` and at least `1y`. Default: `false`. */
  readonly preload?: boolean;
}

/** A length of time that may be longer than a timer: `180d`, `1y` (365 days). */
export const maxAgePattern = /^(?:\d{1,9}[smhdy])+$/;

const maxAge = z.union([z.literal(0), z.string().meta({ pattern: `${maxAgePattern.source}|^0$|\\$\\{` })]);

/** Schema of `HstsOptions`. */
export const hstsOptions = strictObject({
  maxAge,
  includeSubDomains: flag.exactOptional(),
  preload: flag.exactOptional(),
}).meta({ id: 'HstsOptions' });

/** A length of time alone, or all of it. */
export const hsts = z.union([maxAge, hstsOptions]);
