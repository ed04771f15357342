import * as z from 'zod';
import type { PolicyOptions } from '../../cors/index.ts';
import { oneOrMore, strictObject } from '../../config/schema/fields.ts';

/**
 * A policy's options as far as the config is concerned: anything. `createPolicy` validates them, with better messages
 * than a schema has. For editors `policySchema` takes its place in `schema.json`.
 */
export const policyOptions = z.custom<PolicyOptions>(() => true);

const regexOrigin = strictObject({ regex: z.string() }).meta({ id: 'RegexOrigin' });

const origins = z.union([z.string(), regexOrigin, z.array(z.union([z.string(), regexOrigin]))]);

const grantFields = {
  credentials: z.boolean().exactOptional(),
  methods: oneOrMore.exactOptional(),
  headers: oneOrMore.exactOptional(),
  expose: oneOrMore.exactOptional(),
  maxAge: z.union([z.number(), z.string(), z.literal(false)]).exactOptional(),
};

const groupOptions = strictObject({ ...grantFields, origins }).meta({ id: 'GroupOptions' });

/** Schema of `PolicyOptions`, for editors. */
export const policySchema: z.ZodType = strictObject({
  ...grantFields,
  origins: origins.exactOptional(),
  groups: z.array(groupOptions).exactOptional(),
  upstream: z.enum(['override', 'pass']).exactOptional(),
  enforce: z.boolean().exactOptional(),
  explain: z.boolean().exactOptional(),
  report: z.lazy((): z.ZodType => z.union([z.string(), policySchema])).exactOptional(),
  dangerouslyAllowNullOrigin: z.boolean().exactOptional(),
  dangerouslyAllowInsecureOrigins: z.boolean().exactOptional(),
  dangerouslyAllowPublicSuffix: z.boolean().exactOptional(),
  dangerouslyAllowLooseRegex: z.boolean().exactOptional(),
}).meta({ id: 'PolicyOptions' });
