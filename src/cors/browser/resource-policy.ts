import type { EngineProfile } from './engine.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import type { HeaderLines } from './request.ts';
import { fieldValues, type ReceivedResponse } from './response.ts';

/** Who asks, with which policy, in which engine. */
export interface ResourceQuestion {
  readonly pageOrigin: string;
  /** Of the top-level page: what an opaque origin comes from. */
  readonly topOrigin: string;
  readonly pageHeaders: HeaderLines;
  readonly url: URL;
  /** Whether the request carried credentials. */
  readonly withCredentials: boolean;
  readonly engine: EngineProfile;
  readonly registrableDomain: (host: string) => string;
}

type ResourcePolicy = 'same-origin' | 'same-site' | 'cross-origin';

/** What blocks a response: its own policy, or the page's embedder policy where it has none. */
export interface BlockingPolicy {
  readonly policy: ResourcePolicy;
  /** Whether the page's `Cross-Origin-Embedder-Policy` stands in for a missing policy. */
  readonly byEmbedder: boolean;
}

/**
 * The policy that blocks the response to a no-cors request, or `undefined` (Fetch, "cross-origin resource policy check").
 */
export function blockingPolicy(response: ReceivedResponse, question: ResourceQuestion): BlockingPolicy | undefined {
  const { engine } = question;
  const text = fieldValues(response, 'cross-origin-resource-policy', engine).join(', ');
  // The header's values are case-sensitive, and an unknown one counts as none.
  const own = isPolicy(text) ? text : undefined;
  if (own !== undefined) return isBlocked(own, question) ? { policy: own, byEmbedder: false } : undefined;
  if (text !== '' && engine.junkPolicyAllows) return undefined;
  const embedder = embedderPolicy(question.pageHeaders, engine);
  const standsIn = embedder === 'require-corp' || (embedder === 'credentialless' && question.withCredentials);
  return standsIn && isBlocked('same-origin', question) ? { policy: 'same-origin', byEmbedder: true } : undefined;
}

/** HTML, "obtain an embedder policy": a token; parameters don't matter here. */
export function embedderPolicy(
  pageHeaders: HeaderLines,
  engine: EngineProfile,
): 'require-corp' | 'credentialless' | undefined {
  const line = pageHeaders.find(([name]) => name.toLowerCase() === 'cross-origin-embedder-policy');
  const value = line?.[1].split(';', 1)[0]?.trim();
  if (value === 'credentialless') return engine.knowsCredentialless ? value : undefined;
  return value === 'require-corp' ? value : undefined;
}

function isPolicy(text: string): text is ResourcePolicy {
  return text === 'same-origin' || text === 'same-site' || text === 'cross-origin';
}

function isBlocked(policy: ResourcePolicy, question: ResourceQuestion): boolean {
  if (policy === 'cross-origin' || question.pageOrigin === question.url.origin) return false;
  if (policy === 'same-origin') return true;
  const origin =
    question.engine.opaqueHasSite && question.pageOrigin === 'null' ? question.topOrigin : question.pageOrigin;
  const page = parseUrl(origin);
  if (page === undefined) return true;
  if (page.protocol !== 'https:' && question.url.protocol === 'https:') return true;
  return !isSameSite(page, question.url, question.registrableDomain);
}

/** HTML, "schemelessly same site". */
export function isSameSite(a: URL, b: URL, registrableDomain: (host: string) => string): boolean {
  return a.hostname === b.hostname || registrableDomain(a.hostname) === registrableDomain(b.hostname);
}

/**
 * The last two labels of a name: a registrable domain without the public suffix list, wrong for names like
 * `example.co.uk`. An address, and a name of one label, is taken whole; so is a name below `localhost`.
 */
export function lastTwoLabels(host: string): string {
  if (/^[\d.]+$|:/.test(host)) return host;
  return host.split('.').slice(-2).join('.');
}
