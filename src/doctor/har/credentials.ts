import { checkResponse, ENGINES, type CredentialsMode } from '../../cors/index.ts';
import type { BrowserName } from '../journey/types.ts';
import { fieldOf } from '../probe/response-parser.ts';
import { readError } from './browser-error.ts';
import type { RecordedExchange } from './exchanges.ts';
import { preflightStep } from './recorded-steps.ts';
import type { Entry } from './read-har.ts';

/** How the page asked, and how that is known. */
export interface KnownCredentials {
  readonly mode: CredentialsMode;
  /**
   * `recorded`: cookies went to another origin; `given` by the user; `inferred`: nothing else explains what the browser did;
   * `assumed`: as `fetch()` does it by itself.
   */
  readonly from: 'recorded' | 'given' | 'inferred' | 'assumed';
}

/** The credentials mode of a recorded request: no recording has it. */
export function credentialsOf(
  exchange: RecordedExchange,
  engine: BrowserName,
  given: CredentialsMode | undefined,
): KnownCredentials {
  const { hops, pageOrigin } = exchange;
  const foreign = hops.filter((hop) => (hop.request ?? hop.preflight)?.url.origin !== pageOrigin);
  const sent = foreign.some(({ request }) => request !== undefined && fieldOf(request.headers, 'cookie') !== undefined);
  if (sent) return { mode: 'include', from: 'recorded' };
  if (given !== undefined) return { mode: given, from: 'given' };
  const explains = foreign.some(({ preflight, request }) => {
    const origin = sentOrigin(request) ?? sentOrigin(preflight) ?? pageOrigin;
    if (preflight !== undefined && preflight.answer.status !== 0 && request?.answer.status === 0) {
      const passes = (credentials: CredentialsMode): boolean =>
        preflightStep(preflight, { origin, credentials }).verdicts?.[engine].passed === true;
      return readError(request.error ?? '') === undefined && passes('same-origin') && !passes('include');
    }
    if (request === undefined || request.answer.status === 0 || typeof request.error !== 'string') return false;
    const passes = (credentials: CredentialsMode): boolean =>
      checkResponse(request.answer, { origin, credentials }, ENGINES[engine]).passed;
    return readError(request.error) === undefined && passes('same-origin') && !passes('include');
  });
  return explains ? { mode: 'include', from: 'inferred' } : { mode: 'same-origin', from: 'assumed' };
}

function sentOrigin(entry: Entry | undefined): string | undefined {
  return entry && fieldOf(entry.headers, 'origin');
}
