import { STATUS_CODES } from 'node:http';
import {
  PreflightCache,
  simulateRequest,
  type EngineProfile,
  type NetworkFault,
  type PageRequest,
  type ReceivedResponse,
  type SentRequest,
  type Simulation,
} from '../../../src/cors/index.ts';
import type { ArrivedPreflight, ArrivedRequest, CaseRequest, CaseResponse, Observation, VerdictCase } from './case.ts';

/** What the model foresees of a case, in the words of an observation. */
export function playCase(found: VerdictCase, engine: EngineProfile): Observation {
  const preflights = new PreflightCache();
  let now = 0;
  let current = found;
  const play = (): Observation => {
    const simulation = simulateRequest(pageRequest(current), answersOf(current), engine, { preflights, now });
    return observe(current, simulation);
  };
  const first = play();
  const then = (found.then ?? []).map(({ afterMs, ...changes }) => {
    now += afterMs;
    current = { ...current, ...changes };
    return play();
  });
  if (then.length === 0) return first;
  // The first list has the lines of all requests.
  const printed = [first, ...then].flatMap((one) => one.console ?? []);
  // oxlint-disable-next-line unicorn/no-thenable -- the format calls it so
  return { ...first, then, console: printed };
}

/** What the engine's console prints of a case's first request. */
export function consoleOf(found: VerdictCase, engine: EngineProfile): Simulation['console'] {
  return simulateRequest(pageRequest(found), answersOf(found), engine).console;
}

/** The URL of a case's target. */
export function targetUrl({ target, id }: VerdictCase): string {
  return `${target.origin}/case/${id}`;
}

/** Frames lie in a page of this origin. */
const FRAMING_ORIGIN = 'http://localhost:8100';

function pageRequest(found: VerdictCase): PageRequest {
  const { page, request } = found;
  const { body, ...options } = request;
  const asked = {
    ...options,
    pageOrigin: page.origin,
    ...(page.frame === undefined ? {} : { topOrigin: FRAMING_ORIGIN }),
    pageHeaders: page.headers ?? [],
    url: found.redirects?.[0]?.url ?? targetUrl(found),
    ...(body === undefined ? {} : { body: bodyOf(body) }),
  };
  // A case may hold what the types forbid, to see what a browser makes of it.
  return asked as PageRequest;
}

function bodyOf({ kind, type = '' }: NonNullable<CaseRequest['body']>): { type?: string } {
  const types: Readonly<Record<string, string>> = {
    text: 'text/plain;charset=UTF-8',
    urlencoded: 'application/x-www-form-urlencoded;charset=UTF-8',
    formdata: 'multipart/form-data; boundary=x',
  };
  // File API, the constructor of Blob: types are put into lower case, and one with other characters counts as none.
  const given = types[kind] ?? (/^[ -~]*$/.test(type) ? type.toLowerCase() : '');
  return given === '' ? {} : { type: given };
}

interface Answers {
  preflight: (need: unknown, sent: SentRequest) => ReceivedResponse;
  response: (sent: SentRequest) => ReceivedResponse;
}

function answersOf(found: VerdictCase): Answers {
  const answer = (url: string, part: 'preflight' | 'response'): ReceivedResponse => {
    const fault = connectionFault(url);
    if (fault !== undefined) return { status: 0, headers: [], fault };
    const place = placeOf(found, url);
    if (place === undefined) return received(plain(404));
    const hop = place === 'target' ? found : found.redirects?.[Number(place.slice(3))];
    return received(hop?.[part] ?? plain(403));
  };
  return { preflight: (_need, { url }) => answer(url, 'preflight'), response: ({ url }) => answer(url, 'response') };
}

function plain(status: number): CaseResponse {
  return { status, headers: [['Content-Type', 'text/plain']] };
}

const FAULTS: Readonly<Record<NonNullable<CaseResponse['fault']>, NetworkFault>> = {
  close: 'closed',
  reset: 'reset',
  garbage: 'garbage',
  truncated: 'truncated',
};

function received({ status, headers, fault }: CaseResponse): ReceivedResponse {
  const framing: [string, string][] = [['Connection', 'close']];
  if (![204, 205, 304].includes(status)) framing.unshift(['Content-Length', '1']);
  return {
    status,
    headers: [...headers, ...framing],
    reason: STATUS_CODES[status] ?? 'Unassigned',
    ...(fault === undefined ? {} : { fault: FAULTS[fault] }),
  };
}

/** Nobody listens on port 8999, and nobody speaks TLS. */
function connectionFault(url: string): NetworkFault | undefined {
  const { port, protocol } = new URL(url);
  if (port === '8999') return 'refused';
  return protocol === 'https:' ? 'tls' : undefined;
}

/** Where in a case a URL is, or `undefined` if it's none of its. */
function placeOf(found: VerdictCase, url: string): string | undefined {
  const addressOf = (text: string): string => {
    const { origin, pathname } = new URL(text);
    return origin + pathname;
  };
  const index = (found.redirects ?? []).findIndex((hop) => addressOf(hop.url) === addressOf(url));
  if (index !== -1) return `hop${index}`;
  return addressOf(targetUrl(found)) === addressOf(url) ? 'target' : undefined;
}

function observe(found: VerdictCase, simulation: Simulation): Observation {
  const arrived = simulation.sent.flatMap((sent) => {
    const at = placeOf(found, sent.url);
    return at === undefined ? [] : [{ at, sent }];
  });
  const first = arrived.find(({ sent }) => sent.kind === 'preflight');
  const last = arrived.findLast(({ sent }) => sent.kind === 'request');
  const isError = simulation.outcome === 'error';
  return {
    preflighted: first !== undefined,
    ...(first === undefined ? {} : { preflightHeaders: preflightOf(first.sent) }),
    actualSent: last !== undefined,
    ...(last === undefined ? {} : { actual: requestOf(last.sent) }),
    requests: merge(arrived.map(({ at, sent }) => arrivedAs(at, sent))),
    outcome: simulation.outcome,
    ...(isError ? {} : { type: simulation.type ?? '', status: simulation.status ?? 0 }),
    ...(simulation.redirected ? { redirected: true } : {}),
    ...(simulation.outcome === 'readable' ? { readableHeaders: simulation.readable } : {}),
    ...(simulation.bodyReadable ? {} : { bodyReadable: false }),
    ...(simulation.failure?.step === 'request-fault' ? { threw: true } : {}),
    console: simulation.console.map(({ text }) => text),
  };
}

function preflightOf({ origin, headers }: SentRequest): ArrivedPreflight {
  const [method, names] = headers.map((line) => line[1]);
  return { origin: origin ?? '', method: method ?? '', ...(names === undefined ? {} : { headers: names }) };
}

function requestOf({ method, origin, cookies }: SentRequest): NonNullable<Observation['actual']> {
  return { method, origin: origin ?? null, ...(cookies ? { cookie: true } : {}) };
}

function arrivedAs(at: string, sent: SentRequest): ArrivedRequest {
  const what = sent.kind === 'preflight' ? { preflight: preflightOf(sent) } : requestOf(sent);
  return { at, ...what, times: sent.times };
}

/** The same several times running becomes one entry. */
export function merge(requests: readonly ArrivedRequest[]): ArrivedRequest[] {
  const merged: ArrivedRequest[] = [];
  for (const { times = 1, ...request } of requests) {
    const { times: before = 1, ...last } = merged.at(-1) ?? { at: '' };
    if (JSON.stringify(last) === JSON.stringify(request))
      merged[merged.length - 1] = { ...request, times: before + times };
    else merged.push({ ...request, times });
  }
  return merged;
}
