import { splitList } from '../protocol/field-list.ts';
import type { Decision, HeaderLine } from './decision.ts';
import { exposeNames } from './expose.ts';

/**
 * A response's header lines as a decision wants them: the `Access-Control-*` lines it came with are removed, the
 * decision's are added, `Vary` is completed. With a decision of kind `passed` the lines stay as they are. The order of
 * the other lines is kept.
 */
export function applyDecision(decision: Decision, lines: readonly HeaderLine[]): HeaderLine[] {
  if (decision.kind === 'passed') return [...lines];
  const kept: HeaderLine[] = [];
  const vary: string[] = [];
  for (const line of lines) {
    const name = line[0].toLowerCase();
    if (name === 'vary') vary.push(line[1]);
    else if (!name.startsWith('access-control-')) kept.push(line);
  }
  const merged = mergeVary(vary, decision.vary);
  if (merged !== undefined) kept.push(['Vary', merged]);
  const names = exposeNames(
    decision,
    lines.map(([name]) => name),
  );
  kept.push(...decision.headers);
  if (names !== undefined) kept.push(['Access-Control-Expose-Headers', names]);
  return kept;
}

/**
 * One value for `Vary` (RFC 9110, 12.5.5) from the lines that are there and the names to add; `undefined` if there are
 * none. Names that are there keep their order and case, `*` stays alone.
 */
export function mergeVary(lines: readonly string[], names: readonly string[]): string | undefined {
  const merged = new Map<string, string>();
  for (const item of [...lines.flatMap((line) => splitList(line)), ...names]) {
    const key = item.toLowerCase();
    if (!merged.has(key)) merged.set(key, item);
  }
  if (merged.has('*')) return '*';
  return merged.size === 0 ? undefined : [...merged.values()].join(', ');
}
