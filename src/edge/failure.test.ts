import { describe, expect, it } from 'vitest';
import { failureOf, tellFailure, type Failure } from './failure.ts';

interface Thrown {
  readonly message: string;
  readonly code?: string;
  readonly cause?: Thrown;
}

function thrown({ message, code, cause }: Thrown): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: thrown(cause) });
  return code === undefined ? error : Object.assign(error, { code });
}

const node = (code: string | undefined, message: string): Thrown => ({
  message: 'fetch failed',
  cause: code === undefined ? { message } : { message, code },
});
const deno = (message: string): Thrown => ({ message: 'fetch failed', cause: { message } });
const connecting = (message: string): Thrown =>
  deno(`error sending request for url (https://api.test/): client error (Connect): ${message}`);
const sending = (message: string): Thrown =>
  deno(
    `error sending request from 127.0.0.1:52984 for http://127.0.0.1:34143/ (127.0.0.1:34143): client error (SendRequest): ${message}`,
  );

/** What runtimes threw when they were tried. */
const SEEN: readonly (readonly [where: string, thrown: Thrown, failure: Failure])[] = [
  ['Node', node('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), { code: 'upstream-refused' }],
  ['Node', node('ECONNRESET', 'read ECONNRESET'), { code: 'upstream-reset' }],
  ['Node', node('UND_ERR_SOCKET', 'other side closed'), { code: 'upstream-reset' }],
  ['Node 20', node('HPE_INVALID_CONSTANT', 'Expected HTTP/'), { code: 'upstream-malformed' }],
  [
    'Node 24',
    node(undefined, 'Response does not match the HTTP/1.1 protocol (Expected HTTP/, RTSP/ or ICE/)'),
    { code: 'upstream-malformed' },
  ],
  ['Node', node('ENOTFOUND', 'getaddrinfo ENOTFOUND x.invalid'), { code: 'guard-dns-failed', name: 'not-found' }],
  ['Node', node('EAI_AGAIN', 'getaddrinfo EAI_AGAIN x.test'), { code: 'guard-dns-failed' }],
  ['Node', node('CERT_HAS_EXPIRED', 'certificate has expired'), { code: 'upstream-tls', tls: 'expired' }],
  [
    'Node',
    node('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames"),
    { code: 'upstream-tls', tls: 'wrong-name' },
  ],
  [
    'Node',
    node('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
    { code: 'upstream-tls', tls: 'self-signed' },
  ],
  [
    'Node',
    node('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
    { code: 'upstream-tls', tls: 'unknown-issuer' },
  ],
  [
    'Node',
    node('ERR_SSL_WRONG_VERSION_NUMBER', 'SSL routines:ssl3_get_record:wrong version number'),
    { code: 'upstream-tls', tls: 'not-tls' },
  ],
  ['Node', node('UND_ERR_CONNECT_TIMEOUT', 'Connect Timeout Error'), { code: 'upstream-connect-timeout' }],
  ['Bun', { code: 'ECONNREFUSED', message: 'Unable to connect.' }, { code: 'upstream-refused' }],
  ['Bun', { code: 'Malformed_HTTP_Response', message: 'x' }, { code: 'upstream-malformed' }],
  ['Bun', { code: 'InvalidContentLength', message: 'x' }, { code: 'upstream-malformed' }],
  [
    'Bun',
    { code: 'EPROTO', message: 'EPROTO: The TLS handshake failed. Does the server speak TLS on this port?' },
    { code: 'upstream-tls', tls: 'other' },
  ],
  ['Deno', deno('Connection reset by peer (os error 104)'), { code: 'upstream-reset' }],
  ['Deno', sending('connection closed before message completed'), { code: 'upstream-reset' }],
  ['Deno', sending('invalid HTTP version parsed'), { code: 'upstream-malformed' }],
  ['Deno', sending('invalid content-length parsed'), { code: 'upstream-malformed' }],
  ['Deno', connecting('tcp connect error: Connection refused (os error 111)'), { code: 'upstream-refused' }],
  [
    'Deno',
    connecting('dns error: failed to lookup address information: Name or service not known'),
    { code: 'guard-dns-failed', name: 'not-found' },
  ],
  [
    'Deno',
    connecting('dns error: failed to lookup address information: Temporary failure in name resolution'),
    { code: 'guard-dns-failed' },
  ],
  ['Deno', connecting('invalid peer certificate: Expired'), { code: 'upstream-tls', tls: 'expired' }],
  ['Deno', connecting('invalid peer certificate: UnknownIssuer'), { code: 'upstream-tls', tls: 'unknown-issuer' }],
  [
    'Deno',
    connecting('invalid peer certificate: certificate not valid for name "127.0.0.1"; certificate is only valid for x'),
    { code: 'upstream-tls', tls: 'wrong-name' },
  ],
  [
    'Deno',
    connecting('invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))'),
    { code: 'upstream-tls', tls: 'self-signed' },
  ],
  ['Deno', connecting('received corrupt message of type InvalidContentType'), { code: 'upstream-tls', tls: 'not-tls' }],
  ['workerd', { message: 'Network connection lost.' }, { code: 'upstream-unreachable' }],
  ['workerd', { message: 'internal error; reference = 45go790sbcd8f' }, { code: 'upstream-unreachable' }],
  ['workerd', { message: 'invalid Content-Length header value; cl = abc' }, { code: 'upstream-malformed' }],
];

describe('what fetch threw means', () => {
  it.each(SEEN)('in %s: %j', (_, what, failure) => {
    expect(failureOf(thrown(what))).toEqual(failure);
  });

  it.each([undefined, null, 'text', 42, {}, { code: 1, message: null }, { code: 'toString', message: '' }])(
    'nothing, if it is %j',
    (what) => {
      expect(failureOf(what)).toEqual({ code: 'upstream-unreachable' });
    },
  );

  it('is looked for no deeper than anybody nests errors', () => {
    const ring: { cause?: unknown } = {};
    ring.cause = ring;
    expect(failureOf(ring)).toEqual({ code: 'upstream-unreachable' });
  });

  it('is not what a URL in its text says', () => {
    const quoted = 'error sending request for url (http://api.test/wrong_version_number): client error (Connect)';
    expect(failureOf(thrown(deno(quoted)))).toEqual({ code: 'upstream-unreachable' });
  });
});

describe('what fetch threw, told to who runs it', () => {
  const secrets = { added: [['authorization', 'Bearer s3same']], query: [['api_key', 'k&y 1']] } as const;

  it('has its causes, and their codes', () => {
    const [, what] = SEEN[0] ?? [];
    expect(tellFailure(thrown(what as Thrown), secrets)).toBe(
      'fetch failed: ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1',
    );
    expect([tellFailure('text', secrets), tellFailure(undefined, secrets)]).toEqual(['text', 'undefined']);
  });

  it('has no query of a URL, and nothing that the config adds', () => {
    const url = 'https://api.test/v1?a=1&api_key=k%26y%201';
    expect(tellFailure(thrown(connecting(`dns error (${url}) for "${url}"`)), secrets)).not.toMatch(/k%26y|a=1/);
    const told = tellFailure(thrown({ message: 'bad header Bearer s3same or k&y 1, at k%26y%201' }), secrets);
    expect(told).toBe('bad header … or …, at …');
  });
});
