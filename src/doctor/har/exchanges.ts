import { redirectTarget } from '../journey/redirect.ts';
import { pageOriginOf } from './page-origin.ts';
import { requestedMethod } from './page-headers.ts';
import type { Entry, Recording } from './read-har.ts';
import { isScripted, kindOf } from './request-kind.ts';

/** One URL on the way of a request. */
export interface RecordedHop {
  readonly preflight: Entry | undefined;
  /** `undefined`: only the preflight was recorded. */
  readonly request: Entry | undefined;
}

/** One request of a page, with its preflights and redirects, as they were recorded. */
export interface RecordedExchange {
  /** `null` for an opaque one. */
  readonly pageOrigin: string;
  readonly mode: 'cors' | 'no-cors';
  /** At least one. */
  readonly hops: readonly [RecordedHop, ...RecordedHop[]];
}

/** The exchanges of a recording, and what else there is, counted. */
export interface SortedRecording {
  /** Those that leave their page's origin, in order. */
  readonly exchanges: readonly RecordedExchange[];
  /** Requests to their page's own origin. */
  readonly sameOrigin: number;
  /** Images, scripts, documents: requests that CORS has no part in. */
  readonly withoutCors: number;
  /** Requests whose page isn't known. */
  readonly unknownPage: number;
}

/** Sorts a recording: which request belongs to which page, preflight and redirect. */
export function sortRecording(recording: Recording, fallback: string | undefined): SortedRecording {
  const counts = { sameOrigin: 0, withoutCors: 0, unknownPage: 0 };
  const preflights: Entry[] = [];
  const requests: Entry[] = [];
  const opaque: Entry[] = [];
  for (const entry of recording.entries) {
    const kind = kindOf(entry);
    if (kind === 'preflight') preflights.push(entry);
    else if (kind === 'cors') requests.push(entry);
    else if (kind === 'no-cors' && isScripted(entry)) opaque.push(entry);
    else counts.withoutCors++;
  }
  const owners = matchPreflights(preflights, requests);
  const owned = new Set(owners.values());
  const chains = [
    ...chainRedirects(requests, owners).map((hops) => ({ mode: 'cors' as const, hops })),
    ...preflights
      .filter((preflight) => !owned.has(preflight))
      .map((preflight) => ({ mode: 'cors' as const, hops: [{ preflight, request: undefined }] })),
    ...opaque.map((request) => ({ mode: 'no-cors' as const, hops: [{ preflight: undefined, request }] })),
  ];
  const exchanges: RecordedExchange[] = [];
  for (const { mode, hops } of chains) {
    const [first, ...rest] = hops;
    const entry = first?.request ?? first?.preflight;
    if (first === undefined || entry === undefined) continue;
    const pageOrigin = pageOriginOf(entry, recording, fallback);
    if (pageOrigin === undefined) counts.unknownPage++;
    else if (hops.every((hop) => (hop.request ?? hop.preflight)?.url.origin === pageOrigin)) counts.sameOrigin++;
    else exchanges.push({ pageOrigin, mode, hops: [first, ...rest] });
  }
  const place = ({ hops }: RecordedExchange): number => (hops[0].request ?? hops[0].preflight)?.index ?? 0;
  return { exchanges: exchanges.toSorted((a, b) => place(a) - place(b)), ...counts };
}

/**
 * Which preflight belongs to which request. Browsers list it before or after the request that it's for, proxies before:
 * it's the nearest in time that has none yet.
 */
function matchPreflights(preflights: readonly Entry[], requests: readonly Entry[]): Map<Entry, Entry> {
  const waiting = new Map<string, Entry[]>();
  const key = (method: string, { url, page }: Entry): string => `${page} ${method} ${url.href}`;
  for (const request of requests) {
    const name = key(request.method, request);
    const list = waiting.get(name);
    if (list === undefined) waiting.set(name, [request]);
    else list.push(request);
  }
  const owners = new Map<Entry, Entry>();
  for (const preflight of preflights) {
    const candidates = waiting.get(key(requestedMethod(preflight), preflight)) ?? [];
    const distance = ({ at, index }: Entry): number =>
      Math.abs(at - preflight.at) + Math.abs(index - preflight.index) / 1e6;
    let nearest: Entry | undefined;
    for (const request of candidates) {
      if (!owners.has(request) && (nearest === undefined || distance(request) < distance(nearest))) nearest = request;
    }
    if (nearest !== undefined) owners.set(nearest, preflight);
  }
  return owners;
}

/** Each request with those that redirects make of it. */
function chainRedirects(requests: readonly Entry[], owners: ReadonlyMap<Entry, Entry>): RecordedHop[][] {
  const chains: RecordedHop[][] = [];
  const awaited = new Map<string, RecordedHop[]>();
  for (const request of requests) {
    const name = `${request.page} ${request.url.href}`;
    const chain = awaited.get(name) ?? [];
    awaited.delete(name);
    if (chain.length === 0) chains.push(chain);
    chain.push({ preflight: owners.get(request), request });
    const target = redirectOf(request);
    if (target !== undefined) awaited.set(`${request.page} ${target}`, chain);
  }
  return chains;
}

/** Where a recorded answer leads on to; `undefined` if nowhere. */
export function redirectOf({ answer, url }: Entry): string | undefined {
  const target = redirectTarget({ ...answer, rawHead: [], body: '' }, url.href);
  return target !== undefined && URL.canParse(target) ? new URL(target).href.replace(/#.*$/, '') : target;
}
