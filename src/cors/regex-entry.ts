import type { OriginRule } from './origin-rule.ts';
import type { At } from './problem.ts';

/** Reads an entry of `origins` that is a regex. */
export function readRegexEntry(source: string, group: number, at: At): OriginRule | undefined {
  try {
    return { kind: 'regex', text: source, group, expression: new RegExp(`^(?:${source})$`) };
  } catch {
    at.report.error('cors-regex-invalid', at.path, { value: source });
    return undefined;
  }
}
