import type { Examination, Finding } from './finding.ts';
import { preflightCause } from './preflight.ts';
import { responseCause } from './response.ts';

/** The one cause of a CORS check that fails; none if it failed at something else, or if the answer doesn't tell. */
export function corsCause(examination: Examination): Finding | undefined {
  const { stop, outcome } = examination.journey;
  // Undecided: a GET in the place of another method was refused, which may be the GET's fault alone.
  if (stop?.kind !== 'cors' || outcome === 'undecided') return undefined;
  const cause = stop.at.kind === 'preflight' ? preflightCause(stop, examination) : undefined;
  return cause ?? responseCause(stop, examination);
}
