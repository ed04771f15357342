import { doctorAroundCatalogue } from './doctor-around.ts';
import { doctorAuditCatalogue } from './doctor-audit.ts';
import type { DoctorEntry } from './doctor-entry.ts';
import { doctorHarCatalogue } from './doctor-har.ts';
import { doctorLayersCatalogue } from './doctor-layers.ts';
import { doctorNetworkCatalogue } from './doctor-network.ts';
import { doctorPreflightCatalogue } from './doctor-preflight.ts';
import { doctorResponseCatalogue } from './doctor-response.ts';

/** Everything that the doctor finds. The order is the ranking among findings of one severity: the first is the one to mend. */
export const doctorCatalogue = {
  ...doctorNetworkCatalogue,
  ...doctorHarCatalogue,
  ...doctorLayersCatalogue,
  ...doctorPreflightCatalogue,
  ...doctorResponseCatalogue,
  ...doctorAuditCatalogue,
  ...doctorAroundCatalogue,
} as const satisfies Record<string, DoctorEntry>;

/** A code of the doctor. */
export type DoctorCode = keyof typeof doctorCatalogue;
