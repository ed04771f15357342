import { checkResponse, ENGINES, PreflightCache, type CredentialsMode } from '../../cors/index.ts';
import type { Diagnosis } from '../examine.ts';
import { aroundHar } from './har-findings.ts';
import { fingerprint } from '../fingerprints.ts';
import type { Probe } from '../probe/types.ts';
import type { Question } from '../question.ts';
import { credentialsOf, type KnownCredentials } from './credentials.ts';
import { sortRecording, type RecordedExchange, type SortedRecording } from './exchanges.ts';
import { hideHeader, hideUrl, secretsOf } from './hide.ts';
import { pageHeaders, requestedHeaders, requestedMethod } from './page-headers.ts';
import type { Entry, Recording } from './read-har.ts';
import { walk, type PreflightState, type Walked } from './walk.ts';

/** What the recording doesn't tell. */
export interface HarOptions {
  /** The origin of pages that the recording doesn't name. Default: none. */
  readonly origin?: string;
  /** The credentials mode of requests that carry no cookie. Default: inferred, or `same-origin`. */
  readonly credentials?: CredentialsMode;
}

/** One recorded request, judged. */
export interface JudgedExchange {
  /** Its place among the recording's entries, from 0. */
  readonly index: number;
  readonly diagnosis: Diagnosis;
  readonly credentials: KnownCredentials['from'];
  readonly preflight: PreflightState;
  /** Texts that mustn't be in a report. */
  readonly secrets: readonly string[];
}

/** A recording, judged. */
export interface HarDiagnosis extends Omit<SortedRecording, 'exchanges'> {
  readonly recording: Recording;
  readonly judged: readonly JudgedExchange[];
  /** Requests that nobody wanted the answer of any more. */
  readonly cancelled: number;
}

/** Judges every request of a recording that leaves its page's origin. Nothing is asked of any server. */
export function examineHar(recording: Recording, options: HarOptions = {}): HarDiagnosis {
  const { exchanges, ...counts } = sortRecording(recording, options.origin);
  const { engine } = recording;
  const preflights = new PreflightCache();
  const walked = exchanges.map((exchange) => {
    const credentials = credentialsOf(exchange, engine, options.credentials);
    return Object.assign(walk(exchange, { engine, credentials, preflights }), { exchange, credentials });
  });
  const others = policiesByServer(walked);
  const judged = walked.filter(({ isCancelled }) => !isCancelled).map((one) => judge(one, engine, others));
  return { ...counts, recording, judged, cancelled: walked.length - judged.length };
}

interface WalkedExchange extends Walked {
  readonly exchange: RecordedExchange;
  readonly credentials: KnownCredentials;
}

function judge(
  walked: WalkedExchange,
  engine: Recording['engine'],
  others: ReadonlyMap<string, Probe[]>,
): JudgedExchange {
  const { exchange, journey, credentials } = walked;
  const question = questionOf(exchange, credentials.mode);
  const probes = journey.hops.flatMap(({ preflight, request }) => [preflight?.probe, request?.probe]);
  const responses = probes.flatMap((probe) => probe?.response ?? []);
  const server = new URL(journey.hops.at(-1)?.url ?? question.url).origin;
  const examination = {
    question,
    journey,
    around: undefined,
    layers: [],
    audit: [],
    page: undefined,
    fingerprints: fingerprint(responses),
    others: others.get(server) ?? [],
  };
  const [first] = exchange.hops;
  const entries = exchange.hops.flatMap(({ preflight, request }) =>
    [preflight, request].filter((one) => one !== undefined),
  );
  return {
    index: (first.request ?? first.preflight)?.index ?? 0,
    diagnosis: {
      ...examination,
      outcome: journey.outcome,
      findings: aroundHar(examination, walked, engine),
      checks: [],
      fix: undefined,
      elapsed: entries.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    },
    credentials: credentials.from,
    preflight: walked.preflight,
    secrets: secretsOf(entries, [exchange.pageOrigin, ...journey.hops.map(({ url }) => url)]),
  };
}

function questionOf({ hops, pageOrigin, mode }: RecordedExchange, credentials: CredentialsMode): Question {
  const [{ preflight, request }] = hops;
  const entry = (request ?? preflight) as Entry;
  const headers =
    request === undefined
      ? requestedHeaders(entry).map((name) => [name, ''] as const)
      : pageHeaders(request, preflight);
  return {
    url: hideUrl(entry.url.href),
    origin: pageOrigin,
    method: request?.method ?? requestedMethod(entry),
    headers: headers.map(hideHeader),
    credentials,
    mode,
    send: false,
  };
}

/** Enough to tell a server with a policy from one without. */
const MOST_OTHERS = 4;

/** Answers that show a policy, by the server's origin. */
function policiesByServer(walked: readonly WalkedExchange[]): Map<string, Probe[]> {
  const found = new Map<string, Probe[]>();
  for (const { journey, exchange } of walked) {
    for (const { request } of journey.hops) {
      const response = request?.probe.response;
      if (request === undefined || response === undefined) continue;
      const { origin } = new URL(request.probe.request.url);
      const list = found.get(origin) ?? [];
      const checked = { origin: exchange.pageOrigin, credentials: 'same-origin' } as const;
      if (list.length < MOST_OTHERS && checkResponse(response, checked, ENGINES.standard).passed) {
        found.set(origin, [...list, request.probe]);
      }
    }
  }
  return found;
}
