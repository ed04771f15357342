import { randomBytes } from 'node:crypto';
import { actualRequest, harmless, preflightRequest, type RequestShape } from '../journey/browser-request.ts';
import type { Hop, Journey } from '../journey/types.ts';
import type { ProbeClient } from '../probe/client.ts';
import type { Address, Probe, ProbeRequest } from '../probe/types.ts';
import { bare } from '../probe/exchange.ts';
import { addressSpace } from '../network-space.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import type { Question } from '../question.ts';
import { nearOrigins } from './near-origins.ts';

/** An origin that no policy has in its list. */
export const STRANGER = 'https://oneorigin-doctor.example';

/** A near miss of the page's origin, and what came of it. */
export interface NearOrigin {
  readonly origin: string;
  readonly probe: Probe;
}

/** What was asked beside the question, so that the cause is found and not the symptom. All harmless. */
export interface Surroundings {
  /** The URL that is asked about: the last on the browser's way. */
  readonly url: string;
  /** As the page would, whatever the preflight said; with a GET in the place of what could change something. */
  readonly again: Probe;
  /** The same past every cache: with a query that nobody asked before. */
  readonly uncached: Probe;
  readonly withoutOrigin: Probe;
  readonly otherOrigin: Probe;
  /** A path beside this one that isn't there. */
  readonly missing: Probe;
  /** Without Authorization and cookies; only if there are any. */
  readonly anonymous: Probe | undefined;
  /** A preflight for the request, needed or not. */
  readonly preflight: Probe;
  /** A preflight for a method and a header that nobody lists. */
  readonly unlisted: Probe;
  /** With origins that look like the page's; only if the page's is refused. */
  readonly near: readonly NearOrigin[];
  readonly addresses: readonly Address[];
  /** What the page's host resolves to; undefined if it doesn't, or if the server is public and nothing depends on it. */
  readonly pageAddress: string | undefined;
}

/** The last hop to which anything was sent. */
export function lastAsked({ hops }: Journey): Hop | undefined {
  return hops.findLast(({ preflight, request }) => preflight !== undefined || request !== undefined);
}

/** Asks around the question. Nothing was answered: undefined. */
export async function askAround(
  question: Question,
  journey: Journey,
  client: ProbeClient,
): Promise<Surroundings | undefined> {
  const hop = lastAsked(journey);
  if (hop === undefined) return undefined;
  // A request that got no answer would get none again, after as long a wait; a preflight may be all that is dropped.
  if (journey.stop?.kind === 'network' && journey.stop.at.kind === 'request') return undefined;
  const method = harmless(hop.method);
  const { url } = hop;
  const origin = hop.preflight?.origin ?? hop.request?.origin ?? question.origin;
  // Where a redirect led, what was meant for the first host isn't sent.
  const withAuthorization = new URL(url).origin === new URL(question.url).origin;
  const ask = (shape: Partial<RequestShape>): Promise<Probe> =>
    client.ask(actualRequest(question, { url, method, origin, withAuthorization, ...shape }));
  const refused = journey.stop?.kind === 'cors' && journey.stop.step.startsWith('allow-origin');
  const near = refused ? nearOrigins(question.origin) : [];
  const preflightOf = (need: Parameters<typeof preflightRequest>[2]): ProbeRequest =>
    preflightRequest(url, origin, need);
  const hasSecrets = question.cookie !== undefined || question.headers.some(([name]) => isAuthorization(name));
  // A cache must be asked without Origin before it's asked with one: what is stored first is what others get.
  const again = await ask({});
  if (again.response === undefined) return undefined;
  const found = await client.addresses(url);
  const addresses = 'kind' in found ? [] : found;
  const [uncached, withoutOrigin, otherOrigin, missing, anonymous, preflight, unlisted, pageAddress, ...nearProbes] =
    await Promise.all([
      ask({ url: withNonce(url) }),
      ask({ origin: undefined }),
      ask({ origin: STRANGER }),
      ask({ url: besides(url) }),
      hasSecrets ? ask({ withAuthorization: false, withCookie: false }) : undefined,
      client.ask(preflightOf(hop.need)),
      client.ask(preflightOf({ requestMethod: 'ONEORIGIN', requestHeaders: ['x-oneorigin-doctor'] })),
      findPage(question, addresses, client),
      ...near.map((origin) => ask({ origin })),
    ]);
  return {
    url,
    again,
    uncached,
    withoutOrigin,
    otherOrigin,
    missing,
    anonymous,
    preflight,
    unlisted,
    near: near.map((origin, index) => ({ origin, probe: nearProbes[index] as Probe })),
    addresses,
    pageAddress,
  };
}

/** Milliseconds: a name that nobody knows here must not hold up the rest. */
const PAGE_LOOKUP = 1_000;

/** Where the page's host is, if Local Network Access could come in: the server isn't public. */
function findPage(
  { origin }: Question,
  addresses: readonly Address[],
  client: ProbeClient,
): Promise<string | undefined> | undefined {
  const page = parseUrl(origin);
  if (page === undefined || addresses.every(({ address }) => addressSpace(address) === 'public')) return undefined;
  return client.addressOf(bare(page.hostname), PAGE_LOOKUP);
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}

function nonce(): string {
  return `oneorigin-doctor-${randomBytes(4).toString('hex')}`;
}

function withNonce(url: string): string {
  const changed = new URL(url);
  changed.search += `${changed.search === '' ? '?' : '&'}${nonce()}`;
  return changed.href;
}

/** A path in the same folder that surely isn't there. */
function besides(url: string): string {
  const changed = new URL(url);
  changed.pathname = changed.pathname.replace(/[^/]*\/?$/, nonce());
  changed.search = '';
  return changed.href;
}
