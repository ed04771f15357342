import { size, type Size } from '../../config/schema/fields.ts';

/** How much a client may send. */
export interface BodyLimitOptions {
  /** The body of a request, in place of `limits.body`; `0`: no limit. More is 413. Default: `limits.body`. */
  readonly bodyLimit?: Size;
}

/** Fields of `BodyLimitOptions`. */
export const bodyLimitFields = { bodyLimit: size.exactOptional() };
