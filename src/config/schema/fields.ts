import * as z from 'zod';
import { durationPattern, parseDuration } from '../duration.ts';
import { parseSize, sizePattern } from '../size.ts';

/** An object without other keys; the message of an unknown one lists what is known, for "did you mean". */
export function strictObject<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined),
  });
}

/**
 * A text of a certain form. `code` is the diagnostic's when the value doesn't pass. For editors a variable may stand
 * there too: it has been replaced when this is checked.
 */
function textField(
  code: 'config-duration' | 'config-size',
  pattern: RegExp,
  passes: (text: string) => boolean,
): z.ZodString {
  return z
    .string()
    .refine(passes, { params: { code } })
    .meta({ pattern: `${pattern.source}|\\$\\{` });
}

/** `250ms`, `5s`, `1h30m`, or 0 for none; milliseconds when parsed. */
export const duration = z.union(
  [
    z.literal(0),
    textField('config-duration', durationPattern, (text) => parseDuration(text) !== undefined).transform(
      (text) => parseDuration(text) ?? 0,
    ),
  ],
  { error: 'config-duration' },
);

/** `64KiB`, `10MB`, or bytes as a number; bytes when parsed. */
export const size = z.union(
  [
    z.int().min(0),
    textField('config-size', sizePattern, (text) => parseSize(text) !== undefined).transform(
      (text) => parseSize(text) ?? 0,
    ),
  ],
  { error: 'config-size' },
);

/** A size that can't be so small that nothing would fit. */
export function sizeFrom(min: number): z.ZodType<number, Size> {
  return size.pipe(z.number().min(min));
}

/** A length of time in a config. */
export type Duration = z.input<typeof duration>;

/** A number of bytes in a config. */
export type Size = z.input<typeof size>;

/**
 * What the message of a union's issue begins with that says itself what it expects (the rest, alternatives with `|`
 * between): a number that may stand there as text isn't a text to whoever reads the message.
 */
export const EXPECTS = 'expects ';

/** A whole number; as text too, since a variable in quotes is one. */
export function count(min: number, max = Number.MAX_SAFE_INTEGER): z.ZodType<number, number | string> {
  const number = z.int().min(min).max(max);
  const text = z
    .string()
    .regex(/^\d{1,15}$/)
    .meta({ pattern: '^\\d{1,15}$|\\$\\{' });
  return z.union([number, text.transform(Number).pipe(number)], { error: `${EXPECTS}a whole number` });
}

/** A whole number, or one word in its place. */
export function countOr<Word extends string>(
  word: Word,
  min: number,
  max?: number,
): z.ZodType<number | Word, number | string> {
  return z.union([z.literal(word), count(min, max)], { error: `${EXPECTS}a whole number|${word}` });
}

/** A share of a whole, `20%`; as a fraction when parsed. */
export function share(min: number, max: number): z.ZodType<number, string> {
  const error = `${EXPECTS}a percentage such as 20%`;
  const text = z
    .string({ error })
    .regex(/^\d{1,5}(?:\.\d{1,3})?%$/, { error })
    .meta({ pattern: '^\\d{1,5}(?:\\.\\d{1,3})?%$|\\$\\{' });
  const percent = text.transform((written) => Number.parseFloat(written)).pipe(z.number().min(min).max(max));
  return percent.transform((value) => value / 100);
}

/** Statuses from the first to the second, both included. */
export type StatusRange = readonly [first: number, last: number];

const status = z.union(
  [
    z
      .int()
      .min(100)
      .max(599)
      .transform((code): StatusRange => [code, code]),
    z
      .string()
      .regex(/^[1-5](?:xx|\d\d)$/)
      .meta({ pattern: '^[1-5](?:xx|\\d\\d)$|\\$\\{' })
      .transform((text): StatusRange => [Number(text.replace('xx', '00')), Number(text.replace('xx', '99'))]),
  ],
  { error: `${EXPECTS}a status|a class such as 5xx` },
);

/** `503`, `5xx`, or a list of both. */
export const statuses = z.union([status.transform((range): readonly StatusRange[] => [range]), z.array(status)]);

/** True or false; as text too, since a variable in quotes is one. */
export const flag: z.ZodType<boolean, boolean | string> = z.union(
  [
    z.boolean(),
    z
      .string()
      .regex(/^(?:true|false)$/)
      .meta({ pattern: '^(?:true|false)$|\\$\\{' })
      .transform((text) => text === 'true'),
  ],
  { error: `${EXPECTS}true|false` },
);

/** The name of a header (RFC 9110 §5.6.2, token). */
export const headerNamePattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** One string, or a list of them. */
export const oneOrMore = z.union([z.string(), z.array(z.string())]);
