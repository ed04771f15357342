import type { FetchRun } from './fetch-run.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import { isSameSite } from './resource-policy.ts';

/** The value of a request's `Origin`, or `undefined` for none (Fetch, "append a request Origin header"). */
export function originHeader(run: FetchRun): string | undefined {
  if (run.tainting === 'cors') return run.origin;
  if (run.method === 'GET' || run.method === 'HEAD') {
    if (run.engine.getKeepsOrigin && run.becameGet) return run.origin;
    return asksWithStorageAccess(run) ? 'null' : undefined;
  }
  return run.mode !== 'cors' && hidesOrigin(run) ? 'null' : run.origin;
}

/** An opaque frame asks the top-level page's site. The `Origin` belongs to the storage access headers, outside of Fetch. */
function asksWithStorageAccess(run: FetchRun): boolean {
  const { opaqueOriginOnNoCors: which } = run.engine;
  if (which === 'never') return false;
  const { credentials, pageOrigin, topOrigin = pageOrigin } = run.request;
  const [first] = run.urls;
  if (first === undefined) return false;
  // Chromium asks so only what was a GET from the first; Firefox takes it back at the first other origin.
  if (which === 'always' ? run.becameGet : run.urls.some(({ origin }) => origin !== first.origin)) return false;
  if (run.mode !== 'no-cors' || credentials !== 'include' || pageOrigin !== 'null') return false;
  return isInSite(topOrigin, first, run);
}

/** What the referrer policy says, step 4.1 of the same. */
function hidesOrigin({ request, url, engine }: FetchRun): boolean {
  if (engine.ignoresReferrerPolicy) return false;
  switch (request.referrerPolicy ?? 'strict-origin-when-cross-origin') {
    case 'no-referrer':
      return true;
    case 'no-referrer-when-downgrade':
    case 'strict-origin':
    case 'strict-origin-when-cross-origin':
      return request.pageOrigin.startsWith('https:') && url.protocol !== 'https:';
    case 'same-origin':
      return request.pageOrigin !== url.origin;
    default:
      return false;
  }
}

/** Whether cookies go along (Fetch, HTTP-network-or-cache fetch, "includeCredentials"; SameSite, which defaults to Lax). */
export function sendsCookies(run: FetchRun): boolean {
  const { request, engine, url, tainting } = run;
  switch (request.credentials ?? 'same-origin') {
    case 'omit':
      return false;
    case 'same-origin':
      return tainting === 'basic' || keepsCookies(run);
    default:
      if (run.isCredentialless() && tainting !== 'basic') return false;
      if (engine.thirdPartyCookies) return true;
      return isInSite(request.pageOrigin, url, run);
  }
}

function isInSite(origin: string, url: URL, { registrableDomain }: FetchRun): boolean {
  const from = parseUrl(origin);
  return from !== undefined && isSameSite(from, url, registrableDomain);
}

function keepsCookies({ engine, tainting, urls, request }: FetchRun): boolean {
  return engine.noCorsRedirectKeepsCookies && tainting === 'opaque' && urls[0]?.origin === request.pageOrigin;
}
