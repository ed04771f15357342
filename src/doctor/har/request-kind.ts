import { fieldOf } from '../probe/response-parser.ts';
import type { Entry } from './read-har.ts';

/**
 * What a recorded request is: `cors`, one whose answer a page wants to read; `no-cors`, one whose answer it uses without
 * reading it (an image, a script); a `preflight`; or something that CORS has no part in.
 */
export type RequestKind = 'cors' | 'no-cors' | 'preflight' | 'other';

const BY_MODE: Readonly<Record<string, RequestKind>> = {
  cors: 'cors',
  'same-origin': 'cors',
  'no-cors': 'no-cors',
  navigate: 'other',
  websocket: 'other',
};

/** Tells what a recorded request is. Firefox writes no type, and no browser Sec-Fetch-Mode to plain http. */
export function kindOf({ method, headers, type, answer, error }: Entry): RequestKind {
  const asked = fieldOf(headers, 'access-control-request-method');
  if (type === 'preflight' || (method === 'OPTIONS' && asked !== undefined)) return 'preflight';
  const mode = BY_MODE[fieldOf(headers, 'sec-fetch-mode') ?? ''];
  if (mode !== undefined) return mode;
  if (/^(?:document|websocket|ping|csp-violation-report|signed-exchange)$/.test(type)) return 'other';
  if (fieldOf(headers, 'accept')?.startsWith('text/html') === true) return 'other';
  if (fieldOf(headers, 'origin') !== undefined) return 'cors';
  if (/^(?:xhr|eventsource|font)$/.test(type)) return 'cors';
  // Of what never left, the Origin isn't recorded; on the wire it's there unless the mode is no-cors.
  if (type === 'fetch' && answer.status === 0) return 'cors';
  return /access.control|cross-origin|preflight/i.test(error ?? '') ? 'cors' : 'no-cors';
}

/** Whether a script asked, and not an element of the page. */
export function isScripted({ type, headers }: Entry): boolean {
  return type === 'fetch' || type === 'xhr' || fieldOf(headers, 'sec-fetch-dest') === 'empty';
}
