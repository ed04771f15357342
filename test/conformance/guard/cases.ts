import type { ProblemCode } from '../../../src/diagnostics/catalogue/problems.ts';
import { APP } from './config.ts';
import { SECRET } from './third-party.ts';

/** One request to a guarded site, and what has to come of it, wherever the guard runs. */
export interface GuardCase {
  readonly name: string;
  readonly path: string;
  readonly method?: string;
  /** Besides Host. The page's `Origin` is among them unless `origin` says otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `null`: none. Default: the page's. */
  readonly origin?: string | null;
  readonly body?: string;
  readonly status: number;
  /** Of a problem; '' for the target's own answer. Default: ''. */
  readonly code?: ProblemCode;
  /** What a runtime answers whose `fetch` says less of what went wrong. Default: the same. */
  readonly vague?: ProblemCode;
  /** Header lines of the answer; `null`: not there. */
  readonly answered?: Readonly<Record<string, string | RegExp | null>>;
  /** Found in the answer's body. */
  readonly text?: string | RegExp;
  /** How the target was asked the last time, `METHOD /path`; `null`: not at all. */
  readonly asked?: string | null;
  /** Header lines that the target saw; `null`: not there. */
  readonly seen?: Readonly<Record<string, string | RegExp | null>>;
}

const ALLOWED = { 'access-control-allow-origin': APP, vary: /\borigin\b/i } as const;
const KEY = 'api_key=key%26of%3Dmine';
const preflight = (headers: Record<string, string>): Pick<GuardCase, 'method' | 'headers'> => ({
  method: 'OPTIONS',
  headers: { 'access-control-request-method': 'GET', ...headers },
});

/** Answers that come from no API. */
const OWN: readonly GuardCase[] = [
  {
    name: 'a fixed answer leaves under its policy',
    path: '/hello',
    status: 200,
    answered: {
      ...ALLOWED,
      'content-type': 'application/json',
      'x-total': '1',
      'access-control-expose-headers': 'x-total',
    },
    text: '{"hello":true}',
    asked: null,
  },
  { name: 'HEAD of a fixed answer has no body', path: '/hello', method: 'HEAD', status: 200, text: '' },
  {
    name: 'a redirect fills its target in',
    path: '/old/a/b?c=1',
    status: 307,
    answered: { ...ALLOWED, location: '/new/a/b?c=1' },
  },
  {
    name: 'a preflight is answered by the policy',
    path: '/api/echo/1',
    ...preflight({
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-version',
    }),
    status: 204,
    answered: { 'access-control-allow-origin': APP, 'access-control-allow-methods': /PUT/ },
    asked: null,
  },
  {
    name: 'a preflight for a method that is not allowed is refused',
    path: '/api/echo/1',
    ...preflight({ 'access-control-request-method': 'DELETE' }),
    status: 403,
    code: 'preflight-refused',
    asked: null,
  },
  {
    name: 'a preflight belongs to the route that it announces',
    path: '/only',
    ...preflight({ 'access-control-request-method': 'PUT' }),
    status: 204,
    answered: { 'access-control-allow-origin': APP },
  },
  {
    name: 'an origin that a policy enforces against is refused',
    path: '/nothing',
    origin: 'https://evil.test',
    status: 403,
    code: 'origin-refused',
    answered: { 'access-control-allow-origin': null },
  },
  {
    name: 'no route: the policy named default',
    path: '/unheard-of',
    origin: 'https://default.example.com',
    status: 404,
    code: 'no-route',
    answered: { 'access-control-allow-origin': 'https://default.example.com' },
  },
  {
    name: 'a method that the path has not',
    path: '/only',
    method: 'DELETE',
    origin: 'https://default.example.com',
    status: 405,
    code: 'method-not-allowed',
    answered: { allow: 'GET, HEAD, PUT', 'access-control-allow-origin': 'https://default.example.com' },
  },
  {
    name: 'a path that can be read in two ways',
    path: '/api/echo%2f..%2fhabits',
    status: 400,
    code: 'ambiguous-path',
    answered: ALLOWED,
    asked: null,
  },
];

/** One API. */
const NAMED: readonly GuardCase[] = [
  {
    name: 'the secret reaches the target, and what says who asks does not',
    path: '/api/echo/a%20b?x=1&api_key=mine',
    headers: {
      cookie: 'sid=1',
      referer: `${APP}/page`,
      authorization: 'Basic eDp5',
      'x-forwarded-for': '10.0.0.1',
      'x-version': '3',
      'x-other': '1',
      accept: 'text/plain',
      'user-agent': 'test',
      'accept-language': 'de',
    },
    status: 200,
    answered: { ...ALLOWED, 'content-type': 'application/json', 'x-content-type-options': 'nosniff' },
    asked: `GET /v1/echo/a%20b?x=1&${KEY}`,
    seen: {
      authorization: `Bearer ${SECRET}`,
      'x-client': 'one',
      host: /^127\.0\.0\.1:\d+$/,
      via: /^1\.1 oneorigin-\w{6}$/,
      'x-version': '3',
      accept: 'text/plain',
      'user-agent': 'test',
      'accept-language': 'de',
      cookie: null,
      referer: null,
      origin: null,
      'x-other': null,
      'x-forwarded-for': null,
    },
  },
  {
    name: 'a body is passed on with its length',
    path: '/api/echo/1',
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    status: 200,
    text: '"body":"{\\"a\\":1}"',
    asked: `PUT /v1/echo/1?${KEY}`,
    seen: { 'content-length': '7', 'content-type': 'application/json', 'transfer-encoding': null },
  },
  { name: 'OPTIONS that is no preflight', path: '/api/echo/1', method: 'OPTIONS', status: 200, text: '"OPTIONS"' },
  {
    name: 'what the target says of its own origin stays there',
    path: '/api/habits',
    status: 200,
    answered: {
      'set-cookie': null,
      server: null,
      'x-powered-by': null,
      'strict-transport-security': null,
      'x-hop': null,
      'access-control-allow-origin': APP,
      'access-control-expose-headers': 'x-total',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-type': 'text/html; charset=utf-8',
      etag: '"e"',
      'x-total': '2',
      vary: /Accept-Language.*Origin/i,
      link: '<http://api.test/v1/habits?page=2>; rel="next"',
    },
    text: '<b>hello</b>',
  },
  {
    name: 'what is listed passes all the same',
    path: '/open-minded/habits',
    headers: { cookie: 'sid=1', authorization: 'Basic eDp5' },
    status: 200,
    answered: { 'set-cookie': 'a=1; Path=/, b=2; Path=/', server: 'Secret/1.0' },
    seen: { cookie: 'sid=1', authorization: 'Basic eDp5', origin: APP },
  },
  {
    name: "an API's own error is passed on",
    path: '/api/status/503',
    status: 503,
    answered: { ...ALLOWED, 'x-total': '3' },
    text: 'status 503',
  },
  { name: 'an answer without a body', path: '/api/status/204', status: 204, answered: ALLOWED, text: '' },
  { name: 'not modified', path: '/api/status/304', status: 304, answered: ALLOWED, text: '' },
  {
    name: 'a body that is compressed although nobody asked is readable',
    path: '/api/gzip',
    headers: { 'accept-encoding': 'gzip' },
    status: 200,
    text: 'compressed although nobody asked',
  },
  { name: 'a path that is not on the list', path: '/api/admin', status: 403, code: 'guard-not-allowed', asked: null },
  {
    name: 'a method that is not on the list',
    path: '/api/habits',
    method: 'PUT',
    status: 403,
    code: 'guard-not-allowed',
    answered: ALLOWED,
    asked: null,
  },
  {
    name: "an origin that the route's policy doesn't list spends no secret",
    path: '/api/echo/1',
    origin: 'https://evil.test',
    status: 403,
    code: 'guard-origin-refused',
    answered: { 'access-control-allow-origin': null },
    asked: null,
  },
  {
    name: 'no origin, from another site',
    path: '/api/echo/1',
    origin: null,
    headers: { 'sec-fetch-site': 'cross-site' },
    status: 403,
    code: 'guard-origin-refused',
    asked: null,
  },
  { name: 'no origin, from no browser', path: '/api/echo/1', origin: null, status: 200, text: '"GET"' },
  {
    name: "somebody else's code is no worker of ours",
    path: '/api/echo/1',
    headers: { 'service-worker': 'script' },
    status: 403,
    code: 'guard-not-allowed',
    asked: null,
  },
  {
    name: 'a body that is larger than allowed',
    path: '/api/echo/1',
    method: 'POST',
    body: 'x'.repeat(1001),
    status: 413,
    code: 'body-too-large',
    answered: ALLOWED,
    asked: null,
  },
];

/** Redirects. */
const REDIRECTS: readonly GuardCase[] = [
  {
    name: 'a redirect is followed on the server, with the secret',
    path: '/api/go/302?to=/v1/echo/2',
    status: 200,
    answered: { location: null },
    text: '"method":"GET"',
    asked: `GET /v1/echo/2?${KEY}`,
    seen: { authorization: `Bearer ${SECRET}` },
  },
  {
    name: 'a POST that is moved becomes a GET',
    path: '/api/go/303?to=/v1/echo/3',
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'hello',
    status: 200,
    text: '"method":"GET","body":""',
    seen: { 'content-type': null },
  },
  {
    name: 'a small body is sent again where the method stays',
    path: '/api/go/307?to=/v1/echo/4',
    method: 'POST',
    body: 'hello',
    status: 200,
    text: '"method":"POST","body":"hello"',
    seen: { 'content-length': '5' },
  },
  {
    name: 'a redirect to another server is refused',
    path: '/api/go/302?to=https://evil.test/',
    status: 502,
    code: 'guard-redirect-refused',
    answered: ALLOWED,
  },
  {
    name: 'a redirect to a path that is not on the list is refused',
    path: '/api/go/302?to=/v1/admin',
    status: 502,
    code: 'guard-redirect-refused',
  },
  {
    name: 'redirects in a circle end',
    path: '/proxy/{target}/v1/go/302?to=/v1/go/302%3Fto=/v1/go/302%253Fto=/v1/go/302',
    status: 502,
    code: 'guard-too-many-redirects',
  },
  {
    name: 'a redirect is rewritten to lead through the gateway',
    path: '/open-minded/go/301?to=/v1/echo/5?a=1',
    status: 301,
    answered: { location: '/open-minded/echo/5?a=1' },
  },
  {
    name: 'a rewritten redirect to another server is not told',
    path: '/open-minded/go/301?to=https://evil.test/',
    status: 301,
    answered: { location: null },
  },
];

/** Whichever API the URL names. */
const OPEN: readonly GuardCase[] = [
  ...[
    '/proxy/{target}/v1/echo/1?a=1',
    '/proxy/{encoded}%2Fv1%2Fecho%2F1%3Fa%3D1',
    '/proxy?url={target}/v1/echo/1?a=1',
  ].map((path) => ({ name: `the URL as ${path}`, path, status: 200, answered: ALLOWED, asked: 'GET /v1/echo/1?a=1' })),
  {
    name: 'a host that is not on the list',
    path: '/proxy/https://api.github.com/users',
    status: 403,
    code: 'guard-host-refused',
    answered: ALLOWED,
  },
  {
    name: 'a path that is not below',
    path: '/proxy/{target}/v2/x',
    status: 403,
    code: 'guard-host-refused',
    asked: null,
  },
  { name: 'no URL', path: '/proxy/', status: 403, code: 'guard-url-invalid' },
  { name: 'a user name', path: '/proxy/http://me@127.0.0.1/', status: 403, code: 'guard-url-invalid' },
  { name: 'an address of a cloud', path: '/proxy/http://169.254.169.254/', status: 403, code: 'guard-host-refused' },
  {
    name: 'an origin that is denied',
    path: '/proxy/{target}/v1/echo/1',
    origin: 'https://old.example.com',
    status: 403,
    code: 'guard-origin-refused',
    answered: { 'access-control-allow-origin': 'https://old.example.com' },
    asked: null,
  },
  {
    name: 'an origin that is not listed',
    path: '/proxy/{target}/v1/echo/1',
    origin: 'https://other.test',
    status: 403,
    code: 'guard-origin-refused',
    asked: null,
  },
  {
    name: 'a request without the header that is asked for',
    path: '/proxy/{target}/v1/echo/1',
    origin: null,
    headers: { 'sec-fetch-site': 'same-origin' },
    status: 403,
    code: 'guard-header-missing',
    asked: null,
  },
];

/** Limits, and what goes wrong. */
const FAILURES: readonly GuardCase[] = [
  {
    name: 'a limit counts down',
    path: '/limited/echo/1',
    status: 200,
    answered: { 'ratelimit-policy': '"guard";q=2;w=3600', ratelimit: '"guard";r=1' },
  },
  { name: 'a limit reaches its end', path: '/limited/echo/1', status: 200, answered: { ratelimit: '"guard";r=0' } },
  {
    name: 'a request beyond a limit',
    path: '/limited/echo/1',
    status: 429,
    code: 'rate-limited',
    answered: { ...ALLOWED, 'retry-after': /^\d+$/, ratelimit: /^"guard";r=0;t=\d+$/ },
    asked: null,
  },
  {
    name: 'an answer that announces more than allowed',
    path: '/open-minded/large/announced',
    status: 502,
    code: 'response-too-large',
    answered: ALLOWED,
  },
  {
    name: 'HEAD of an answer that would be larger than allowed',
    path: '/open-minded/large/announced',
    method: 'HEAD',
    status: 200,
    answered: { 'content-length': '3000' },
  },
  {
    name: 'an API that refuses connections',
    path: '/down/x',
    status: 502,
    code: 'upstream-refused',
    vague: 'upstream-unreachable',
    answered: ALLOWED,
  },
  {
    name: 'a name that nobody has',
    path: '/nowhere/x',
    status: 502,
    code: 'guard-dns-failed',
    vague: 'upstream-unreachable',
    answered: ALLOWED,
  },
  ...['untrusted', 'self-signed'].map((name): GuardCase => ({
    name: `an API whose certificate is ${name}`,
    path: `/${name}/v1/echo/1`,
    status: 502,
    code: 'upstream-tls',
    vague: 'upstream-unreachable',
    answered: ALLOWED,
    asked: null,
  })),
  {
    name: 'an API that resets the connection',
    path: '/open-minded/reset',
    status: 502,
    code: 'upstream-reset',
    vague: 'upstream-unreachable',
  },
  {
    name: 'an API that closes the connection',
    path: '/open-minded/close',
    status: 502,
    code: 'upstream-reset',
    vague: 'upstream-unreachable',
  },
  {
    name: 'an API that speaks something else',
    path: '/open-minded/garbage',
    status: 502,
    code: 'upstream-malformed',
    vague: 'upstream-unreachable',
  },
  {
    name: 'an API that keeps silent',
    path: '/open-minded/stall',
    status: 504,
    code: 'upstream-head-timeout',
    answered: ALLOWED,
  },
];

/** Every case, in the order in which they're played: a limit counts. */
export const CASES: readonly GuardCase[] = [...OWN, ...NAMED, ...REDIRECTS, ...OPEN, ...FAILURES];
