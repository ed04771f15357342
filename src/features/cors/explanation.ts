import { explainDecision, type Decision, type Policy } from '../../cors/index.ts';
import { corsCatalogue } from '../../diagnostics/catalogue/cors.ts';

/** A refusal in words for the operator, in the log: the rule, and what to write in the config. */
export function explainToPerson(decision: Decision, policy: Policy): string {
  return explainDecision(decision, policy)
    .map(({ code, data }) => {
      const entry = corsCatalogue[code as keyof typeof corsCatalogue];
      return `${entry.message(data)} ${entry.mend(data)}`.trim();
    })
    .join(' ');
}
