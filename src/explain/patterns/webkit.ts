import { wordings, type MessagePattern } from '../pattern.ts';

const { cause, context } = wordings('webkit');
const REDIRECTED = 'Cross-origin redirection to {url} denied by Cross-Origin Resource Sharing policy';

/** What WebKit prints about CORS: Safari, and all browsers of iOS. */
export const webkitPatterns: readonly MessagePattern[] = [
  context(REDIRECTED, { code: 'redirect-denied', data: { redirected: 'yes' } }),

  cause('allow-origin-refused', 'Origin {origin} is not allowed by Access-Control-Allow-Origin.'),
  cause('allow-origin-several', 'Access-Control-Allow-Origin cannot contain more than one origin.'),
  cause(
    'allow-origin-wildcard-with-credentials',
    'Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.',
  ),
  cause('allow-credentials-not-true', 'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".'),
  cause('preflight-status', 'Preflight response is not successful.', { preflight: true }),
  cause('allow-methods-malformed', 'Header Access-Control-Allow-Methods has an invalid value: {value}'),
  cause('allow-headers-malformed', 'Header Access-Control-Allow-Headers has an invalid value: {value}'),
  cause('method-not-allowed', 'Method {method} is not allowed by Access-Control-Allow-Methods.'),
  cause('header-not-allowed', 'Request header field {header} is not allowed by Access-Control-Allow-Headers.'),

  cause('redirect-userinfo', 'redirection URL {detail} has credentials'),
  cause('redirect-scheme', 'not allowed to follow a cross-origin CORS redirection with non CORS scheme'),
  cause('redirect-scheme', 'Redirection to URL with a scheme that is not HTTP(S).'),
  cause('redirect-mode', 'Not allowed to follow a redirection while loading {url}'),
  cause('redirect-limit', 'Load cannot follow more than {detail} redirections'),
  cause(
    'same-origin-mode',
    'Unsafe attempt to load URL {url} from origin {origin}. Domains, protocols and ports must match.',
  ),
  cause('no-cors-redirect-mode', 'No-Cors mode requires follow redirect mode'),
  cause('element-denied', 'Cross-origin {kind} load denied by Cross-Origin Resource Sharing policy.'),
  cause('blocked-follow-up', 'Fetch API cannot load {url} due to access control checks.'),
  cause('blocked-follow-up', 'XMLHttpRequest cannot load {url} due to access control checks.'),
  cause('blocked-follow-up', 'Not allowed to request resource'),
  cause('local-resource', 'Not allowed to load local resource: {url}'),
  cause('bad-port', 'Not allowed to use restricted network port {detail}: {url}'),
];
