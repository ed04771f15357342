import { z } from 'zod';
import { BROWSERS } from '../journey/types.ts';
import { STACKS } from '../stacks/names.ts';
import type { HarReport } from './har-types.ts';
import type { Report } from './types.ts';

const text = z.string();
const texts = z.array(text);
const number = z.number().int().nonnegative();

const step = z.strictObject({
  kind: z.enum(['preflight', 'request']),
  method: text,
  url: text,
  origin: text.exactOptional(),
  insteadOf: text.exactOptional(),
  address: text.exactOptional(),
  status: number.exactOptional(),
  statusLine: text.exactOptional(),
  headers: texts.exactOptional(),
  failure: z.strictObject({ kind: text, detail: text }).exactOptional(),
  verdicts: z.record(z.enum(BROWSERS), text).exactOptional(),
  milliseconds: number,
  curl: text,
});

const finding = z.strictObject({
  code: text.regex(/^doctor(?:-[a-z]+)+$/),
  severity: z.enum(['error', 'warning', 'info']),
  message: text,
  mend: text,
  step: text,
  layer: text,
  help: text,
  evidence: texts,
  mendedByPolicy: z.boolean(),
  data: z.record(text, z.union([text, z.number(), z.boolean(), texts])),
});

const check = z.strictObject({
  id: z.enum(['origin-arrives', 'preflight-answered', 'no-duplicates', 'vary-origin']),
  title: text,
  state: z.enum(['yes', 'no', 'not-needed', 'unknown']),
  detail: text,
});

const fix = z.strictObject({
  stack: z.enum(STACKS),
  title: text,
  guessed: z.boolean(),
  files: z.array(z.strictObject({ name: text, language: text, text })),
  warnings: texts,
});

/** The shape of `oneorigin doctor --json`. `scripts/schema.mjs` writes doctor-report.schema.json from it. */
export const reportSchema = z.strictObject({
  version: z.literal(1),
  request: z.strictObject({
    url: text,
    origin: text,
    method: text,
    credentials: z.enum(['omit', 'same-origin', 'include']),
    mode: z.enum(['cors', 'no-cors', 'same-origin']),
  }),
  outcome: z.enum(['readable', 'opaque', 'blocked', 'undecided', 'unreachable']),
  summary: text,
  preflight: z.strictObject({ needed: z.boolean(), why: texts }),
  steps: z.array(step),
  readable: texts,
  findings: z.array(finding),
  checks: z.array(check),
  standing: z.array(z.strictObject({ product: text, stack: z.enum(STACKS).exactOptional(), evidence: text })),
  fix: fix.exactOptional(),
  audit: z
    .array(
      z.strictObject({
        row: number,
        code: text,
        state: z.enum(['hit', 'clear', 'covered', 'not-asked']),
        hits: z.array(
          z.strictObject({ origin: text, credentials: z.boolean(), browsers: z.enum(['all', 'Safari', 'none']) }),
        ),
      }),
    )
    .exactOptional(),
  layers: z
    .array(z.strictObject({ name: text, preflight: text, request: text, headers: texts, standing: texts }))
    .exactOptional(),
  milliseconds: number,
});

const count = number;

/** The shape of `oneorigin doctor --har FILE --json`. */
export const harReportSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('har'),
  file: text,
  recorder: text,
  outcome: z.enum(['readable', 'blocked', 'undecided']),
  summary: text,
  counts: z.strictObject({
    entries: count,
    skipped: count,
    sameOrigin: count,
    withoutCors: count,
    unknownPage: count,
    cancelled: count,
    blocked: count,
    undecided: count,
    opaque: count,
    readable: count,
  }),
  requests: z.array(
    z.strictObject({
      entries: z.array(number),
      credentials: z.enum(['recorded', 'given', 'inferred', 'assumed']),
      preflight: z.enum(['not-needed', 'recorded', 'remembered', 'missing']),
      report: reportSchema,
    }),
  ),
});

type SameAs<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** The compiler holds the schema to the type, both ways. */
export const isReportSchema: SameAs<DeepReadonly<z.infer<typeof reportSchema>>, Report> = true;

/** The same for recordings. */
export const isHarReportSchema: SameAs<DeepReadonly<z.infer<typeof harReportSchema>>, HarReport> = true;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The schema as JSON Schema. */
export function reportJsonSchema(): object {
  return {
    title: 'What `oneorigin doctor --json` prints',
    ...z.toJSONSchema(z.union([reportSchema, harReportSchema])),
  };
}
