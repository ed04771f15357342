import { wordings, type MessagePattern } from '../pattern.ts';

const chromium = wordings('chromium');
const firefox = wordings('firefox');
const webkit = wordings('webkit');
const { cause } = chromium;

/** What reads like CORS and is something else: the page's own policies, other headers, cookies, extensions. */
export const lookAlikePatterns: readonly MessagePattern[] = [
  cause('scheme', 'Fetch API cannot load {url}. URL scheme "{scheme}" is not supported.'),
  cause(
    'same-origin-mode',
    'Fetch API cannot load {url}. Request mode is "same-origin" but the URL\'s origin is not same as the request origin {origin}.',
  ),
  cause(
    'same-origin-mode',
    'Unsafe attempt to load URL {url} from frame with URL {page}. Domains, protocols and ports must match.',
  ),
  cause(
    'no-cors-redirect-mode',
    'Fetch API cannot load {url}. Request mode is "no-cors" but the redirect mode is not "follow".',
  ),
  cause(
    'content-security-policy',
    "Fetch API cannot load {url}. Refused to connect because it violates the document's Content Security Policy.",
  ),
  cause('content-security-policy', "Refused to connect because it violates the document's Content Security Policy."),
  cause(
    'content-security-policy',
    'Refused to {kind} \'{url}\' because it violates the following Content Security Policy directive: "{detail}".',
  ),
  cause(
    'content-security-policy',
    'Connecting to \'{url}\' violates the following Content Security Policy directive: "{detail}". The action has been blocked.',
  ),
  cause(
    'content-security-policy',
    'Loading the {kind} \'{url}\' violates the following Content Security Policy directive: "{detail}". The action has been blocked.',
  ),
  cause(
    'mixed-content',
    "Mixed Content: The page at '{page}' was loaded over HTTPS, but requested an insecure {kind} '{url}'. This request has been blocked; the content must be served over HTTPS.",
  ),
  cause(
    'orb-blocked',
    'Cross-Origin Read Blocking (CORB) blocked cross-origin response {url} with MIME type {detail}.',
    {
      era: 'old',
    },
  ),
  cause('header-not-exposed', 'Refused to get unsafe header "{header}"'),
  cause('forbidden-header', 'Refused to set unsafe header "{header}"'),
  cause('frame-access', 'Blocked a frame with origin "{origin}" from accessing a cross-origin frame.'),
  cause('frame-access', 'Blocked a frame with origin "{origin}" from accessing a frame with origin "{detail}".'),
  cause('tainted-canvas', 'Tainted canvases may not be exported.'),
  cause('websocket-failed', "WebSocket connection to '{url}' failed:"),
  cause('mime-type', "Refused to execute script from '{url}' because its MIME type ('{detail}') is not executable"),
  cause(
    'mime-type',
    'Failed to load module script: Expected a JavaScript-or-Wasm module script but the server responded with a MIME type of "{detail}".',
  ),
  cause(
    'mime-type',
    'Failed to load module script: Expected a JavaScript module script but the server responded with a MIME type of "{detail}".',
    { era: 'old' },
  ),

  // Thrown by `fetch()` itself.
  cause('request-fault', "Failed to execute 'fetch' on '{kind}': {detail}"),

  firefox.cause('request-fault', 'TypeError: Window.fetch: {detail}'),
  firefox.cause('mixed-content', 'Blocked loading mixed active content “{url}”'),
  firefox.cause(
    'content-security-policy',
    'The page’s settings blocked the loading of a resource ({kind}) at {url} because it violates the following directive: “{detail}”',
  ),
  firefox.cause(
    'content-security-policy',
    'The page’s settings blocked the loading of a resource at {url} (“{detail}”).',
    {
      era: 'old',
    },
  ),
  firefox.cause(
    'resource-policy',
    'The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header (or lack thereof).',
  ),
  firefox.cause('orb-blocked', 'The resource at “{url}” was blocked by OpaqueResponseBlocking. Reason: “{detail}”.'),
  firefox.cause('orb-blocked', 'was blocked by OpaqueResponseBlocking. Reason: “{detail}”.'),
  firefox.cause('content-blocked', 'The resource at “{url}” was blocked because content blocking is enabled.'),
  firefox.cause('content-blocked', 'was blocked because content blocking is enabled.'),
  firefox.cause(
    'cookie-rejected',
    'Cookie “{detail}” has been rejected because it is in a cross-site context and its “SameSite” is “Lax” or “Strict”.',
  ),
  firefox.cause(
    'cookie-rejected',
    'Cookie “{detail}” rejected because it has the “SameSite=None” attribute but is missing the “secure” attribute.',
  ),
  firefox.cause('tainted-canvas', 'The operation is insecure.'),

  webkit.cause('request-fault', 'TypeError: Method must be GET, POST or HEAD in no-cors mode.'),
  webkit.cause('request-fault', 'TypeError: Method is not a valid HTTP token.'),
  webkit.cause('request-fault', 'TypeError: Method is forbidden.'),
  webkit.cause('request-fault', "TypeError: Request has method '{method}' and cannot have a body"),
  webkit.cause('request-fault', "TypeError: Invalid header name: '{detail}'"),
  webkit.cause('request-fault', "TypeError: Header '{header}' has invalid value: '{detail}'"),
  webkit.cause('request-fault', 'TypeError: URL is not valid or contains user credentials.'),
  webkit.cause(
    'resource-policy',
    "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header.",
  ),
  webkit.cause(
    'mixed-content',
    '[blocked] The page at {page} requested insecure content from {url}. This content was blocked and must be served over HTTPS.',
  ),
  webkit.cause(
    'content-security-policy',
    'Refused to connect to {url} because it does not appear in the connect-src directive of the Content Security Policy.',
  ),
  webkit.cause(
    'content-security-policy',
    'Refused to load {url} because it does not appear in the {detail} directive of the Content Security Policy.',
  ),
  webkit.cause('content-security-policy', 'Blocked by Content Security Policy.'),
];
