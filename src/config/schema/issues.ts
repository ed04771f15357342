import type * as z from 'zod';
import { nearestWord } from '../nearest.ts';
import type { KeyPath, Problems } from '../problems.ts';
import { EXPECTS } from './fields.ts';

type Issue = z.core.$ZodIssue;

/** Where a part of the config stands, and who hears of its problems. */
export interface At {
  readonly path: KeyPath;
  readonly problems: Problems;
}

/** Parses one part of the config; what is wrong goes to `at.problems`. */
export function parsePart<S extends z.ZodType>(schema: S, value: unknown, at: At): z.output<S> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(issue, value, at);
  return undefined;
}

function reportIssue(issue: Issue, whole: unknown, { path: base, problems }: At): void {
  const inner = issue.path.filter((key) => typeof key !== 'symbol');
  const path = [...base, ...inner];
  const value = valueAt(whole, inner);
  switch (issue.code) {
    case 'unrecognized_keys':
      // The message lists the known keys: see `strictObject`.
      for (const key of issue.keys) reportUnknownKey(key, issue.message.split(' '), { path, problems });
      return;
    case 'invalid_union':
      reportUnion(issue, value, { path, problems });
      return;
    case 'invalid_value':
      problems.error('config-value', path, { value: show(value), allowed: issue.values.map(String) });
      return;
    case 'custom':
      problems.error(issue.params?.['code'] === 'config-size' ? 'config-size' : 'config-duration', path, {
        value: show(value),
      });
      return;
    case 'too_big':
      problems.error('config-range', path, { value: show(value), bound: `at most ${issue.maximum}` });
      return;
    case 'too_small':
      problems.error('config-range', path, { value: show(value), bound: `at least ${issue.minimum}` });
      return;
    default:
      if (value === undefined) problems.error('config-missing', path, { key: String(inner.at(-1) ?? '') });
      else problems.error('config-type', path, { value: show(value), expected: expectedBy(issue) });
  }
}

/** Reports a key that nobody knows, with the known one that was probably meant. */
export function reportUnknownKey(key: string, known: readonly string[], { path, problems }: At): void {
  problems.error('config-unknown-key', [...path, key], { key, nearest: nearestWord(key, known) ?? '', known });
}

/** Of the alternatives, reports the one that the value was meant as; if it's none of them, what they are. */
function reportUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown, at: At): void {
  const { message } = issue;
  if (message === 'config-duration' || message === 'config-size') {
    at.problems.error(message, at.path, { value: show(value) });
    return;
  }
  if (value === undefined) {
    at.problems.error('config-missing', at.path, { key: String(at.path.at(-1) ?? '') });
    return;
  }
  if (message.startsWith(EXPECTS)) {
    at.problems.error('config-type', at.path, { value: show(value), expected: expectedBy(issue) });
    return;
  }
  const meant = issue.errors.find((issues) => issues.every((each) => each.path.length > 0 || !isTypeIssue(each)));
  if (meant !== undefined) {
    for (const each of meant) reportIssue(each, value, at);
    return;
  }
  const expected = [...new Set(issue.errors.flat().flatMap(expectedBy))];
  at.problems.error('config-type', at.path, { value: show(value), expected });
}

function isTypeIssue(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union';
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true|false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function expectedBy(issue: Issue): string[] {
  if (issue.message.startsWith(EXPECTS)) return issue.message.slice(EXPECTS.length).split('|');
  if (issue.code === 'invalid_type') return (NAMES[issue.expected] ?? issue.expected).split('|');
  if (issue.code === 'invalid_value') return issue.values.map(String);
  if (issue.code === 'invalid_union') return issue.errors.flat().flatMap(expectedBy);
  return [];
}

function valueAt(value: unknown, path: KeyPath): unknown {
  let part = value;
  for (const key of path) {
    if (typeof part !== 'object' || part === null) return undefined;
    part = (part as Readonly<Record<string | number, unknown>>)[key];
  }
  return part;
}

/** How a wrong value is shown: short, and never a whole object. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 80 ? `${value.slice(0, 77)}…` : value;
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
