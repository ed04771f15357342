import { readOriginEntry } from './origin-entry.ts';
import type { OriginRule } from './origin-rule.ts';
import { show, type At, type Path } from './problem.ts';
import { readRegexEntry } from './regex-entry.ts';

/** A rule, and where in the options it was written. */
export interface PlacedRule {
  readonly rule: OriginRule;
  readonly path: Path;
}

/** Reads `origins`, of the policy or of a group. Reports what isn't an origin or a pattern. */
export function readOrigins(value: unknown, group: number, at: At): PlacedRule[] {
  const { report, path } = at;
  const entries = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  if (entries.length === 0) report.error('cors-origins-missing', path);
  const placed: PlacedRule[] = [];
  for (const [index, entry] of entries.entries()) {
    const entryPath = Array.isArray(value) ? [...path, index] : path;
    const rule = readEntry(entry, group, { report, path: entryPath });
    if (rule !== undefined) placed.push({ rule, path: entryPath });
  }
  return placed;
}

function readEntry(entry: unknown, group: number, at: At): OriginRule | undefined {
  const { report, path } = at;
  if (typeof entry === 'string') {
    const result = readOriginEntry(entry, group);
    if ('rule' in result) return result.rule;
    report.error(`cors-origin-${result.problem}`, path, { value: entry });
    return undefined;
  }
  const source = regexSource(entry);
  if (source !== undefined) return readRegexEntry(source, group, at);
  report.error('cors-type', path, {
    value: show(entry),
    expected: 'an origin, a pattern, or { regex: … }',
  });
  return undefined;
}

function regexSource(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('regex' in entry)) return undefined;
  return typeof entry.regex === 'string' && Object.keys(entry).length === 1 ? entry.regex : undefined;
}
