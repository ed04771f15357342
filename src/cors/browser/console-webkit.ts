import { decodeBytes, encodeBytes } from './bytes.ts';
import type { ConsoleCode } from './console-templates.ts';
import { networkPrint } from './console-network.ts';
import type { Printed } from './console-prints.ts';
import type { Failure, FetchStep, NetworkFault } from './failure.ts';
import type { FetchRun, RunEnd } from './fetch-run.ts';
import { refusedHeader } from './refused-header.ts';

/** What WebKit prints. `… cannot load … due to access control checks`, which follows many, is left out. */
export function webkitPrints(run: FetchRun, end: RunEnd): Printed[] {
  return 'failure' in end ? failurePrints(run, end.failure) : [];
}

const SAME: ReadonlySet<FetchStep> = new Set<FetchStep>([
  'preflight-status',
  'allow-methods-malformed',
  'allow-headers-malformed',
  'method-not-allowed',
  'redirect-limit',
  'redirect-mode',
  'bad-port',
]);

/** Names that WebKit writes in their usual letters, whatever the page wrote. */
const KNOWN = [
  'Accept',
  'Accept-Language',
  'Authorization',
  'Cache-Control',
  'Content-Language',
  'Content-Type',
  'If-Match',
  'If-Modified-Since',
  'If-None-Match',
  'If-Unmodified-Since',
  'Last-Event-ID',
  'Pragma',
  'Range',
  'User-Agent',
];

function failurePrints(run: FetchRun, { step, value, preflight }: Failure): Printed[] {
  const location = preflight ? undefined : run.location;
  // Text that isn't ASCII is taken for UTF-8 and printed as if it weren't.
  const values = { value: encodeBytes(decodeBytes(value)), location };
  if (SAME.has(step)) return [{ code: step as ConsoleCode, values }];
  switch (step) {
    case 'allow-origin-missing':
    case 'allow-origin-mismatch':
      return [{ code: 'allow-origin-refused', values }];
    case 'allow-origin-several':
    case 'allow-origin-wildcard-with-credentials':
    case 'resource-policy':
      return [{ code: step, values }];
    case 'allow-credentials-missing':
    case 'allow-credentials-not-true':
      return [{ code: 'allow-credentials-not-true', values }];
    case 'header-not-allowed':
      return [{ code: step, values: { value: usualLetters(refusedHeader(run, value)) } }];
    case 'redirect-userinfo':
      return [{ code: step, values: { value, location: value.replace(/\/\/[^/@]*@/, '//') } }];
    case 'redirect-scheme':
      return [schemePrint(run, value)];
    case 'redirect-location':
      // An unreadable URL has no scheme either.
      return run.tainting === 'cors' && value !== '' ? [{ code: 'redirect-scheme', values }] : [];
    case 'same-origin-mode':
      return [{ code: step, variant: run.urls.length > 1 ? 1 : 0 }];
    case 'no-cors-redirect-mode':
      return [{ code: step }, { code: 'blocked-follow-up' }];
    case 'content-security-policy':
      return run.urls.length > 1 ? [{ code: step }, { code: step, variant: 1 }] : [{ code: step }];
    case 'no-response':
      return preflight ? [{ ...networkPrint(value as NetworkFault), values: { why: CAUSES[value] } }] : [];
    default:
      return [];
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  tls: 'An unexpected TLS packet was received.',
  reset: 'Connection reset by peer',
};

function schemePrint(run: FetchRun, location: string): Printed {
  if (run.tainting === 'basic' && location.startsWith('file:')) return { code: 'local-resource', values: { location } };
  if (run.tainting === 'basic' && location.startsWith('blob:')) return { code: 'redirect-scheme', variant: 1 };
  return { code: 'redirect-scheme', values: { location } };
}

function usualLetters(name: string): string {
  return KNOWN.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}
