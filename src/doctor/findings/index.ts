import { aroundFindings } from './around.ts';
import { auditFindings } from './audit.ts';
import { cookieFindings } from './cookies.ts';
import { rank, type Examination, type Finding } from './finding.ts';
import { layerFindings } from './layers.ts';
import { cspFindings, droppedPreflight, networkFindings } from './network.ts';
import { preflightCause } from './preflight.ts';
import { responseCause } from './response.ts';

export { isMendedByPolicy, type Examination, type Finding } from './finding.ts';

/** Everything that was found, the first being the one to mend. */
export function findAll(examination: Examination): Finding[] {
  const dropped = droppedPreflight(examination);
  return rank([
    ...cspFindings(examination),
    ...(dropped.length > 0 ? dropped : networkFindings(examination)),
    ...layerFindings(examination),
    ...corsFindings(examination),
    ...auditFindings(examination),
    ...cookieFindings(examination),
    ...aroundFindings(examination),
  ]);
}

/** The one cause of a CORS check that fails. */
function corsFindings(examination: Examination): Finding[] {
  const { stop, outcome } = examination.journey;
  if (stop?.kind !== 'cors') return [];
  // A GET in the place of another method was refused: that may be the GET's fault alone.
  if (outcome === 'undecided') return [];
  const cause = stop.at.kind === 'preflight' ? preflightCause(stop, examination) : undefined;
  return [cause ?? responseCause(stop, examination)];
}
