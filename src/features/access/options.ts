import * as z from 'zod';
import { oneOrMore } from '../../config/schema/fields.ts';

/** Who may ask, by address. */
export interface AccessOptions {
  /**
   * Addresses and ranges that may ask (`10.0.0.0/8`, `2001:db8::/32`, `203.0.113.7`); all others get 403. `false`: those
   * of the whole gateway don't hold here. Default: everybody.
   */
  readonly ipAllow?: string | readonly string[] | false;
  /** Addresses and ranges that may not ask, also where `ipAllow` lists them. Default: none. */
  readonly ipDeny?: string | readonly string[] | false;
}

const ranges = z.union([z.literal(false), oneOrMore]).exactOptional();

/** Fields of `AccessOptions`. */
export const accessFields = { ipAllow: ranges, ipDeny: ranges };
