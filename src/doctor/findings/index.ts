import { aroundFindings } from './around.ts';
import { auditFindings } from './audit.ts';
import { corsCause } from './cause.ts';
import { cookieFindings } from './cookies.ts';
import { rank, type Examination, type Finding } from './finding.ts';
import { layerFindings } from './layers.ts';
import { duplicateBeside } from './response.ts';
import { cspFindings, droppedPreflight, networkFindings } from './network.ts';

export { isMendedByPolicy, type Examination, type Finding } from './finding.ts';

/** Everything that was found, the first being the one to mend. */
export function findAll(examination: Examination): Finding[] {
  const dropped = droppedPreflight(examination);
  const cause = corsCause(examination);
  return rank([
    ...cspFindings(examination),
    ...(dropped.length > 0 ? dropped : networkFindings(examination)),
    ...layerFindings(examination),
    ...(cause === undefined ? [] : [cause]),
    ...duplicateBeside(cause, examination),
    ...auditFindings(examination),
    ...cookieFindings(examination),
    ...aroundFindings(examination),
  ]);
}
