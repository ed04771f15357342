import { describe, expect, it } from 'vitest';
import { ENGINES } from './engine.ts';
import { preflightNeeded } from './preflight-need.ts';
import type { PageRequest } from './request.ts';
import { checkPreflight, checkResponse, readableHeaders, type ReceivedResponse } from './response.ts';
import { simulateRequest } from './simulate.ts';

const PAGE = 'https://a.test';
const ENDPOINT = 'https://api.test/users';

function need(parts: Partial<PageRequest>, engine = ENGINES.standard): ReturnType<typeof preflightNeeded> {
  return preflightNeeded({ pageOrigin: PAGE, url: ENDPOINT, ...parts }, engine);
}

function response(headers: Record<string, string | string[]>, status = 200): ReceivedResponse {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((line) => [name, line] as const));
  return { status, headers: lines };
}

describe('a preflight', () => {
  it.each([
    [{}, false],
    [{ method: 'post' }, false],
    [{ method: 'PUT' }, true],
    [{ usesPreflightFlag: true }, true],
    [{ headers: [['Content-Type', 'application/json']] }, true],
    [{ headers: [['Content-Type', 'text/plain;charset=utf-8']] }, false],
    [{ method: 'POST', body: { type: 'application/json' } }, true],
    [{ method: 'POST', body: { type: 'application/json' }, headers: [['content-type', 'text/plain']] }, false],
    [{ headers: [['Accept', 'a'.repeat(128)]] }, false],
    [{ headers: [['Accept', 'a'.repeat(129)]] }, true],
    [{ headers: [['Accept', '"']] }, true],
    [{ headers: [['Accept-Language', 'de;q=0.5, en']] }, false],
    [{ headers: [['Accept-Language', 'de_AT']] }, true],
    [{ headers: [['Range', 'bytes=0-']] }, false],
    [{ headers: [['Range', 'bytes=-5']] }, true],
    [{ headers: [['Range', 'bytes=2-1']] }, true],
    [{ headers: [['Authorization', 'x']] }, true],
    [
      {
        headers: [
          ['Cookie', 'x'],
          ['Sec-X', 'y'],
          ['Proxy-X', 'z'],
        ],
      },
      false,
    ],
    [{ headers: [['X-HTTP-Method-Override', 'TRACE']] }, false],
    [{ headers: [['X-HTTP-Method-Override', 'PUT']] }, true],
    [{ url: 'https://a.test/x', method: 'PUT' }, false],
    [{ mode: 'no-cors' }, false],
  ] as const)('for %j: %s', (parts, needed) => expect(need(parts).needed).toBe(needed));

  it('names what it asks for in lower case, sorted, once', () => {
    const found = need({
      method: 'put',
      headers: [
        ['X-B', '1'],
        ['x-a', '2'],
        ['X-b', '3'],
        ['DNT', '1'],
      ],
    });
    expect(found).toMatchObject({ requestMethod: 'PUT', requestHeaders: ['x-a', 'x-b'], dropped: ['DNT'] });
    expect(found.why.map(({ code }) => code)).toEqual(['method', 'header', 'header', 'header']);
  });

  it('comes once safelisted values pass 1024 bytes together', () => {
    const headers = Array.from({ length: 9 }, () => ['Accept', 'a'.repeat(120)] as const);
    expect(need({ headers })).toMatchObject({ needed: true, requestHeaders: ['accept'] });
    expect(need({ headers: headers.slice(1) }).needed).toBe(false);
    expect(need({ headers }, ENGINES.firefox).needed).toBe(false);
  });

  it.each([
    [{ url: 'nowhere' }, 'url'],
    [{ url: 'https://u@api.test/' }, 'userinfo'],
    [{ method: 'trace' }, 'method-forbidden'],
    [{ method: 'A B' }, 'method-invalid'],
    [{ method: 'PUT', mode: 'no-cors' }, 'method-no-cors'],
    [{ body: {} }, 'body'],
    [{ headers: [['X A', '1']] }, 'header-invalid'],
    [{ headers: [['X-A', 'a\nb']] }, 'header-invalid'],
    [{ headers: [['X-A', '\u20ac']] }, 'header-invalid'],
  ] as const)('is out of the question for %j', (parts, fault) => expect(need(parts).fault).toBe(fault));
});

describe('the CORS check', () => {
  const include = { origin: PAGE, credentials: 'include' } as const;
  const omit = { origin: PAGE, credentials: 'omit' } as const;

  it.each([
    [{}, omit, 'allow-origin-missing'],
    [{ 'access-control-allow-origin': '*' }, omit, undefined],
    [{ 'Access-Control-Allow-Origin': ` ${PAGE}\t` }, omit, undefined],
    [{ 'access-control-allow-origin': `${PAGE}/` }, omit, 'allow-origin-mismatch'],
    [{ 'access-control-allow-origin': [PAGE, PAGE] }, omit, 'allow-origin-several'],
    [{ 'access-control-allow-origin': '*' }, include, 'allow-origin-wildcard-with-credentials'],
    [{ 'access-control-allow-origin': PAGE }, include, 'allow-credentials-missing'],
    [
      { 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'True' },
      include,
      'allow-credentials-not-true',
    ],
    [{ 'access-control-allow-origin': PAGE, 'access-control-allow-credentials': 'true' }, include, undefined],
  ] as const)('of %j', (headers, request, step) => {
    const verdict = checkResponse(response(headers as Record<string, string>), request);
    expect(verdict.passed ? undefined : verdict.step).toBe(step);
  });
});

describe("the check of a preflight's response", () => {
  const request = { origin: PAGE, credentials: 'omit', method: 'PUT', headers: ['authorization', 'x-a'] } as const;
  const allow = { 'access-control-allow-origin': PAGE };

  it.each([
    [allow, 404, 'preflight-status'],
    [{ ...allow, 'access-control-allow-methods': 'GET POST' }, 204, 'allow-methods-malformed'],
    [{ ...allow, 'access-control-allow-headers': 'x a' }, 204, 'allow-headers-malformed'],
    [{ ...allow, 'access-control-allow-methods': 'put' }, 204, 'method-not-allowed'],
    [{ ...allow, 'access-control-allow-methods': 'PUT' }, 204, 'header-not-allowed'],
    [{ ...allow, 'access-control-allow-methods': '*', 'access-control-allow-headers': '*' }, 204, 'header-not-allowed'],
    [
      { ...allow, 'access-control-allow-methods': ',PUT', 'access-control-allow-headers': 'X-A, Authorization' },
      299,
      '',
    ],
  ] as const)('of %j with %i', (headers, status, step) => {
    const verdict = checkPreflight(response(headers, status), request);
    expect(verdict.passed ? '' : verdict.step).toBe(step);
  });

  it('reports the first fault in the order of the engine', () => {
    const nothing = response({}, 404);
    const step = (engine = ENGINES.standard): string => {
      const verdict = checkPreflight(nothing, request, engine);
      return verdict.passed ? '' : verdict.step;
    };
    expect([step(ENGINES.chromium), step(ENGINES.firefox), step(ENGINES.webkit)]).toEqual([
      'allow-origin-missing',
      'allow-origin-missing',
      'preflight-status',
    ]);
  });

  it('lets `*` cover Authorization where the engines do', () => {
    const all = response({ ...allow, 'access-control-allow-methods': '*', 'access-control-allow-headers': '*' }, 204);
    expect(checkPreflight(all, request, ENGINES.chromium).passed).toBe(true);
    expect(checkPreflight(all, { ...request, credentials: 'include' }, ENGINES.chromium).passed).toBe(false);
  });
});

describe('what a page can read', () => {
  const headers = { 'content-type': 'x', 'X-A': '1', 'X-B': '2', 'set-cookie': 'a=1' };

  it.each([
    ['x-a', 'include', ['content-type', 'x-a']],
    ['*', 'omit', ['access-control-expose-headers', 'content-type', 'x-a', 'x-b']],
    ['*', 'include', ['content-type']],
    ['set-cookie', 'omit', ['content-type']],
    ['x-a, (junk)', 'omit', ['content-type']],
  ] as const)('with Access-Control-Expose-Headers: %s and %s', (expose, credentials, names) => {
    const received = response({ ...headers, 'access-control-expose-headers': expose });
    expect(readableHeaders(received, { credentials })).toEqual(names);
  });
});

describe('simulateRequest', () => {
  const open = response({ 'access-control-allow-origin': '*', 'access-control-allow-methods': '*', 'x-a': '1' }, 204);
  const answers = { preflight: () => open, response: () => open };

  it('plays a request through', () => {
    const request = { pageOrigin: PAGE, url: ENDPOINT, method: 'PUT' };
    expect(simulateRequest(request, answers)).toMatchObject({ outcome: 'readable', preflight: { passed: true } });
    expect(simulateRequest({ ...request, credentials: 'include' }, answers)).toMatchObject({
      outcome: 'error',
      preflight: { passed: false, step: 'allow-origin-wildcard-with-credentials' },
      response: undefined,
    });
  });

  it('asks nothing of the same origin, and hides Set-Cookie there too', () => {
    const own = { preflight: () => open, response: () => response({ 'x-a': '1', 'set-cookie': 'a=1' }) };
    const simulation = simulateRequest({ pageOrigin: PAGE, url: 'https://a.test/x', method: 'PUT' }, own);
    expect(simulation).toMatchObject({ outcome: 'readable', preflight: undefined, readable: ['x-a'] });
  });

  it('gives an opaque response or an error by the mode', () => {
    expect(simulateRequest({ pageOrigin: PAGE, url: ENDPOINT, mode: 'no-cors' }, answers).outcome).toBe('opaque');
    expect(simulateRequest({ pageOrigin: PAGE, url: ENDPOINT, mode: 'same-origin' }, answers).outcome).toBe('error');
  });
});
