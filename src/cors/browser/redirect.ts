import { isHttp } from './bad-port.ts';
import type { EngineProfile } from './engine.ts';
import type { Failure } from './failure.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import type { HeaderLines } from './request.ts';
import { fieldValues, type ReceivedResponse } from './response.ts';
import { isOldClientHint } from './safelist.ts';

/** Fetch, HTTP-redirect fetch, step 7. */
const MOST_REDIRECTS = 20;

/** Fetch, "request-body-header name". */
const BODY_HEADERS: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-location',
  'content-type',
]);

/** Where a response leads: nowhere, to a URL, or to a failure. */
export type Location =
  | { readonly kind: 'none' }
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'failure'; readonly step: Failure['step']; readonly value: string };

/** A request as far as redirects change it. */
export interface Redirected {
  readonly method: string;
  readonly headers: HeaderLines;
}

/** Where a response with a redirect status leads (Fetch, "location URL", and HTTP-redirect fetch, steps 3 to 6). */
export function locate(response: ReceivedResponse, base: URL, engine: EngineProfile): Location {
  const lines = fieldValues(response, 'location', engine);
  const [first] = lines;
  if (first === undefined) return { kind: 'none' };
  const text = oneOf(lines, engine);
  if (text === '' && engine.emptyLocation === 'response') return { kind: 'none' };
  const isEmptyFault = text === '' && engine.emptyLocation === 'error';
  const url = text === undefined || isEmptyFault ? undefined : parseUrl(text, base);
  if (url === undefined) return { kind: 'failure', step: 'redirect-location', value: lines.join(', ') };
  return isHttp(url) ? { kind: 'url', url } : { kind: 'failure', step: 'redirect-scheme', value: url.href };
}

function oneOf(lines: readonly string[], engine: EngineProfile): string | undefined {
  if (lines.length === 1 || engine.severalLocations === 'joined') return lines.join(', ');
  return engine.severalLocations === 'same' && new Set(lines).size === 1 ? lines[0] : undefined;
}

/** What stands against going there (Fetch, HTTP-redirect fetch, steps 7 to 10), or `undefined`. */
export function redirectFault(
  url: URL,
  run: { readonly pageOrigin: string; readonly mode: string; readonly tainted: boolean; readonly count: number },
  engine: EngineProfile,
): Failure['step'] | undefined {
  if (run.count >= MOST_REDIRECTS) return 'redirect-limit';
  if (url.username === '' && url.password === '') return undefined;
  // What mode same-origin forbids fails for that.
  if (run.mode === 'same-origin' && url.origin !== run.pageOrigin) return undefined;
  if (engine.userinfoAlwaysFatal || run.tainted) return 'redirect-userinfo';
  return run.mode === 'cors' && url.origin !== run.pageOrigin ? 'redirect-userinfo' : undefined;
}

/** What a redirect makes of method and headers (Fetch, HTTP-redirect fetch, steps 12 and 13). */
export function redirected(
  request: Redirected,
  hop: { readonly status: number; readonly crossOrigin: boolean; readonly toPage: boolean },
  engine: EngineProfile,
): Redirected {
  const isLost = (name: string): boolean =>
    (hop.crossOrigin && name === 'authorization') || (engine.dropsHintsOnRedirect && !hop.toPage && isHint(name));
  const toGet = becomesGet(request.method, hop, engine);
  return {
    method: toGet ? 'GET' : request.method,
    headers: request.headers.filter(([key]) => {
      const name = key.toLowerCase();
      return !isLost(name) && !(toGet && BODY_HEADERS.has(name));
    }),
  };
}

function isHint(name: string): boolean {
  return isOldClientHint(name) && name !== 'save-data';
}

function becomesGet(
  method: string,
  { status, crossOrigin }: { readonly status: number; readonly crossOrigin: boolean },
  engine: EngineProfile,
): boolean {
  if (method === 'POST' && (status === 301 || status === 302)) return true;
  if (status === 303 && method !== 'GET' && method !== 'HEAD') return true;
  return engine.deleteBecomesGet && crossOrigin && method === 'DELETE';
}
