/** An engine that prints to a console. */
export type PrintingEngine = 'chromium' | 'firefox' | 'webkit';

/**
 * What a line on a browser's console means: a stable name, the same whichever engine prints it. `oneorigin explain` has
 * the same names (`diagnostics/catalogue/console.ts`), and more.
 */
export type ConsoleCode =
  | 'allow-origin-missing'
  /** WebKit: missing, or another value. */
  | 'allow-origin-refused'
  | 'allow-origin-several'
  | 'allow-origin-mismatch'
  | 'allow-origin-wildcard-with-credentials'
  /** Chromium alone tells it from another value. */
  | 'allow-credentials-missing'
  | 'allow-credentials-not-true'
  | 'preflight-status'
  | 'preflight-redirect'
  | 'allow-methods-malformed'
  | 'allow-headers-malformed'
  | 'method-not-allowed'
  | 'header-not-allowed'
  /** Firefox: a warning, the request goes on. */
  | 'authorization-by-wildcard'
  | 'redirect-userinfo'
  | 'redirect-scheme'
  | 'redirect-location'
  | 'redirect-limit'
  | 'redirect-mode'
  | 'scheme'
  /** A URL, or a redirect, leads to `file:`. */
  | 'local-resource'
  | 'same-origin-mode'
  | 'no-cors-redirect-mode'
  | 'content-security-policy'
  | 'resource-policy'
  /** The page's embedder policy, where the response has no policy of its own. */
  | 'coep-blocked'
  | 'bad-port'
  /** No answer, and the line doesn't say why. */
  | 'no-response'
  | 'connection-refused'
  | 'connection-lost'
  | 'tls-failed'
  | 'response-malformed'
  /** Chromium: a response with a status from 400 on, readable or not. */
  | 'http-error-status'
  /** Goes along with a line that says more. */
  | 'blocked-follow-up';

type Templates = readonly (readonly [code: ConsoleCode, template: string])[];

const PREFLIGHT = "[?preflight Response to preflight request doesn't pass access control check: ]";
const CHROMIUM =
  "Access to fetch at '{url}'[?first  (redirected from '{first}')] from origin '{page}' has been blocked by CORS policy: ";
const FIREFOX =
  'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. (Reason: ';
const WEBKIT = '[?location Cross-origin redirection to {location} denied by Cross-Origin Resource Sharing policy: ]';
const LOAD = 'Failed to load resource: net::';

/**
 * What the engines print: `{name}` stands for a value, `[?name …]` for a part that is there if there is such a value.
 * A code may have more than one text; the first is the one for which nothing more is known.
 */
export const TEMPLATES: Readonly<Record<PrintingEngine, Templates>> = {
  chromium: [
    [
      'allow-origin-missing',
      `${CHROMIUM}${PREFLIGHT}No 'Access-Control-Allow-Origin' header is present on the requested resource.`,
    ],
    [
      'allow-origin-mismatch',
      `${CHROMIUM}${PREFLIGHT}The 'Access-Control-Allow-Origin' header has a value '{value}' that is not equal to the supplied origin. Have the server send the header with a valid value.`,
    ],
    [
      'allow-origin-several',
      `${CHROMIUM}${PREFLIGHT}The 'Access-Control-Allow-Origin' header contains multiple values '{value}', but only one is allowed. Have the server send the header with a valid value.`,
    ],
    [
      'allow-origin-mismatch',
      `${CHROMIUM}${PREFLIGHT}The 'Access-Control-Allow-Origin' header contains the invalid value '{value}'. Have the server send the header with a valid value.`,
    ],
    [
      'allow-origin-wildcard-with-credentials',
      `${CHROMIUM}${PREFLIGHT}The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.`,
    ],
    [
      'allow-credentials-missing',
      `${CHROMIUM}${PREFLIGHT}The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.`,
    ],
    [
      'allow-credentials-not-true',
      `${CHROMIUM}${PREFLIGHT}The value of the 'Access-Control-Allow-Credentials' header in the response is '{value}' which must be 'true' when the request's credentials mode is 'include'.`,
    ],
    ['preflight-status', `${CHROMIUM}${PREFLIGHT}It does not have HTTP ok status.`],
    ['preflight-redirect', `${CHROMIUM}${PREFLIGHT}Redirect is not allowed for a preflight request.`],
    [
      'method-not-allowed',
      `${CHROMIUM}Method {value} is not allowed by Access-Control-Allow-Methods in preflight response.`,
    ],
    [
      'header-not-allowed',
      `${CHROMIUM}Request header field {value} is not allowed by Access-Control-Allow-Headers in preflight response.`,
    ],
    [
      'allow-methods-malformed',
      `${CHROMIUM}Cannot parse Access-Control-Allow-Methods response header field in preflight response.`,
    ],
    [
      'allow-headers-malformed',
      `${CHROMIUM}Cannot parse Access-Control-Allow-Headers response header field in preflight response.`,
    ],
    [
      'redirect-userinfo',
      `${CHROMIUM}Redirect location '' contains a username and password, which is disallowed for cross-origin requests.`,
    ],
    [
      'scheme',
      `${CHROMIUM}Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app.`,
    ],
    [
      'same-origin-mode',
      'Fetch API cannot load {url}. Request mode is "same-origin" but the URL\'s origin is not same as the request origin {page}.',
    ],
    [
      'same-origin-mode',
      'Unsafe attempt to load URL {url} from frame with URL {pageUrl}. Domains, protocols and ports must match.\n',
    ],
    [
      'no-cors-redirect-mode',
      'Fetch API cannot load {url}. Request mode is "no-cors" but the redirect mode is not "follow".',
    ],
    [
      'content-security-policy',
      'Connecting to \'{url}\' violates the following Content Security Policy directive: "{value}". The action has been blocked.',
    ],
    [
      'content-security-policy',
      "Fetch API cannot load {url}. Refused to connect because it violates the document's Content Security Policy.",
    ],
    ['resource-policy', `${LOAD}ERR_BLOCKED_BY_RESPONSE.NotSameOrigin`],
    ['resource-policy', `${LOAD}ERR_BLOCKED_BY_RESPONSE.NotSameSite`],
    ['coep-blocked', `${LOAD}ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep`],
    ['bad-port', `${LOAD}ERR_UNSAFE_PORT`],
    ['redirect-scheme', `${LOAD}ERR_UNSAFE_REDIRECT`],
    ['redirect-location', `${LOAD}ERR_INVALID_REDIRECT`],
    ['redirect-location', `${LOAD}ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION`],
    ['redirect-limit', `${LOAD}ERR_TOO_MANY_REDIRECTS`],
    ['no-response', `${LOAD}ERR_FAILED`],
    ['connection-refused', `${LOAD}ERR_CONNECTION_REFUSED`],
    ['tls-failed', `${LOAD}ERR_SSL_PROTOCOL_ERROR`],
    ['connection-lost', `${LOAD}ERR_EMPTY_RESPONSE`],
    ['connection-lost', `${LOAD}ERR_CONNECTION_RESET`],
    ['response-malformed', `${LOAD}ERR_INVALID_HTTP_RESPONSE`],
    ['response-malformed', `${LOAD}ERR_CONTENT_LENGTH_MISMATCH`],
    ['response-malformed', `${LOAD}ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH`],
    ['http-error-status', 'Failed to load resource: the server responded with a status of {status} ({reason})'],
  ],
  firefox: [
    ['allow-origin-missing', `${FIREFOX}CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}.`],
    ['allow-origin-several', `${FIREFOX}Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).`],
    // A list in one line is told by its comma only, so it comes before.
    ['allow-origin-several', `${FIREFOX}CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value},{others}’).`],
    ['allow-origin-mismatch', `${FIREFOX}CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’).`],
    [
      'allow-origin-wildcard-with-credentials',
      'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ‘{url}’. (Reason: Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’).',
    ],
    ['allow-credentials-not-true', `${FIREFOX}expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).`],
    ['preflight-status', `${FIREFOX}CORS preflight response did not succeed). Status code: {status}.`],
    ['preflight-redirect', `${FIREFOX}CORS request external redirect not allowed).`],
    ['method-not-allowed', `${FIREFOX}Did not find method in CORS header ‘Access-Control-Allow-Methods’).`],
    [
      'header-not-allowed',
      `${FIREFOX}header ‘{value}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).`,
    ],
    ['allow-methods-malformed', `${FIREFOX}invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Methods’).`],
    ['allow-headers-malformed', `${FIREFOX}invalid token ‘{value}’ in CORS header ‘Access-Control-Allow-Headers’).`],
    [
      'authorization-by-wildcard',
      'Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at {url} soon. (Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered. To include the `Authorization` header, it must be explicitly listed in CORS header `Access-Control-Allow-Headers`).',
    ],
    ['no-response', `${FIREFOX}CORS request did not succeed). Status code: (null).`],
    ['same-origin-mode', 'Security Error: Content at {pageUrl} may not load data from {url}.'],
    ['local-resource', 'Security Error: Content at {url} may not load or link to {location}.'],
    [
      'content-security-policy',
      'Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at {url} because it violates the following directive: “{value}”',
    ],
    [
      'resource-policy',
      'The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof). See https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#',
    ],
  ],
  webkit: [
    [
      'allow-origin-refused',
      `${WEBKIT}Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}`,
    ],
    ['allow-origin-several', `${WEBKIT}Access-Control-Allow-Origin cannot contain more than one origin.`],
    [
      'allow-origin-wildcard-with-credentials',
      `${WEBKIT}Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.`,
    ],
    [
      'allow-credentials-not-true',
      `${WEBKIT}Credentials flag is true, but Access-Control-Allow-Credentials is not "true".`,
    ],
    ['preflight-status', 'Preflight response is not successful. Status code: {status}'],
    ['method-not-allowed', 'Method {value} is not allowed by Access-Control-Allow-Methods.'],
    ['header-not-allowed', 'Request header field {value} is not allowed by Access-Control-Allow-Headers.'],
    ['allow-methods-malformed', 'Header Access-Control-Allow-Methods has an invalid value: {value}'],
    ['allow-headers-malformed', 'Header Access-Control-Allow-Headers has an invalid value: {value}'],
    ['redirect-userinfo', `${WEBKIT}redirection URL {value} has credentials`],
    ['redirect-scheme', `${WEBKIT}not allowed to follow a cross-origin CORS redirection with non CORS scheme`],
    ['redirect-scheme', 'Redirection to URL with a scheme that is not HTTP(S).'],
    ['local-resource', 'Not allowed to load local resource: {location}'],
    ['redirect-limit', 'Load cannot follow more than 20 redirections'],
    ['redirect-mode', 'Not allowed to follow a redirection while loading {url}'],
    ['same-origin-mode', 'Fetch API cannot load {url}.'],
    [
      'same-origin-mode',
      'Unsafe attempt to load URL {url} from origin {page}. Domains, protocols and ports must match.',
    ],
    ['no-cors-redirect-mode', 'No-Cors mode requires follow redirect mode'],
    ['blocked-follow-up', 'Not allowed to request resource'],
    ['bad-port', 'Not allowed to use restricted network port {value}: {url}'],
    [
      'content-security-policy',
      'Refused to connect to {url} because it does not appear in the connect-src directive of the Content Security Policy.',
    ],
    ['content-security-policy', 'Blocked by Content Security Policy.'],
    [
      'resource-policy',
      `${WEBKIT}Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header.`,
    ],
    ['connection-refused', 'Could not connect to {host}: Connection refused'],
    ['tls-failed', 'Error performing TLS handshake: {why}'],
    ['connection-lost', 'Connection terminated unexpectedly'],
    ['connection-lost', 'Error receiving data: {why}'],
    ['response-malformed', 'Could not parse HTTP response'],
  ],
};
