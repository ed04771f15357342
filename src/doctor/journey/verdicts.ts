import {
  checkPreflight,
  checkResponse,
  ENGINES,
  preflightNeeded,
  type PageRequest,
  type Verdict,
} from '../../cors/index.ts';
import type { ProbeResponse } from '../probe/types.ts';
import { BROWSERS, type BrowserName } from './types.ts';

type Verdicts = Readonly<Record<BrowserName, Verdict>>;

function each(judge: (name: BrowserName) => Verdict): Verdicts {
  return Object.fromEntries(BROWSERS.map((name) => [name, judge(name)])) as Record<BrowserName, Verdict>;
}

/** What each browser makes of a preflight's answer. A browser that wouldn't ask lets everything pass. */
export function judgePreflight(response: ProbeResponse, page: PageRequest, origin: string): Verdicts {
  return each((name) => {
    const need = preflightNeeded(page, ENGINES[name]);
    if (!need.needed) return { passed: true };
    const { credentials = 'same-origin' } = page;
    const request = { origin, credentials, method: need.requestMethod, headers: need.requestHeaders };
    return checkPreflight(response, request, ENGINES[name]);
  });
}

/** What each browser makes of the answer itself. */
export function judgeResponse(response: ProbeResponse, page: PageRequest, origin: string): Verdicts {
  const { credentials = 'same-origin' } = page;
  return each((name) => checkResponse(response, { origin, credentials }, ENGINES[name]));
}
