import { describe, expect, it } from 'vitest';
import { violatedDirective } from './content-security-policy.ts';
import { readConsoleMessage } from './console-text.ts';
import { ENGINES } from './engine.ts';
import { PreflightCache } from './preflight-cache.ts';
import type { PageRequest } from './request.ts';
import type { ReceivedResponse } from './response.ts';
import { lastTwoLabels } from './resource-policy.ts';
import { simulateRequest, type SentRequest } from './simulate.ts';

const PAGE = 'https://a.test';
const API = 'https://api.test/users';
const { chromium, firefox, standard, webkit } = ENGINES;

function response(headers: Record<string, string>, status = 200): ReceivedResponse {
  return { status, headers: Object.entries(headers) };
}

const OPEN = response({
  'Access-Control-Allow-Origin': PAGE,
  'Access-Control-Allow-Methods': 'PUT',
  'Access-Control-Allow-Headers': 'x-a',
  'Access-Control-Max-Age': '60',
});

/** Plays a request against a server that answers by path; what isn't there is open. */
function play(
  parts: Partial<PageRequest>,
  routes: Record<string, ReceivedResponse> = {},
  { engine = standard, ...context } = {} as { engine?: typeof standard; preflights?: PreflightCache; now?: number },
) {
  const answer = ({ url }: SentRequest): ReceivedResponse => routes[new URL(url).pathname] ?? OPEN;
  const answers = { preflight: () => OPEN, response: answer };
  return simulateRequest({ pageOrigin: PAGE, url: API, ...parts }, answers, engine, context);
}

const redirect = (location: string, status = 302): ReceivedResponse =>
  response({ 'Access-Control-Allow-Origin': '*', Location: location }, status);

describe('a redirect', () => {
  it('leads on, and is preflighted again where it leads', () => {
    const run = play({ method: 'PUT' }, { '/users': redirect('/new', 307) });
    expect(run.sent.map(({ kind, url, origin }) => [kind, url, origin])).toEqual([
      ['preflight', API, PAGE],
      ['request', API, PAGE],
      ['preflight', 'https://api.test/new', PAGE],
      ['request', 'https://api.test/new', PAGE],
    ]);
    expect(run).toMatchObject({ outcome: 'readable', type: 'cors', status: 200, redirected: true });
  });

  it.each([
    ['https://other.test/', 'null'],
    [`${PAGE}/`, 'null'],
    ['https://api.test/x', PAGE],
  ])('from a foreign origin to %s carries Origin: %s', (location, origin) => {
    expect(play({}, { '/users': redirect(location) }).sent.at(-1)?.origin).toBe(origin);
  });

  it('turns POST into GET, and drops the body with its headers and Authorization', () => {
    const headers = [
      ['Content-Type', 'text/plain'],
      ['Authorization', 'x'],
      ['Accept', 'y'],
    ] as const;
    const own = { pageOrigin: PAGE, url: `${PAGE}/in`, method: 'POST', headers, body: {} };
    const run = play(own, { '/in': redirect('https://api.test/out') });
    expect(run.sent.map(({ method }) => method)).toEqual(['POST', 'GET']);
    expect(run.sent[1]?.headers).toEqual([['Accept', 'y']]);
  });

  it('is followed twenty times', () => {
    const hops = Array.from({ length: 21 }, (_, i) => [`/${i}`, redirect(`/${i + 1}`)] as const);
    expect(play({ url: 'https://api.test/1' }, Object.fromEntries(hops)).outcome).toBe('readable');
    expect(play({ url: 'https://api.test/0' }, Object.fromEntries(hops)).failure?.step).toBe('redirect-limit');
  });

  it.each([
    ['https://u:p@api.test/', 'redirect-userinfo'],
    ['data:,x', 'redirect-scheme'],
    ['http://', 'redirect-location'],
    ['https://other.test:25/', 'bad-port'],
  ])('to %s fails: %s', (location, step) => {
    expect(play({}, { '/users': redirect(location) }).failure?.step).toBe(step);
  });

  it('is checked itself', () => {
    const closed = { '/users': response({ Location: '/new' }, 302) };
    expect(play({}, closed).failure).toEqual({ step: 'allow-origin-missing', value: '', url: API, preflight: false });
  });
});

describe('the preflight cache', () => {
  const preflights = (requests: Partial<PageRequest>[], engine = standard, times: number[] = []): boolean[] => {
    const cache = new PreflightCache();
    return requests.map((parts, i) => {
      const { sent } = play({ method: 'PUT', ...parts }, {}, { engine, preflights: cache, now: times[i] ?? 0 });
      return sent.some(({ kind }) => kind === 'preflight');
    });
  };

  it('saves the same preflight until its time is over', () => {
    expect(preflights([{}, {}, {}], standard, [0, 59_999, 60_000])).toEqual([true, false, true]);
  });

  it('is by URL and origin, and by credentials one way', () => {
    expect(preflights([{}, { url: `${API}?q` }, { pageOrigin: 'https://b.test' }])).toEqual([true, true, true]);
    expect(preflights([{ credentials: 'omit' }, { credentials: 'include' }])).toEqual([true, true]);
  });

  it('gives what is granted anew its new time', () => {
    const cache = new PreflightCache();
    const question = {
      origin: PAGE,
      url: API,
      credentials: 'omit',
      method: 'PUT',
      headers: [],
      cache: 'default',
    } as const;
    const grant = (maxAge: string): ReceivedResponse =>
      response({ 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': maxAge });
    const keeping = { engine: standard, now: 0 };
    cache.keep(question, grant('600'), keeping);
    expect(cache.covers(question, standard, 1000)).toBe(true);
    cache.keep({ ...question, headers: ['x-a'] }, grant('0'), keeping);
    expect(cache.covers(question, standard, 1000)).toBe(false);
  });

  it('adds grants up, or has only the last', () => {
    const kept = (engine: typeof standard): boolean => {
      const cache = new PreflightCache();
      const question = { origin: PAGE, url: API, credentials: 'omit', headers: [], cache: 'default' } as const;
      for (const method of ['PUT', 'DELETE']) {
        cache.keep({ ...question, method }, response({ 'Access-Control-Allow-Methods': method }), { engine, now: 0 });
      }
      return cache.covers({ ...question, method: 'PUT' }, engine, 0);
    };
    expect([standard, firefox, chromium, webkit].map(kept)).toEqual([true, true, false, false]);
  });

  it('forgets what a request is granted that then fails, if the engine does', () => {
    const refused = { headers: [['X-B', '1']] as const };
    expect(preflights([{}, refused, {}])).toEqual([true, true, true]);
    // Of a request that needs none, only Firefox forgets it.
    const simple = { method: 'GET', credentials: 'include' } as const;
    const asked = [standard, firefox, chromium].map((engine) => preflights([{}, simple, {}], engine)[2]);
    expect(asked).toEqual([false, true, false]);
  });
});

describe('in mode no-cors', () => {
  it('unsafe headers are dropped, and the response is opaque', () => {
    const headers = [
      ['X-A', '1'],
      ['Accept', 'x'],
    ] as const;
    const run = play({ mode: 'no-cors', headers });
    expect(run).toMatchObject({ outcome: 'opaque', type: 'opaque', status: 0, readable: [] });
    expect(run.sent).toMatchObject([{ headers: [['Accept', 'x']], origin: undefined }]);
    expect(run.need.dropped).toEqual(['X-A']);
  });

  it("a blob's type is dropped, but by WebKit", () => {
    const blob = { mode: 'no-cors', method: 'POST', body: { type: 'application/json' } } as const;
    expect(play(blob).sent[0]?.headers).toEqual([]);
    expect(play(blob, {}, { engine: webkit }).sent[0]?.headers).toEqual([['Content-Type', 'application/json']]);
  });

  it.each([
    ['same-origin', API, 'error'],
    ['same-site', API, 'error'],
    ['same-site', 'https://x.a.test/users', 'opaque'],
    ['cross-origin', API, 'opaque'],
    ['Same-Origin', API, 'opaque'],
  ])('Cross-Origin-Resource-Policy: %s of %s: %s', (policy, url, outcome) => {
    const kept = { '/users': response({ 'Cross-Origin-Resource-Policy': policy }) };
    expect(play({ mode: 'no-cors', url }, kept).outcome).toBe(outcome);
  });
});

describe("the page's own policy", () => {
  it.each([
    ["connect-src 'self'", false],
    ["connect-src 'none'", false],
    ['connect-src', false],
    ["default-src 'self'", false],
    ["default-src 'none'; connect-src *", true],
    ['connect-src https:', true],
    ['connect-src http:', true],
    ['connect-src api.test', true],
    ['connect-src http://api.test', true],
    ['connect-src https://api.test:8443', false],
    ['connect-src https://api.test:*', true],
    ['connect-src *.test', true],
    ['connect-src *.api.test', false],
    ['connect-src https://api.test/users', true],
    ['connect-src https://api.test/users/', false],
    ["img-src 'none'", true],
    ["connect-src *, connect-src 'self'", false],
  ])('%s: %s', (policy, allowed) => {
    const question = { url: new URL(API), pageOrigin: PAGE, redirected: false };
    const violated = violatedDirective([['Content-Security-Policy', policy]], question);
    expect(violated === undefined).toBe(allowed);
  });

  it('stops a request before it is sent', () => {
    const pageHeaders = [['content-security-policy', "default-src 'self'"]] as const;
    const run = play({ pageHeaders, method: 'PUT' });
    expect(run).toMatchObject({ outcome: 'error', sent: [], failure: { step: 'content-security-policy' } });
  });
});

describe('a console', () => {
  const lines = (engine: typeof standard): string[] => {
    const closed = { '/users': response({}, 404) };
    return play({}, closed, { engine }).console.map(({ code, text }) => `${code}: ${text}`);
  };

  it('says why, in the words of the engine', () => {
    expect(lines(standard)).toEqual([]);
    expect(lines(chromium)).toEqual([
      `allow-origin-missing: Access to fetch at '${API}' from origin '${PAGE}' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.`,
    ]);
    expect(lines(firefox)).toEqual([
      `allow-origin-missing: Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${API}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.`,
    ]);
    expect(lines(webkit)).toEqual([
      `allow-origin-refused: Origin ${PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 404`,
    ]);
  });

  it('is understood', () => {
    const [{ text = '' } = {}] = play({}, { '/users': response({}, 404) }, { engine: firefox }).console;
    const values = { url: API, status: '404' };
    expect(readConsoleMessage('firefox', text)).toEqual({ code: 'allow-origin-missing', variant: 0, values });
    expect(readConsoleMessage('chromium', text)).toBeUndefined();
    expect(readConsoleMessage('firefox', `${text} ${'x'.repeat(9000)}`)).toBeUndefined();
  });
});

it('takes a host beyond ASCII for a URL, however often it is asked', () => {
  const value = 'http://localh\u00c3\u00b6st';
  const closed = { '/users': response({ 'Access-Control-Allow-Origin': value }) };
  const codes = Array.from({ length: 20_000 }, () => play({}, closed, { engine: chromium }).console[0]?.code);
  expect(new Set(codes)).toEqual(new Set(['allow-origin-mismatch']));
});

it.each([
  ['a.b.example.com', 'example.com'],
  ['localhost', 'localhost'],
  ['app.localhost', 'app.localhost'],
  ['127.0.0.1', '127.0.0.1'],
  ['[::1]', '[::1]'],
])('the site of %s is %s', (host, site) => expect(lastTwoLabels(host)).toBe(site));
