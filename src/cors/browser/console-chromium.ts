import { decodeBytes } from './bytes.ts';
import type { ConsoleCode } from './console-templates.ts';
import { networkPrint } from './console-network.ts';
import type { Printed } from './console-prints.ts';
import type { Failure, FetchStep, NetworkFault } from './failure.ts';
import type { FetchRun, RunEnd } from './fetch-run.ts';
import { parseUrl } from '../../protocol/parse-url.ts';
import { isRedirectStatus } from './redirect-status.ts';
import { refusedHeader } from './refused-header.ts';
import { fieldValues } from './response.ts';

/** What Chromium prints. `net::ERR_FAILED`, which goes along with every CORS error, is left out. */
export function chromiumPrints(run: FetchRun, end: RunEnd): Printed[] {
  if ('failure' in end) return failurePrints(run, end.failure);
  const { received } = end;
  if (received.fault === 'truncated') return [networkPrint('truncated')];
  return received.status >= 400 ? [{ code: 'http-error-status' }] : [];
}

const SAME: ReadonlySet<FetchStep> = new Set<FetchStep>([
  'allow-methods-malformed',
  'allow-headers-malformed',
  'method-not-allowed',
  'scheme',
  'bad-port',
  'no-cors-redirect-mode',
  'redirect-limit',
]);

function failurePrints(run: FetchRun, failure: Failure): Printed[] {
  const { step, value, preflight } = failure;
  const values = { value: escapeBytes(value), preflight: preflight ? '' : undefined };
  if (SAME.has(step)) return [{ code: step as ConsoleCode, values }];
  switch (step) {
    case 'allow-origin-missing':
    case 'allow-origin-several':
    case 'allow-origin-mismatch':
    case 'allow-origin-wildcard-with-credentials':
      return [{ ...originPrint(step, value), values }];
    case 'allow-credentials-missing':
    case 'allow-credentials-not-true':
      return [{ code: value === '' ? 'allow-credentials-missing' : 'allow-credentials-not-true', values }];
    case 'preflight-status':
      return [{ code: leadsElsewhere(run) ? 'preflight-redirect' : 'preflight-status', values }];
    case 'header-not-allowed':
      return [{ code: 'header-not-allowed', values: { ...values, value: refusedHeader(run, value).toLowerCase() } }];
    case 'content-security-policy':
      return run.urls.length > 1
        ? [{ code: step, values }]
        : [
            { code: step, values },
            { code: step, variant: 1 },
          ];
    case 'same-origin-mode':
      return [{ code: step, variant: run.urls.length > 1 ? 1 : 0 }];
    case 'redirect-userinfo':
      return isCorsError(run) ? [{ code: step }] : [];
    case 'redirect-scheme':
      // Schemes that Chromium knows as unsafe to be led to; the others fail as cross-origin requests.
      if (/^(?:data|about|file|filesystem|blob):/.test(value)) return [{ code: step }];
      return [{ code: 'scheme', values: { url: value, first: run.urls[0]?.href } }];
    case 'redirect-location':
      return [{ code: step, variant: fieldCount(run, 'location') > 1 ? 1 : 0 }];
    case 'resource-policy':
      return [policyPrint(value)];
    case 'redirect-mode':
      return [{ code: 'no-response' }];
    case 'no-response':
      return [networkPrint(value as NetworkFault)];
    default:
      return [];
  }
}

/** Only in mode cors, and only towards another origin, Chromium takes the failure for one of CORS. */
function isCorsError(run: FetchRun): boolean {
  if (run.mode !== 'cors') return false;
  return run.tainting === 'cors' || new URL(run.location ?? run.url).origin !== run.request.pageOrigin;
}

function fieldCount(run: FetchRun, name: string): number {
  return run.received === undefined ? 0 : fieldValues(run.received, name, run.engine).length;
}

function leadsElsewhere(run: FetchRun): boolean {
  return isRedirectStatus(run.received?.status ?? 0, run.engine) && fieldCount(run, 'location') > 0;
}

/** In which order Chromium looks at a value that isn't the page's origin. */
function originPrint(step: FetchStep, value: string): Printed {
  if (step === 'allow-origin-missing' || step === 'allow-origin-wildcard-with-credentials') return { code: step };
  if (/[ ,]/.test(value)) return { code: 'allow-origin-several' };
  const isUrl = value === 'null' || parseUrl(decodeBytes(value)) !== undefined;
  return { code: 'allow-origin-mismatch', variant: isUrl ? 0 : 1 };
}

function escapeBytes(text: string): string {
  const code = (char: string): string => char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return text.replace(/[^ -~]/g, (char) => `\\u${code(char)}`);
}

function policyPrint(policy: string): Printed {
  if (policy === 'same-site') return { code: 'resource-policy', variant: 1 };
  return { code: policy === 'same-origin' ? 'resource-policy' : 'coep-blocked' };
}
