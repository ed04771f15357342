import { STACKS } from '../stacks/names.ts';
import type { Report, ReportedFinding } from './types.ts';

/** What stands at the top of a report, and what may wait. */
export interface Arrangement {
  /** The first finding, and the mend with it if that mends it. */
  readonly first: readonly ReportedFinding[];
  readonly rest: readonly ReportedFinding[];
  /** Whether the mend belongs to the first finding: it stands before the rest then. */
  readonly mendsFirst: boolean;
  /** Whether the checklist tells anything. */
  readonly hasChecks: boolean;
}

/** The order in which every renderer tells a report: the cause, its mend, and only then what else was seen. */
export function arrange({ findings, checks }: Report): Arrangement {
  const [first, ...rest] = findings;
  return {
    first: first === undefined ? [] : [first],
    rest,
    mendsFirst: first?.mendedByPolicy === true,
    hasChecks: checks.some(({ state }) => state === 'yes' || state === 'no'),
  };
}

/** What to say where a policy would mend it, and nobody knows what stands there. */
export function stackHint({ findings, fix, request }: Report): string | undefined {
  const isMended = findings.some(({ mendedByPolicy, severity }) => mendedByPolicy && severity !== 'info');
  if (fix !== undefined || !isMended || !/^https?:/.test(request.origin)) return undefined;
  return `What stands there doesn't say what it is. \`--stack NAME\` writes the mend: ${STACKS.join(', ')}.`;
}
