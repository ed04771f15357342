import { ENGINES, type EngineProfile } from './engine.ts';
import { preflightNeeded, type PageRequest, type PreflightNeed } from './request.ts';
import {
  checkPreflight,
  checkResponse,
  ownHeaders,
  readableHeaders,
  type ReceivedResponse,
  type Verdict,
} from './response.ts';

/** What a server answers. */
export interface ServerAnswers {
  /** To the preflight, if there is one. */
  readonly preflight: (need: PreflightNeed) => ReceivedResponse;
  /** To the request itself. */
  readonly response: () => ReceivedResponse;
}

/** What the page gets in the end. */
export interface Simulation {
  readonly need: PreflightNeed;
  /** The preflight's verdict, if there was one. */
  readonly preflight: Verdict | undefined;
  /** The verdict on the response itself, if it came to that; of a same-origin request it always passes. */
  readonly response: Verdict | undefined;
  readonly outcome: 'readable' | 'opaque' | 'error';
  /** Header names that the page can read; empty unless the outcome is `readable`. */
  readonly readable: readonly string[];
}

/** Plays one request of a page through, without redirects: what a browser asks, and what it makes of the answers. */
export function simulateRequest(
  request: PageRequest,
  answers: ServerAnswers,
  engine: EngineProfile = ENGINES.standard,
): Simulation {
  const need = preflightNeeded(request, engine);
  const blocked = { need, preflight: undefined, response: undefined, outcome: 'error', readable: [] } as const;
  const { mode = 'cors', credentials = 'same-origin', pageOrigin: origin } = request;
  if (need.fault !== undefined || (need.crossOrigin && mode === 'same-origin')) return blocked;
  if (need.crossOrigin && mode === 'no-cors') return { ...blocked, outcome: 'opaque' };
  const preflight = need.needed
    ? checkPreflight(
        answers.preflight(need),
        { origin, credentials, method: need.requestMethod, headers: need.requestHeaders },
        engine,
      )
    : undefined;
  if (preflight?.passed === false) return { ...blocked, preflight };
  const received = answers.response();
  if (!need.crossOrigin) {
    return { need, preflight, response: { passed: true }, outcome: 'readable', readable: ownHeaders(received) };
  }
  const response = checkResponse(received, { origin, credentials }, engine);
  if (!response.passed) return { ...blocked, preflight, response };
  return {
    need,
    preflight,
    response,
    outcome: 'readable',
    readable: readableHeaders(received, { credentials }, engine),
  };
}
