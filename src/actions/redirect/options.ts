import * as z from 'zod';
import { strictObject } from '../../config/schema/fields.ts';

/** A redirect with its status. */
export interface RedirectOptions {
  /** A path or an absolute URL; `:param`, `*` and `{query}` are filled in. */
  readonly to: string;
  /** 301 and 308 are permanent; 307 and 308 keep the method. Default: `308`. */
  readonly status?: 301 | 302 | 303 | 307 | 308;
}

/** What a route with `redirect` understands. */
export interface RedirectRouteOptions {
  /** Answer with a redirect to this path or URL; `:param`, `*` and `{query}` are filled in. */
  readonly redirect?: string | RedirectOptions;
}

/** Schema of `RedirectOptions`. */
export const redirectOptions = strictObject({
  to: z.string(),
  status: z.literal([301, 302, 303, 307, 308]).exactOptional(),
}).meta({ id: 'RedirectOptions' });

/** Fields of `RedirectRouteOptions`. */
export const redirectRouteFields = {
  redirect: z.union([z.string(), redirectOptions]).exactOptional(),
};
