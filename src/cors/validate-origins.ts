import { readOriginEntry } from './origin-entry.ts';
import type { OriginRule } from './origin-rule.ts';
import { show, type At, type Path } from './problem.ts';
import type { RegexNode } from './regex-dialect.ts';
import { readRegexEntry } from './regex-entry.ts';

/** A rule, and where in the options it was written. */
export interface PlacedRule {
  readonly rule: OriginRule;
  readonly path: Path;
  /** Of a regex, its meaning. */
  readonly node?: RegexNode;
}

/** What to read, for which group. */
export interface OriginsSource {
  readonly value: unknown;
  readonly group: number;
  /** Whether `null` may be listed. */
  readonly allowNull: boolean;
}

/** Reads `origins`, of the policy or of a group. Reports what isn't an origin or a pattern. */
export function readOrigins(source: OriginsSource, at: At): PlacedRule[] {
  const { value } = source;
  const { report, path } = at;
  const isList = Array.isArray(value);
  const entries: readonly unknown[] = isList ? value : [value];
  if (value === undefined || entries.length === 0) {
    report.error('cors-origins-missing', path);
    return [];
  }
  return entries.flatMap((entry, index) => {
    const placed = readEntry(entry, source, { report, path: isList ? [...path, index] : path });
    return placed === undefined ? [] : [placed];
  });
}

function readEntry(entry: unknown, source: OriginsSource, at: At): PlacedRule | undefined {
  const { report, path } = at;
  const { group } = source;
  if (typeof entry === 'string') {
    if (entry === 'null' && source.allowNull) return { rule: nullRule(group), path };
    const result = readOriginEntry(entry, group);
    if ('rule' in result) return { rule: result.rule, path };
    report.error(`cors-origin-${result.problem}`, path, { value: entry });
    return undefined;
  }
  const regex = regexSource(entry);
  if (regex === undefined) {
    report.error('cors-type', path, { value: show(entry), expected: 'an origin, a pattern, or { regex: … }' });
    return undefined;
  }
  const read = readRegexEntry(regex, group, at);
  return read === undefined ? undefined : { ...read, path };
}

/** An opaque origin (HTML, "opaque origin"): all of them are written alike. */
function nullRule(group: number): OriginRule {
  return { kind: 'exact', text: 'null', group, scheme: '', host: '', hostKind: 'name', port: '' };
}

function regexSource(entry: unknown): string | undefined {
  if (typeof entry !== 'object' || entry === null || !('regex' in entry)) return undefined;
  return typeof entry.regex === 'string' && Object.keys(entry).length === 1 ? entry.regex : undefined;
}
