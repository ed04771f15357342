import type { DoctorEntry } from './doctor-entry.ts';
import { code } from './words.ts';

const JOINED = 'Fetch, "get": several lines are joined by a comma';

/** What one of several layers does to CORS, seen by asking each alone. */
export const doctorLayersCatalogue = {
  'doctor-layer-down': {
    step: 'none: this layer was asked by the doctor alone',
    message: ({ layer, detail }) => `The layer ${code(layer)} doesn't answer (${String(detail)}).`,
    mend: () => 'Start it, or mend its address after `--via`.',
  },
  'doctor-layer-swallows-options': {
    step: 'Fetch, CORS-preflight fetch, step 7',
    policy: true,
    message: ({ layer, inner, status }) =>
      `${code(layer)} answers OPTIONS itself with ${String(status)}; behind it ${code(inner)} would let the preflight pass.`,
    mend: ({ layer }) =>
      `Let OPTIONS through at ${code(layer)}, or give that layer the policy and take it from the other.`,
  },
  'doctor-layer-duplicates': {
    step: JOINED,
    policy: true,
    message: ({ layer, inner, header }) => `${code(layer)} adds ${code(header)} to what ${code(inner)} sends already.`,
    mend: ({ layer, inner }) =>
      `Remove the CORS headers at ${code(inner)}, or have ${code(layer)} drop them before it adds its own.`,
  },
  'doctor-layer-loses-origin': {
    step: 'Fetch, CORS check, step 4: the layer behind never saw who asks',
    message: ({ layer, inner }) =>
      `${code(layer)} doesn't pass Origin on: ${code(inner)} answers through it as if nobody had said who asks.`,
    mend: ({ layer }) =>
      `Pass the request header \`Origin\` on at ${code(layer)}; if it caches, put Origin into its key.`,
  },
  'doctor-layer-removes': {
    step: 'Fetch, CORS check, step 2',
    message: ({ layer, inner, header, where }) =>
      `${code(layer)} removes ${code(header)}, which ${code(inner)} sends (${String(where)}), or never asks for it.`,
    mend: ({ layer }) => `See which rule of ${code(layer)} drops response headers, or doesn't pass Origin on.`,
  },
  'doctor-layer-overwrites': {
    step: 'Fetch, CORS check, step 4',
    message: ({ layer, inner, header, from, to }) =>
      `${code(layer)} turns ${code(header)} of ${code(inner)} from ${code(from)} into ${code(to)}.`,
    mend: ({ layer }) => `Let ${code(layer)} hold the whole policy, or none of it.`,
  },
  'doctor-layer-adds': {
    step: 'none: this is where the policy is',
    message: ({ layer, header }) => `${code(layer)} is the layer that adds ${code(header)}.`,
    mend: () => 'Change the policy there.',
  },
} as const satisfies Record<string, DoctorEntry>;
