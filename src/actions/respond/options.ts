import * as z from 'zod';
import { count, oneOrMore, strictObject } from '../../config/schema/fields.ts';

/** A fixed answer. */
export interface RespondOptions {
  /** Default: `200`. */
  readonly status?: number;
  /** Header lines; a list of values makes several lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** The body, as text. Default: none. */
  readonly body?: string;
}

/** What a route with `respond` understands. */
export interface RespondRouteOptions {
  /** Answer with this status, or this whole response. */
  readonly respond?: number | RespondOptions;
}

const status = count(200, 599);

/** Schema of `RespondOptions`. */
export const respondOptions = strictObject({
  status: status.exactOptional(),
  headers: z.record(z.string(), oneOrMore).exactOptional(),
  body: z.string().exactOptional(),
}).meta({ id: 'RespondOptions' });

/** Fields of `RespondRouteOptions`. */
export const respondRouteFields = {
  respond: z.union([status, respondOptions]).exactOptional(),
};
