import { isDeepStrictEqual } from 'node:util';
import { ENGINES, readConsoleMessage } from '../../../src/cors/index.ts';
import type { ArrivedRequest, Observation, RecordedEngine, VerdictCase } from './case.ts';
import { playCase } from './play.ts';

/** The fields of an observation that the model foresees. */
export const FIELDS = [
  'threw',
  'preflighted',
  'preflightHeaders',
  'actualSent',
  'actual',
  'requests',
  'outcome',
  'type',
  'status',
  'redirected',
  'readableHeaders',
  'bodyReadable',
  'console',
] as const;

export type Field = (typeof FIELDS)[number];

/** A field in which the model and a recording differ. */
export interface Disagreement {
  readonly id: string;
  readonly engine: RecordedEngine;
  readonly field: Field;
  readonly recorded: unknown;
  readonly foreseen: unknown;
}

/** What a comparison has found: by field how many observations have it, and where they differ. */
export interface Comparison {
  readonly compared: ReadonlyMap<Field, number>;
  readonly disagreements: readonly Disagreement[];
}

/** Compares what was recorded of a case in an engine with what the model foresees. */
export function compareCase(found: VerdictCase, engine: RecordedEngine): Comparison {
  const recorded = found.observed[engine];
  const compared = new Map<Field, number>();
  const disagreements: Disagreement[] = [];
  if (recorded === undefined) return { compared, disagreements };
  const foreseen = playCase(found, ENGINES[engine]);
  const pairs = [
    [recorded, foreseen, FIELDS],
    // The console's lines of all requests stand in the first one's list.
    ...(recorded.then ?? []).map(
      (one, i) => [one, foreseen.then?.[i], FIELDS.filter((key) => key !== 'console')] as const,
    ),
  ] as const;
  for (const [was, is, fields] of pairs) {
    for (const field of fields) {
      if (!isRecorded(found, engine, was, field)) continue;
      compared.set(field, (compared.get(field) ?? 0) + 1);
      const [a, b] = [
        recordedValue(was, field, engine),
        is === undefined ? undefined : foreseenValue(is, field, engine),
      ];
      if (!isDeepStrictEqual(a, b)) disagreements.push({ id: found.id, engine, field, recorded: a, foreseen: b });
    }
  }
  return { compared, disagreements };
}

function isRecorded({ page }: VerdictCase, engine: RecordedEngine, was: Observation, field: Field): boolean {
  // What Chromium prints for a sandboxed frame didn't reach the recorder.
  if (field === 'console') return engine !== 'chromium' || page.frame !== 'sandbox';
  return field !== 'requests' || was.requests !== undefined;
}

function recordedValue(was: Observation, field: Field, engine: RecordedEngine): unknown {
  switch (field) {
    case 'console':
      return printed(was, engine);
    case 'requests':
      return (was.requests ?? []).map((request) => essential(request));
    case 'actual':
      return was.actual && essential({ ...was.actual, at: '' });
    default:
      return standing(was, field);
  }
}

function foreseenValue(is: Observation, field: Field, engine: RecordedEngine): unknown {
  if (field === 'console') return printed(is, engine);
  if (field === 'requests') return (is.requests ?? []).map((request) => essential(request));
  return field === 'actual' ? is.actual && essential({ ...is.actual, at: '' }) : standing(is, field);
}

/** What the console's lines mean, and in which of its wordings; the values in them aren't compared. */
function printed({ console = [] }: Observation, engine: RecordedEngine): string[] {
  return console.map((text) => {
    const reading = readConsoleMessage(engine, text);
    return reading === undefined ? `unknown: ${text}` : `${reading.code} ${reading.variant}`;
  });
}

function standing(observation: Observation, field: Field): unknown {
  const value = observation[field];
  if (field === 'threw' || field === 'redirected') return value ?? false;
  return field === 'bodyReadable' ? (value ?? true) : value;
}

/** Without the headers that didn't arrive as set: what transport makes of values isn't the model's matter. */
function essential({ at, preflight, method, origin, cookie = false, times = 1 }: ArrivedRequest): unknown {
  return preflight === undefined ? { at, method, origin, cookie, times } : { at, preflight, times };
}
