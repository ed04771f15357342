import { SAFELISTED_METHODS } from '../../protocol/fetch-names.ts';
import type { CacheMode, EngineProfile } from './engine.ts';
import { fieldTokens, fieldValues, type CheckedPreflight, type ReceivedResponse } from './response.ts';

/** Fetch, CORS-preflight fetch, step 7.10: how long a grant is kept that says nothing of it, in seconds. */
const DEFAULT_MAX_AGE = 5;

/** What a preflight asks for, or a request that could do without one. */
export interface PreflightQuestion extends CheckedPreflight {
  readonly url: string;
  readonly cache: CacheMode;
}

interface Grant {
  readonly origin: string;
  readonly url: string;
  readonly credentials: boolean;
  readonly methods: ReadonlySet<string>;
  /** Lower case. */
  readonly headers: ReadonlySet<string>;
  /** On the clock of `now`, in milliseconds. */
  readonly expires: number;
}

/** The grants that preflights have brought a browser (Fetch, "CORS-preflight cache"). Give it to one engine only. */
export class PreflightCache {
  #grants: Grant[] = [];

  /** Whether the request needs no preflight any more. `now` is in milliseconds. */
  covers(question: PreflightQuestion, engine: EngineProfile, now: number): boolean {
    if (!engine.cachesOpaqueOrigins && question.origin === 'null') return false;
    if (engine.cacheModesWithoutPreflights.includes(question.cache)) return false;
    this.#grants = this.#grants.filter(({ expires }) => now < expires);
    const grants = this.#grants.filter((grant) => matches(grant, question, engine));
    const covered = grants.length > 0 && isGranted(question, grants, engine);
    if (!covered && engine.replacesGrants) this.forget(question);
    return covered;
  }

  /** Keeps what the response to a preflight grants, for as long as it says. The response has passed its check. */
  keep(question: PreflightQuestion, response: ReceivedResponse, { engine, now }: Keeping): void {
    if (!engine.cachesOpaqueOrigins && question.origin === 'null') return;
    if (engine.cacheModesWithoutGrants.includes(question.cache)) return;
    const listed = (name: string): string[] => fieldTokens(response, name, engine) ?? [];
    const methods = granted(listed('access-control-allow-methods'), engine);
    const names = listed('access-control-allow-headers').map((name) => name.toLowerCase());
    const headers = granted(names, engine);
    if (engine.replacesGrants) this.forget(question);
    // What is granted anew has a new time, be it shorter.
    this.#grants = this.#grants.map((grant) =>
      matches(grant, question, engine)
        ? { ...grant, methods: without(grant.methods, methods), headers: without(grant.headers, headers) }
        : grant,
    );
    const { origin, url } = question;
    const expires = now + maxAge(response, engine) * 1000;
    this.#grants.push({ origin, url, credentials: question.credentials === 'include', methods, headers, expires });
  }

  /** Fetch, "clear cache entries". */
  forget({ origin, url }: Pick<PreflightQuestion, 'origin' | 'url'>): void {
    this.#grants = this.#grants.filter((grant) => grant.origin !== origin || grant.url !== url);
  }
}

/** Who keeps a grant, and when, in milliseconds. */
export interface Keeping {
  readonly engine: EngineProfile;
  readonly now: number;
}

function without(names: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].filter((name) => !others.has(name)));
}

function granted(names: readonly string[], engine: EngineProfile): ReadonlySet<string> {
  return new Set(engine.cachesWildcards ? names : names.filter((name) => name !== '*'));
}

/** Fetch, "cache entry match", but for the name. */
function matches(grant: Grant, { origin, url, credentials }: PreflightQuestion, engine: EngineProfile): boolean {
  const wanted = credentials === 'include';
  const serves = engine.separatesCredentials ? grant.credentials === wanted : grant.credentials || !wanted;
  return serves && grant.origin === origin && grant.url === url;
}

/** Fetch, "method cache entry match" and "header-name cache entry match". */
function isGranted(question: PreflightQuestion, grants: readonly Grant[], engine: EngineProfile): boolean {
  const wildcard = question.credentials !== 'include';
  const { method } = question;
  const allowsMethod = ({ methods }: Grant): boolean => methods.has(method) || (wildcard && methods.has('*'));
  const isSafe = SAFELISTED_METHODS.has(method) && !(method === 'HEAD' && engine.cachedHeadIsListed);
  if (!isSafe && !grants.some(allowsMethod)) return false;
  return question.headers.every((name) => {
    const byWildcard = wildcard && (name !== 'authorization' || engine.cachedWildcardCoversAuthorization);
    return grants.some(({ headers }) => headers.has(name) || (byWildcard && headers.has('*')));
  });
}

/** For how many seconds a response's grant is kept (Fetch, CORS-preflight fetch, steps 7.9 to 7.11). */
export function maxAge(response: ReceivedResponse, engine: EngineProfile): number {
  const text = fieldValues(response, 'access-control-max-age', engine).join(', ');
  if (text === '') return DEFAULT_MAX_AGE;
  if (engine.negativeMaxAgeCounts && /^-\d+$/.test(text)) return 0;
  if (!/^\d+$/.test(text)) return engine.unreadableMaxAge;
  if (engine.largestMaxAge !== undefined && BigInt(text) > engine.largestMaxAge) return engine.unreadableMaxAge;
  return Math.min(Number(text), engine.longestMaxAge);
}
