import { SAFELISTED_METHODS } from '../../protocol/fetch-names.ts';
import { ENGINES, type EngineProfile } from './engine.ts';
import { buildRequest, isCrossOrigin, type HeaderLines, type PageRequest, type RequestFault } from './request.ts';
import { LONGEST_TOTAL, unsafeReason, type UnsafeReason } from './safelist.ts';

/** One reason for a preflight. */
export type PreflightReason =
  | { readonly code: 'method'; readonly method: string }
  | { readonly code: 'header'; readonly name: string; readonly reason: UnsafeReason }
  | { readonly code: 'total-length'; readonly names: readonly string[] }
  | { readonly code: 'flag' };

/** What a browser makes of a page's request, before anything is sent. */
export interface PreflightNeed {
  readonly fault: RequestFault | undefined;
  readonly crossOrigin: boolean;
  /** Whether a preflight comes first (Fetch, main fetch: "use-CORS-preflight flag" and unsafe names). */
  readonly needed: boolean;
  readonly why: readonly PreflightReason[];
  /** The method, normalised: value of `Access-Control-Request-Method`. */
  readonly requestMethod: string;
  /** Names for `Access-Control-Request-Headers`: lower case, sorted. Empty means that the line isn't sent. */
  readonly requestHeaders: readonly string[];
  /** Headers that the browser drops without a word (Fetch, "forbidden request-header"). */
  readonly dropped: readonly string[];
}

/** Whether a browser asks before it sends this request, and what it asks. Fetch, "HTTP fetch" and its definitions. */
export function preflightNeeded(request: PageRequest, engine: EngineProfile = ENGINES.standard): PreflightNeed {
  const { fault, method, headers, dropped } = buildRequest(request, engine);
  const crossOrigin = isCrossOrigin(request);
  const base = { fault, crossOrigin, requestMethod: method, dropped };
  if (fault !== undefined || !crossOrigin || (request.mode ?? 'cors') !== 'cors') {
    return { ...base, needed: false, why: [], requestHeaders: [] };
  }
  return { ...base, ...judgeNeed(method, headers, engine, request.usesPreflightFlag) };
}

/** The part of a need that method and headers decide. */
export type JudgedNeed = Pick<PreflightNeed, 'needed' | 'why' | 'requestHeaders'>;

/** Whether a method and headers ask for a preflight, wherever they go. */
export function judgeNeed(method: string, headers: HeaderLines, engine: EngineProfile, flag = false): JudgedNeed {
  const unsafe = unsafeNames(engine.combinesRepeats ? combine(headers) : headers, engine);
  const why: PreflightReason[] = [
    ...(SAFELISTED_METHODS.has(method) ? [] : [{ code: 'method', method } as const]),
    ...unsafe.why,
    ...(flag ? [{ code: 'flag' } as const] : []),
  ];
  const names = engine.repeatsNames ? unsafe.names : [...new Set(unsafe.names)];
  return { needed: why.length > 0, why, requestHeaders: names.toSorted() };
}

function combine(headers: HeaderLines): HeaderLines {
  const combined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = combined.get(key);
    combined.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return [...combined];
}

/** Fetch, "CORS-unsafe request-header names". */
function unsafeNames(headers: HeaderLines, engine: EngineProfile): { names: string[]; why: PreflightReason[] } {
  const names: string[] = [];
  const why: PreflightReason[] = [];
  const safe: string[] = [];
  let total = 0;
  for (const [item, value] of headers) {
    const name = item.toLowerCase();
    const reason = unsafeReason(name, value, engine);
    if (reason === undefined) {
      safe.push(name);
      total += value.length;
    } else {
      names.push(name);
      why.push({ code: 'header', name, reason });
    }
  }
  if (total > LONGEST_TOTAL && engine.totalLimit) {
    names.push(...safe);
    why.push({ code: 'total-length', names: safe });
  }
  return { names, why };
}
