import type { OriginRule } from './origin-rule.ts';
import type { At } from './problem.ts';
import { regexCost } from './regex-ambiguity.ts';
import { parseRegex, type RegexNode } from './regex-dialect.ts';

/** A regex entry, with what it means for whoever judges it. */
export interface RegexEntry {
  readonly rule: OriginRule & { readonly kind: 'regex' };
  readonly node: RegexNode;
}

/** Reads an entry of `origins` that is a regex; reports what isn't in the dialect or is dangerous to run. */
export function readRegexEntry(source: string, group: number, at: At): RegexEntry | undefined {
  const { report, path } = at;
  const parsed = parseRegex(source);
  if ('problem' in parsed) {
    report.error('cors-regex-syntax', path, { value: source, found: parsed.problem.found, at: parsed.problem.at + 1 });
    return undefined;
  }
  const cost = regexCost(parsed.node);
  if (cost !== 'linear') {
    report.error(`cors-regex-${cost}`, path, { value: source });
    return undefined;
  }
  const expression = compile(source);
  if (expression === undefined) {
    report.error('cors-regex-syntax', path, { value: source, found: source, at: 1 });
    return undefined;
  }
  return { rule: { kind: 'regex', text: source, group, expression }, node: parsed.node };
}

/** Anchored as a whole: `^a|b$` would anchor its branches one by one. No flags: `g` and `y` keep state between matches. */
function compile(source: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return undefined;
  }
}
