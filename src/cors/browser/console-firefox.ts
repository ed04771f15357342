import { SAFELISTED_METHODS } from '../../protocol/fetch-names.ts';
import { splitList } from '../../protocol/field-list.ts';
import { isToken } from '../../protocol/token.ts';
import { decodeBytes } from './bytes.ts';
import type { ConsoleCode } from './console-templates.ts';
import type { Printed } from './console-prints.ts';
import type { Failure, FetchStep } from './failure.ts';
import type { FetchRun, RunEnd } from './fetch-run.ts';
import { locate } from './redirect.ts';
import { isRedirectStatus } from './redirect-status.ts';
import { checkResponse } from './response.ts';

/**
 * What Firefox prints. `CORS request did not succeed`, which goes along with every failed preflight, is left out where
 * there is another message.
 */
export function firefoxPrints(run: FetchRun, end: RunEnd): Printed[] {
  const warnings: Printed[] = run.authorizedByWildcard.map((url) => ({
    code: 'authorization-by-wildcard',
    values: { url },
  }));
  return 'failure' in end ? [...warnings, ...failurePrints(run, end.failure)] : warnings;
}

const SAME: ReadonlySet<FetchStep> = new Set<FetchStep>([
  'method-not-allowed',
  'header-not-allowed',
  'same-origin-mode',
]);

function failurePrints(run: FetchRun, { step, value, preflight }: Failure): Printed[] {
  if (SAME.has(step)) return [{ code: step as ConsoleCode, values: { value } }];
  switch (step) {
    case 'allow-origin-missing':
    case 'allow-origin-several':
    case 'allow-origin-mismatch':
    case 'allow-origin-wildcard-with-credentials':
    case 'allow-credentials-missing':
    case 'allow-credentials-not-true':
      return [checkPrint(run, step, value)];
    case 'preflight-status':
      return preflightStatus(run);
    case 'allow-methods-malformed':
    case 'allow-headers-malformed':
      return [{ code: step, values: { value: decodeBytes(splitList(value).find((item) => !isToken(item)) ?? '') } }];
    case 'content-security-policy':
    case 'resource-policy':
      return [{ code: step, values: { value } }];
    case 'redirect-scheme':
      if (value.startsWith('file:')) return [{ code: 'local-resource', values: { location: value } }];
      return networkPrints(run, preflight);
    case 'redirect-userinfo':
      return [{ code: 'no-response' }];
    case 'no-response':
      // Without an answer, looking for several lines fails before it is asked whether there are any.
      if (value === 'closed' && run.tainting === 'cors' && !reportsNetwork(run, preflight))
        return [{ code: 'allow-origin-several' }];
      return networkPrints(run, preflight);
    case 'bad-port':
    case 'redirect-location':
    case 'redirect-limit':
      return networkPrints(run, preflight);
    default:
      return [];
  }
}

function reportsNetwork(run: FetchRun, preflight: boolean): boolean {
  return preflight || SAFELISTED_METHODS.has(run.method);
}

function networkPrints(run: FetchRun, preflight: boolean): Printed[] {
  if (run.tainting !== 'cors') return [];
  return preflight ? [{ code: 'no-response' }, { code: 'no-response' }] : [{ code: 'no-response' }];
}

/** Of the CORS check. Lines of `Access-Control-Allow-Origin` are counted only as they're commonly written. */
function checkPrint(run: FetchRun, step: FetchStep, value: string): Printed {
  const lines = run.received?.headers.filter(([name]) => name === 'Access-Control-Allow-Origin').length ?? 0;
  if (lines > 1) return { code: 'allow-origin-several' };
  if (step === 'allow-origin-several') {
    const [first = '', ...others] = decodeBytes(value).split(',');
    return { code: step, variant: 1, values: { value: first, others: others.join(',') } };
  }
  if (step === 'allow-credentials-missing') return { code: 'allow-credentials-not-true' };
  return { code: step as ConsoleCode, values: { value: decodeBytes(value) } };
}

/**
 * After a redirect Firefox goes on to check what it has refused, for the origin that it would then have sent. Only
 * in redirect mode follow is any request of the fetch redirected.
 */
function preflightStatus(run: FetchRun): Printed[] {
  const { received, request, engine, url } = run;
  const status: Printed = { code: 'preflight-status' };
  if (received === undefined || !isRedirectStatus(received.status, engine)) return [status];
  if ((request.redirect ?? 'follow') !== 'follow') return [status];
  const location = locate(received, url, engine);
  if (location.kind === 'none') return [status];
  const stays = location.kind === 'url' && location.url.origin === url.origin;
  const origin = stays ? request.pageOrigin : 'null';
  const verdict = checkResponse(received, { origin, credentials: request.credentials ?? 'same-origin' }, engine);
  return [{ code: 'preflight-redirect' }, verdict.passed ? status : checkPrint(run, verdict.step, verdict.value)];
}
