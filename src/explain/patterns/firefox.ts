import { wordings, type MessagePattern } from '../pattern.ts';

const { cause, context, tail } = wordings('firefox');
const OLD = { era: 'old' } as const;
const BLOCKED = 'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}.';

/** What Firefox prints about CORS, in English. */
export const firefoxPatterns: readonly MessagePattern[] = [
  context(BLOCKED, { code: 'reason-missing' }),
  context(`${BLOCKED} (Reason:`, { code: 'reason-missing' }),

  cause('cors-disabled', 'CORS disabled).'),
  cause('no-response', 'CORS request did not succeed'),
  cause('no-response', '(Reason: CORS request failed).', OLD),
  cause('preflight-redirect', 'CORS request external redirect not allowed', { preflight: true }),
  cause('scheme', 'CORS request not http'),
  cause('allow-origin-missing', "CORS header 'Access-Control-Allow-Origin' missing"),
  cause('allow-origin-several', "Multiple CORS header 'Access-Control-Allow-Origin' not allowed"),
  cause('allow-origin-mismatch', "CORS header 'Access-Control-Allow-Origin' does not match '{value}')."),
  cause(
    'allow-origin-wildcard-with-credentials',
    "Credential is not supported if the CORS header 'Access-Control-Allow-Origin' is {detail})",
  ),
  cause('allow-credentials-not-true', "expected 'true' in CORS header 'Access-Control-Allow-Credentials'"),
  cause('preflight-status', 'CORS preflight response did not succeed', { preflight: true }),
  cause('preflight-status', 'CORS preflight channel did not succeed', { ...OLD, preflight: true }),
  cause('method-not-allowed', "Did not find method in CORS header 'Access-Control-Allow-Methods'"),
  cause('allow-methods-malformed', "invalid token '{value}' in CORS header 'Access-Control-Allow-Methods'"),
  cause('allow-headers-malformed', "invalid token '{value}' in CORS header 'Access-Control-Allow-Headers'"),
  cause(
    'header-not-allowed',
    "header '{header}' is not allowed according to header 'Access-Control-Allow-Headers' from CORS preflight response",
  ),
  cause(
    'header-not-allowed',
    "missing token '{header}' in CORS header 'Access-Control-Allow-Headers' from CORS preflight channel",
    OLD,
  ),
  cause(
    'header-not-allowed',
    "missing token '{header}' in CORS header 'Access-Control-Allow-Headers' from CORS preflight response",
    OLD,
  ),
  // The Network tab.
  cause('allow-origin-missing', 'CORS Missing Allow Origin'),
  cause('allow-origin-mismatch', 'CORS Allow Origin Not Matching Origin'),
  cause('preflight-status', 'CORS Preflight Did Not Succeed', { preflight: true }),
  cause('method-not-allowed', 'CORS Method Not Found'),
  cause('header-not-allowed', 'CORS Missing Allow Header'),
  cause('allow-credentials-not-true', 'CORS Missing Allow Credentials'),
  cause('reason-missing', 'This can be fixed by moving the resource to the same domain or enabling CORS.', OLD),

  cause(
    'authorization-by-wildcard',
    'Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} soon. (Reason: When the `Access-Control-Allow-Headers` is {detail}, the `Authorization` header is not covered.',
  ),
  tail(
    'To include the `Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`).',
  ),
  cause('same-origin-mode', 'Security Error: Content at {page} may not load data from {url}.'),
  cause('local-resource', 'Security Error: Content at {page} may not load or link to {url}.'),
];
