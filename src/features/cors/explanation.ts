import { explainDecision, type Decision, type Policy } from '../../cors/index.ts';
import { corsCatalogue } from '../../diagnostics/catalogue/cors.ts';

/**
 * A refusal in words. The operator (in the log) reads the rule and what to write in the config; a visitor (in the body of
 * a 403) only what was refused, since the list of allowed origins is nobody else's business.
 */
export function explainToPerson(
  decision: Decision,
  policy: Policy,
  reader: 'operator' | 'visitor' = 'operator',
): string {
  if (reader === 'visitor') return `The policy refuses this request: ${decision.reason}.`;
  return explainDecision(decision, policy)
    .map(({ code, data }) => {
      const entry = corsCatalogue[code as keyof typeof corsCatalogue];
      return `${entry.message(data)} ${entry.mend(data)}`.trim();
    })
    .join(' ');
}
