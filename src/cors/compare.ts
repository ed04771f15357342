import type { Decision } from './decision.ts';

/** One point in which two decisions differ. */
export interface DecisionDifference {
  /** What differs: whether the request is allowed, why, whether it's refused, or a header line's value. */
  readonly field: 'allowed' | 'reason' | 'refuse' | 'status' | 'vary' | `header:${string}`;
  readonly enforced: string;
  readonly shadow: string;
}

/**
 * Where the decision of a policy that is only reported differs from that of the one in force, on the same request. Empty
 * if a client couldn't tell them apart.
 */
export function compareDecisions(enforced: Decision, shadow: Decision): DecisionDifference[] {
  if (enforced === shadow) return [];
  const differences: DecisionDifference[] = [];
  const note = (field: DecisionDifference['field'], a: string, b: string): void => {
    if (a !== b) differences.push({ field, enforced: a, shadow: b });
  };
  note('allowed', String(enforced.allowed), String(shadow.allowed));
  note('reason', enforced.reason, shadow.reason);
  note('refuse', String(enforced.refuse), String(shadow.refuse));
  note('status', String(enforced.status ?? ''), String(shadow.status ?? ''));
  note('vary', enforced.vary.join(','), shadow.vary.join(','));
  const lines = { enforced: lineMap(enforced), shadow: lineMap(shadow) };
  for (const name of new Set([...lines.enforced.keys(), ...lines.shadow.keys()])) {
    note(`header:${name}`, lines.enforced.get(name) ?? '', lines.shadow.get(name) ?? '');
  }
  return differences;
}

/** The same in words, for logs: `name: allowed true → false; …`. Empty if nothing differs. */
export function describeDifferences(enforced: Decision, shadow: Decision, name: string): string {
  const found = compareDecisions(enforced, shadow);
  if (found.length === 0) return '';
  return `${name}: ${found.map((d) => `${d.field} ${d.enforced || '(none)'} → ${d.shadow || '(none)'}`).join('; ')}`;
}

function lineMap(decision: Decision): Map<string, string> {
  const lines = new Map(decision.headers.map(([name, value]) => [name.toLowerCase(), value]));
  if (decision.exposeAll) lines.set('access-control-expose-headers', '(every header of the response)');
  return lines;
}
