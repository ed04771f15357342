import type { ConsoleCode } from '../../diagnostics/catalogue/console.ts';
import { wordings, type MessagePattern } from '../pattern.ts';

const chromium = wordings('chromium');
const { cause } = wordings('webkit');

/** Chromium's net errors. Each is a pattern of its own, so that the longest name wins. */
const NET: Readonly<Partial<Record<ConsoleCode, readonly string[]>>> = {
  'no-response': ['FAILED', 'ABORTED', 'NETWORK_CHANGED'],
  'name-not-resolved': ['NAME_NOT_RESOLVED', 'NAME_RESOLUTION_FAILED', 'DNS_TIMED_OUT'],
  'connection-refused': [
    'CONNECTION_REFUSED',
    'CONNECTION_FAILED',
    'ADDRESS_INVALID',
    'PROXY_CONNECTION_FAILED',
    'TUNNEL_CONNECTION_FAILED',
  ],
  'host-unreachable': [
    'INTERNET_DISCONNECTED',
    'ADDRESS_UNREACHABLE',
    'CONNECTION_TIMED_OUT',
    'TIMED_OUT',
    'NETWORK_ACCESS_DENIED',
  ],
  'connection-lost': [
    'CONNECTION_RESET',
    'CONNECTION_CLOSED',
    'CONNECTION_ABORTED',
    'EMPTY_RESPONSE',
    'SOCKET_NOT_CONNECTED',
  ],
  'certificate-invalid': ['CERT_', 'SSL_SERVER_CERT_BAD_FORMAT', 'BAD_SSL_CLIENT_AUTH_CERT'],
  'tls-failed': ['SSL_PROTOCOL_ERROR', 'SSL_VERSION_OR_CIPHER_MISMATCH', 'SSL_UNRECOGNIZED_NAME_ALERT', 'SSL_'],
  'response-malformed': [
    'INVALID_HTTP_RESPONSE',
    'CONTENT_LENGTH_MISMATCH',
    'RESPONSE_HEADERS_',
    'INVALID_CHUNKED_ENCODING',
    'INCOMPLETE_CHUNKED_ENCODING',
    'CONTENT_DECODING_FAILED',
    'HTTP2_PROTOCOL_ERROR',
    'QUIC_PROTOCOL_ERROR',
  ],
  'content-blocked': ['BLOCKED_BY_CLIENT', 'BLOCKED_BY_ADMINISTRATOR'],
  'content-security-policy': ['BLOCKED_BY_CSP'],
  'resource-policy': ['BLOCKED_BY_RESPONSE'],
  'orb-blocked': ['BLOCKED_BY_ORB'],
  'local-network-denied': ['BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS', 'BLOCKED_BY_PRIVATE_NETWORK_ACCESS_CHECKS'],
  'redirect-location': ['INVALID_REDIRECT', 'RESPONSE_HEADERS_MULTIPLE_LOCATION'],
  'redirect-scheme': ['UNSAFE_REDIRECT', 'DISALLOWED_URL_SCHEME', 'UNKNOWN_URL_SCHEME'],
  'redirect-limit': ['TOO_MANY_REDIRECTS'],
  'bad-port': ['UNSAFE_PORT'],
};

/** The request got no answer that could be used: the network, TLS, or what an answer's bytes were. */
export const networkPatterns: readonly MessagePattern[] = [
  ...Object.entries(NET).flatMap(([code, names]) =>
    names.map((name) =>
      chromium.cause(code as ConsoleCode, `net::ERR_${name}`, { data: { error: `ERR_${name.replace(/_$/, '')}` } }),
    ),
  ),
  chromium.cause('coep-blocked', 'net::ERR_BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginByCoep'),
  chromium.cause('coep-blocked', 'net::ERR_BLOCKED_BY_RESPONSE.CoepFrameResourceNeedsCoepHeader'),
  chromium.cause('resource-policy', 'net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin'),
  chromium.cause('resource-policy', 'net::ERR_BLOCKED_BY_RESPONSE.NotSameSite'),
  // A status after the error: a response came, and was rejected.
  chromium.cause('response-rejected', 'net::ERR_FAILED {status} (', { data: { error: 'ERR_FAILED' } }),
  chromium.cause('http-error-status', 'Failed to load resource: the server responded with a status of {status} ('),

  cause('name-not-resolved', 'A server with the specified hostname could not be found.'),
  cause('connection-refused', 'Could not connect to the server.'),
  cause('connection-refused', 'Could not connect to {detail}: Connection refused'),
  cause('host-unreachable', 'The Internet connection appears to be offline.'),
  cause('host-unreachable', 'The request timed out.'),
  cause('connection-lost', 'The network connection was lost.'),
  cause('connection-lost', 'Connection terminated unexpectedly'),
  cause('connection-lost', 'Error receiving data: {detail}'),
  cause('certificate-invalid', 'The certificate for this server is invalid.'),
  cause('tls-failed', 'An SSL error has occurred and a secure connection to the server cannot be made.'),
  cause('tls-failed', 'Error performing TLS handshake: {detail}'),
  cause('response-malformed', 'Could not parse HTTP response'),
  cause('http-error-status', 'Failed to load resource: the server responded with a status of {status}'),
];
