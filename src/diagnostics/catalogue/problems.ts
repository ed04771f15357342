/** A kind of error answer of the gateway's own (RFC 9457): its status and its one-line title. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Every error the gateway itself answers with, by its stable code. The code is the last part of the problem's `type`. */
export const problemCatalogue = {
  'malformed-request': { status: 400, title: 'The request is not valid HTTP' },
  'ambiguous-path': { status: 400, title: 'The path could be read in two ways' },
  'admin-unauthorised': { status: 401, title: 'The admin address asks for its token' },
  'admin-refused': { status: 403, title: "The admin address doesn't answer this caller" },
  'address-refused': { status: 403, title: "This client's address may not ask here" },
  'cross-site-refused': { status: 403, title: 'A page of another site may not do this' },
  'origin-refused': { status: 403, title: "The policy doesn't allow this origin" },
  'preflight-refused': { status: 403, title: 'The policy refuses this preflight' },
  'file-forbidden': { status: 403, title: 'This file is not served' },
  'guard-url-invalid': { status: 403, title: 'The request names nothing that the guard could ask for' },
  'guard-not-allowed': { status: 403, title: 'The guard lets no such request through' },
  'guard-host-refused': { status: 403, title: 'This host is not one that the guard may ask' },
  'guard-address-refused': { status: 403, title: 'This address is not on the public Internet' },
  'guard-origin-refused': { status: 403, title: "This page's origin may not use the guard" },
  'guard-header-missing': { status: 403, title: 'The request lacks a header that the guard asks for' },
  'no-route': { status: 404, title: 'No route matches this request' },
  'file-not-found': { status: 404, title: 'There is no such file' },
  'method-not-allowed': { status: 405, title: 'This method is not served here' },
  'header-timeout': { status: 408, title: 'The request head took too long to arrive' },
  'body-timeout': { status: 408, title: 'The request body took too long to arrive' },
  'precondition-failed': { status: 412, title: 'The file is not in the state that the request asks for' },
  'body-too-large': { status: 413, title: 'The request body is larger than allowed' },
  'target-too-long': { status: 414, title: 'The request line is longer than allowed' },
  'range-not-satisfiable': { status: 416, title: 'The range lies outside the file' },
  'expectation-failed': { status: 417, title: 'This expectation is not supported' },
  'rate-limited': { status: 429, title: 'Too many requests in too short a time' },
  'head-too-large': { status: 431, title: 'The request headers are larger than allowed' },
  'too-many-headers': { status: 431, title: 'The request has more header lines than allowed' },
  'internal-error': { status: 500, title: 'The gateway failed on this request' },
  'upstream-refused': { status: 502, title: 'The upstream refused the connection' },
  'upstream-unreachable': { status: 502, title: "The upstream can't be reached" },
  'upstream-tls': { status: 502, title: "The upstream's TLS certificate or handshake was not accepted" },
  'upstream-reset': { status: 502, title: 'The upstream closed the connection before it answered' },
  'upstream-malformed': { status: 502, title: "The upstream's answer is not valid HTTP" },
  'guard-dns-failed': { status: 502, title: "The API's name couldn't be resolved" },
  'guard-redirect-refused': { status: 502, title: "The API redirects to where the guard doesn't go" },
  'guard-too-many-redirects': { status: 502, title: 'The API redirects too often' },
  'response-too-large': { status: 502, title: "The API's response is larger than allowed" },
  maintenance: { status: 503, title: 'The service is being worked on' },
  'no-healthy-server': { status: 503, title: 'No server of the upstream is well' },
  'no-free-server': { status: 503, title: 'No server of the upstream has room for a request' },
  'circuit-open': { status: 503, title: 'The upstream failed too often and is left alone for a moment' },
  'too-many-connections': { status: 503, title: 'The gateway has no free connection' },
  'upstream-connect-timeout': { status: 504, title: "The upstream didn't accept the connection in time" },
  'upstream-head-timeout': { status: 504, title: "The upstream didn't begin its answer in time" },
  'upstream-idle-timeout': { status: 504, title: 'The upstream stopped in the middle of the exchange' },
  'upstream-total-timeout': { status: 504, title: 'The whole exchange took longer than allowed' },
  'version-not-supported': { status: 505, title: 'This HTTP version is not supported' },
  'loop-detected': { status: 508, title: 'The request has been through this gateway before' },
} as const satisfies Record<string, ProblemKind>;

/** Stable code of an error answer. */
export type ProblemCode = keyof typeof problemCatalogue;
