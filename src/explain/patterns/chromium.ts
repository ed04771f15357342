import { wordings, type MessagePattern } from '../pattern.ts';

const { cause, context, tail } = wordings('chromium');
const OLD = { era: 'old' } as const;

/** What Chromium prints about CORS: Chrome, Edge, Opera and Electron. */
export const chromiumPatterns: readonly MessagePattern[] = [
  context("Access to {kind} at '{url}' from origin '{origin}' has been blocked by CORS policy", {
    code: 'reason-missing',
  }),
  context(
    "Access to {kind} at '{url}' (redirected from '{firstUrl}') from origin '{origin}' has been blocked by CORS policy",
    { code: 'reason-missing' },
  ),
  context("Response to preflight request doesn't pass access control check", {
    code: 'reason-missing',
    preflight: true,
  }),
  context('Access blocked by CORS policy', { code: 'reason-missing' }),

  cause('allow-origin-missing', "No 'Access-Control-Allow-Origin' header is present on the requested resource."),
  cause(
    'allow-origin-several',
    "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed.",
  ),
  cause('allow-origin-mismatch', "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'."),
  // Again with its tail, which says where a value ends that has quotes of its own.
  cause(
    'allow-origin-mismatch',
    "The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'. Have the server send the header with a valid value.",
  ),
  cause(
    'allow-origin-mismatch',
    "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin.",
  ),
  cause(
    'allow-origin-wildcard-with-credentials',
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard {detail} when the request's credentials mode is 'include'.",
  ),
  cause(
    'allow-credentials-not-true',
    "The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'.",
  ),
  cause('preflight-status', 'It does not have HTTP ok status.', { preflight: true }),
  cause('preflight-redirect', 'Redirect is not allowed for a preflight request.', { preflight: true }),
  cause(
    'allow-methods-malformed',
    'Cannot parse Access-Control-Allow-Methods response header field in preflight response.',
  ),
  cause(
    'allow-headers-malformed',
    'Cannot parse Access-Control-Allow-Headers response header field in preflight response.',
  ),
  cause('method-not-allowed', 'Method {method} is not allowed by Access-Control-Allow-Methods in preflight response.'),
  cause(
    'header-not-allowed',
    'Request header field {header} is not allowed by Access-Control-Allow-Headers in preflight response.',
  ),
  cause(
    'redirect-userinfo',
    "Redirect location '{detail}' contains a username and password, which is disallowed for cross-origin requests.",
  ),
  cause('scheme', 'Cross origin requests are only supported for protocol schemes: {detail}.'),
  cause('same-origin-mode', 'Cross origin requests are not allowed by request mode.'),
  cause(
    'local-network-insecure',
    'The request client is not a secure context and the resource is in more-private address space `{space}`.',
  ),
  cause('local-network-denied', 'Permission was denied for this request to access the `{space}` address space.'),
  cause(
    'private-network-header',
    "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the `{space}` address space.",
    OLD,
  ),
  cause(
    'private-network-header',
    "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request targeting the `{space}` address space had a value of '{value}', not 'true'.",
    OLD,
  ),

  tail('Have the server send the header with a valid value.'),
  tail(
    "If an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.",
  ),
  tail(
    'The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.',
    { data: { initiator: 'XMLHttpRequest' } },
  ),

  // Until 2018, and what many answers on the web still quote.
  context('XMLHttpRequest cannot load {url}', { ...OLD, code: 'reason-missing', data: { kind: 'XMLHttpRequest' } }),
  context('Failed to load {url}:', OLD),
  context("Redirect from '{firstUrl}' to '{url}' has been blocked by CORS policy", { ...OLD, code: 'reason-missing' }),
  context("Redirect at '{url}' from origin '{origin}' has been blocked by CORS policy", {
    ...OLD,
    code: 'reason-missing',
  }),
  context("from origin '{origin}' has been blocked from loading by Cross-Origin Resource Sharing policy", {
    ...OLD,
    code: 'reason-missing',
  }),
  cause(
    'allow-origin-wildcard-with-credentials',
    "A wildcard {detail} cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true.",
    OLD,
  ),
  cause(
    'allow-credentials-not-true',
    "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true' to allow credentials.",
    OLD,
  ),
  cause('preflight-status', 'Response for preflight has invalid HTTP status code {status}', {
    ...OLD,
    preflight: true,
  }),
  cause('preflight-redirect', 'Response for preflight is invalid (redirect)', { ...OLD, preflight: true }),
  cause(
    'redirect-after-preflight',
    "The request was redirected to '{detail}', which is disallowed for cross-origin requests that require preflight.",
    OLD,
  ),
  cause('scheme', 'Cross origin requests are only supported for HTTP.', OLD),
  cause(
    'redirect-userinfo',
    "The request was redirected to a URL ('{detail}') containing userinfo, which is disallowed for cross-origin requests.",
    OLD,
  ),
  tail("Origin '{origin}' is therefore not allowed access.", OLD),
  tail('The response had HTTP status code {status}', OLD),
  tail('The credentials mode of an XMLHttpRequest is controlled by the withCredentials attribute.', {
    ...OLD,
    data: { initiator: 'XMLHttpRequest' },
  }),
];
