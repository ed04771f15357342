import type { DoctorCode } from '../../src/diagnostics/catalogue/doctor.ts';
import { aroundSituations } from './doctor/around.ts';
import { auditSituations } from './doctor/audit.ts';
import { harSituations } from './doctor/har.ts';
import { layersSituations } from './doctor/layers.ts';
import { networkSituations } from './doctor/network.ts';
import { preflightSituations } from './doctor/preflight.ts';
import { responseSituations } from './doctor/response.ts';
import type { Situations } from './situation.ts';

/** An example for each finding of the doctor. */
export const situations: Situations<DoctorCode> = {
  ...networkSituations,
  ...harSituations,
  ...layersSituations,
  ...preflightSituations,
  ...responseSituations,
  ...auditSituations,
  ...aroundSituations,
};
