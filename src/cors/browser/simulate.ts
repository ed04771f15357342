import { consoleMessages, type ConsoleMessage } from './console.ts';
import { ENGINES, type EngineProfile } from './engine.ts';
import type { Failure } from './failure.ts';
import { FetchRun } from './fetch-run.ts';
import type { PreflightCache } from './preflight-cache.ts';
import { preflightNeeded, type PreflightNeed } from './preflight-need.ts';
import type { HeaderLines, PageRequest } from './request.ts';
import type { ReceivedResponse, Verdict } from './response.ts';

/** A request that reaches a server. */
export interface SentRequest {
  readonly kind: 'preflight' | 'request';
  readonly url: string;
  /** `OPTIONS` of a preflight. */
  readonly method: string;
  /** The value of `Origin`, or `undefined` if there's none. */
  readonly origin: string | undefined;
  /**
   * Of a preflight its two `Access-Control-Request-*` lines; of a request the headers that the page has set and the
   * type of its body.
   */
  readonly headers: HeaderLines;
  /** Whether cookies for the URL are sent along, if the browser has any. */
  readonly cookies: boolean;
  /** How often the engine sends it, as long as it gets no answer. */
  readonly times: number;
}

/** What a server answers. Both are asked once for each URL of a chain of redirects. */
export interface ServerAnswers {
  /** To the preflight, if there is one. */
  readonly preflight: (need: PreflightNeed, sent: SentRequest) => ReceivedResponse;
  /** To the request itself. */
  readonly response: (sent: SentRequest) => ReceivedResponse;
}

/** What a browser remembers, and what it knows of the world. */
export interface BrowserContext {
  /** Grants of earlier preflights; this request's is added. Default: none, and nothing is kept. */
  readonly preflights?: PreflightCache;
  /** The time in milliseconds, for the preflight cache. Default: 0. */
  readonly now?: number;
  /**
   * The registrable domain of a host, for what is the same site. Default: the last two labels, which is wrong below
   * suffixes like `co.uk`.
   */
  readonly registrableDomain?: (host: string) => string;
}

/** What the page gets in the end. */
export interface Simulation {
  /** Of the first request. */
  readonly need: PreflightNeed;
  /** The last preflight's verdict, if there was one. */
  readonly preflight: Verdict | undefined;
  /** The verdict on the last response, if it came to that; within the page's origin it always passes. */
  readonly response: Verdict | undefined;
  readonly outcome: 'readable' | 'opaque' | 'error';
  /** Header names that the page can read; empty unless the outcome is `readable`. */
  readonly readable: readonly string[];
  /** All that reached a server, in order. */
  readonly sent: readonly SentRequest[];
  /** `type` of the page's `Response`, or `undefined` after an error. */
  readonly type: 'basic' | 'cors' | 'opaque' | 'opaqueredirect' | undefined;
  /** `status` of the page's `Response`: 0 if it's opaque. */
  readonly status: number | undefined;
  /** `redirected` of the page's `Response`. */
  readonly redirected: boolean;
  /** `false` if the body of a readable response can't be read to its end. */
  readonly bodyReadable: boolean;
  /** The step that failed, unless the outcome is readable or opaque. */
  readonly failure: Failure | undefined;
  /** What the engine prints to its console; the standard's engine prints nothing. */
  readonly console: readonly ConsoleMessage[];
}

/**
 * Plays one `fetch()` of a page through (Fetch, "main fetch"): what a browser asks, what it makes of the answers, what
 * the page gets, and what the console says.
 */
export function simulateRequest(
  request: PageRequest,
  answers: ServerAnswers,
  engine: EngineProfile = ENGINES.standard,
  context: BrowserContext = {},
): Simulation {
  const need = preflightNeeded(request, engine);
  const run = new FetchRun(request, { answers, engine, context, need });
  const end = run.play();
  const { preflight, response, sent, urls } = run;
  const passed = { need, preflight, response, sent };
  const printed = consoleMessages(run, end, engine);
  if ('failure' in end) {
    const nothing = { readable: [], type: undefined, status: undefined, redirected: false, bodyReadable: true };
    return { ...passed, ...nothing, outcome: 'error', failure: end.failure, console: printed };
  }
  const { type, received, readable } = end;
  const isOpaque = type === 'opaque' || type === 'opaqueredirect';
  return {
    ...passed,
    outcome: isOpaque ? 'opaque' : 'readable',
    readable,
    type,
    status: isOpaque ? 0 : received.status,
    redirected: !isOpaque && urls.length > 1,
    bodyReadable: isOpaque || received.fault !== 'truncated' || engine.readsTruncated,
    failure: undefined,
    console: printed,
  };
}
