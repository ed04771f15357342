import { ENGINES, ownHeaders, preflightNeeded, readableHeaders } from '../../cors/index.ts';
import { isMixedContent } from '../../protocol/mixed-content.ts';
import type { ProbeClient } from '../probe/client.ts';
import type { ProbeResponse } from '../probe/types.ts';
import { pageRequest, type Question } from '../question.ts';
import { actualRequest, harmless, preflightRequest } from './browser-request.ts';
import { follow, redirectTarget, type Place } from './redirect.ts';
import type { Hop, Journey, Step, Stop } from './types.ts';
import { judgePreflight, judgeResponse } from './verdicts.ts';

/** Goes a browser's way for one request of a page: preflight if due, the request, and each redirect by the standard's rules. */
export async function travel(question: Question, client: ProbeClient): Promise<Journey> {
  const hops: Hop[] = [];
  const ended = (stop: Stop, outcome: Journey['outcome'] = 'blocked'): Journey => ({
    hops,
    outcome,
    stop,
    final: undefined,
    readable: [],
  });
  let place: Place = {
    url: question.url,
    method: question.method,
    origin: question.origin,
    authorized: true,
    withBody: true,
    cors: new URL(question.url).origin !== question.origin || question.origin === 'null',
  };
  for (let count = 0; ; count++) {
    const hop = await visit(question, place, client);
    hops.push(hop.hop);
    if (hop.stop !== undefined) return ended(hop.stop, isUndecided(hop.hop, hop.stop) ? 'undecided' : 'blocked');
    const response = hop.response;
    const location = response && redirectTarget(response, place.url);
    if (response === undefined || location === undefined || hop.opaque) return arrived(question, place, hops, response);
    const next = follow(place, { status: response.status, location, count }, question.origin);
    if ('kind' in next) return ended(next);
    place = next;
  }
}

/** A refused GET says nothing about the method whose place it took: routers know GET where they don't know POST, and vice versa. */
function isUndecided({ request }: Hop, stop: Stop): boolean {
  const status = request?.probe.response?.status ?? 0;
  return stop.kind === 'cors' && stop.at === request && request.instead !== undefined && status >= 400;
}

function arrived(question: Question, place: Place, hops: Hop[], final: ProbeResponse | undefined): Journey {
  const opaque = question.mode === 'no-cors' && place.cors;
  const { credentials } = question;
  const readable =
    final === undefined || opaque
      ? []
      : place.cors
        ? readableHeaders(final, { credentials }, ENGINES.chromium)
        : ownHeaders(final);
  return { hops, outcome: opaque ? 'opaque' : 'readable', stop: undefined, final, readable };
}

interface Visit {
  readonly hop: Hop;
  readonly stop?: Stop;
  readonly response?: ProbeResponse;
  readonly opaque?: boolean;
}

async function visit(question: Question, place: Place, client: ProbeClient): Promise<Visit> {
  const page = pageRequest(sentHeaders(question, place), place);
  const need = preflightNeeded(place.origin === 'null' ? { ...page, pageOrigin: 'null' } : page, ENGINES.chromium);
  const hop: Hop = { url: place.url, method: need.requestMethod, crossOrigin: place.cors, need };
  if (need.fault !== undefined) return { hop, stop: { kind: 'fault', fault: need.fault } };
  if (place.cors && question.mode === 'same-origin') return { hop, stop: { kind: 'mode' } };
  if (isMixedContent(question.origin, place.url)) return { hop, stop: { kind: 'mixed-content' } };
  const judged = place.cors && question.mode === 'cors';
  let preflight: Step | undefined;
  if (judged && need.needed) {
    preflight = await sendPreflight(place, client, page, need);
    const stop = stopOf(preflight);
    if (stop !== undefined) return { hop: { ...hop, preflight }, stop };
  }
  const request = await sendRequest({ question, place, client, method: need.requestMethod, judged });
  const done: Hop = { ...hop, request, ...(preflight === undefined ? {} : { preflight }) };
  const stop = stopOf(request);
  if (stop !== undefined) return { hop: done, stop };
  const response = request.probe.response;
  return { hop: done, ...(response === undefined ? {} : { response }), opaque: place.cors && !judged };
}

function sentHeaders(question: Question, place: Place): Question {
  const headers = question.headers.filter(([name]) => {
    const key = name.toLowerCase();
    // Fetch, "request-body-header name": they go with the body.
    if (!place.withBody && /^content-(?:encoding|language|location|type)$/.test(key)) return false;
    return place.authorized || key !== 'authorization';
  });
  if (place.withBody) return { ...question, headers };
  const { body: _, ...rest } = question;
  return { ...rest, headers };
}

async function sendPreflight(
  place: Place,
  client: ProbeClient,
  page: Parameters<typeof judgePreflight>[1],
  need: Hop['need'],
): Promise<Step> {
  const probe = await client.ask(preflightRequest(place.url, place.origin, need));
  const verdicts = probe.response && judgePreflight(probe.response, page, place.origin);
  return { kind: 'preflight', origin: place.origin, probe, verdicts };
}

async function sendRequest(sending: {
  readonly question: Question;
  readonly place: Place;
  readonly client: ProbeClient;
  readonly method: string;
  readonly judged: boolean;
}): Promise<Step> {
  const { question, place, client, method, judged } = sending;
  const body = place.withBody ? question.body : undefined;
  const really = client.maySend({ method, ...(body === undefined ? {} : { body }) });
  // Fetch, "append a request Origin header": with CORS always, else with methods that could change something.
  const origin = judged || !(method === 'GET' || method === 'HEAD') ? place.origin : undefined;
  const request = actualRequest(sentHeaders(question, place), {
    url: place.url,
    method: really ? method : harmless(method),
    origin,
    withBody: really && body !== undefined,
  });
  const probe = await client.ask(request);
  const page = pageRequest(question, place);
  const verdicts = judged && probe.response ? judgeResponse(probe.response, page, place.origin) : undefined;
  return { kind: 'request', origin, probe, verdicts, ...(really ? {} : { instead: method }) };
}

function stopOf(at: Step): Stop | undefined {
  const { failure } = at.probe;
  if (failure !== undefined) return { kind: 'network', at, failure };
  const verdict = at.verdicts?.chromium;
  return verdict === undefined || verdict.passed
    ? undefined
    : { kind: 'cors', at, step: verdict.step, value: verdict.value };
}
