import { fieldsOf } from './probe/response-parser.ts';
import type { Probe } from './probe/types.ts';
import type { Examination } from './findings/index.ts';
import { allowOrigin, speaksCors, variesByOrigin } from './findings/headers.ts';

/** One of the four questions that find most causes. */
export interface Check {
  readonly id: 'origin-arrives' | 'preflight-answered' | 'no-duplicates' | 'vary-origin';
  readonly title: string;
  readonly state: 'yes' | 'no' | 'not-needed' | 'unknown';
  /** What it was seen by. */
  readonly detail: string;
}

/** The checklist: the four questions, in the order in which they're worth asking. */
export function checklist(examination: Examination): Check[] {
  return [
    originArrives(examination),
    preflightAnswered(examination),
    noDuplicates(examination),
    varyOrigin(examination),
  ];
}

function originArrives({ around }: Examination): Check {
  const base = { id: 'origin-arrives', title: 'Origin reaches the layer that answers' } as const;
  if (around === undefined) return { ...base, state: 'unknown', detail: 'nothing answered' };
  const [again, without, other] = [around.again, around.withoutOrigin, around.otherOrigin];
  if (
    variesByOrigin(again) ||
    allowOrigin(again) !== allowOrigin(without) ||
    allowOrigin(again) !== allowOrigin(other)
  ) {
    return { ...base, state: 'yes', detail: 'the answer depends on it' };
  }
  if ([again, without, around.preflight].some(speaksCors)) {
    return { ...base, state: 'unknown', detail: 'the answer is the same with and without it' };
  }
  return { ...base, state: 'no', detail: 'nothing there looks at it: no CORS header, whoever asks' };
}

function preflightAnswered({ around, journey }: Examination): Check {
  const base = { id: 'preflight-answered', title: 'The preflight reaches it, and passes' } as const;
  const hop = journey.hops.find(({ preflight }) => preflight !== undefined);
  const probe = hop?.preflight?.probe ?? around?.preflight;
  const status = probe?.response?.status;
  const answered = status === undefined ? 'nothing answered' : `OPTIONS is answered ${status}`;
  if (hop === undefined) {
    const needed = journey.hops.some(({ need }) => need.needed);
    return {
      ...base,
      state: needed ? 'unknown' : 'not-needed',
      detail: needed ? answered : `none is sent for this request; ${answered}`,
    };
  }
  const verdict = hop.preflight?.verdicts?.chromium;
  return verdict?.passed === true
    ? { ...base, state: 'yes', detail: answered }
    : { ...base, state: 'no', detail: verdict === undefined ? answered : `${answered}; it fails at ${verdict.step}` };
}

function noDuplicates({ around, journey }: Examination): Check {
  const base = { id: 'no-duplicates', title: 'Every CORS header comes once' } as const;
  const steps = journey.hops.flatMap(({ preflight, request }) => [preflight?.probe, request?.probe]);
  const probes = [...steps, around?.again, around?.missing].filter(
    (probe): probe is Probe => probe?.response !== undefined,
  );
  if (probes.length === 0) return { ...base, state: 'unknown', detail: 'nothing answered' };
  for (const { request, response } of probes) {
    for (const name of ['access-control-allow-origin', 'access-control-allow-credentials', 'access-control-max-age']) {
      const count = fieldsOf(response?.headers ?? [], name).length;
      if (count > 1) return { ...base, state: 'no', detail: `${name} comes ${count} times on ${request.method}` };
    }
  }
  return { ...base, state: 'yes', detail: `in ${probes.length} answers` };
}

function varyOrigin({ around }: Examination): Check {
  const base = { id: 'vary-origin', title: 'Vary includes Origin' } as const;
  if (around === undefined) return { ...base, state: 'unknown', detail: 'nothing answered' };
  const all = [around.again, around.withoutOrigin, around.otherOrigin];
  const missing = all.filter((probe) => !variesByOrigin(probe)).length;
  if (missing === 0) return { ...base, state: 'yes', detail: 'with and without Origin' };
  if (new Set(all.map(allowOrigin)).size === 1) {
    return { ...base, state: 'not-needed', detail: 'the answer is the same for everybody' };
  }
  return { ...base, state: 'no', detail: `it is missing in ${missing} of ${all.length} answers` };
}
