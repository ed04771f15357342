import { describe, expect, it } from 'vitest';
import { guardOf } from '../../test/fixtures/guard.ts';
import type { GuardModel } from './model.ts';
import { firstHop, nextHop, rewriteLocation, type Hop } from './redirect.ts';
import { isRefusal } from './refusal.ts';
import { originOfTarget, parseTargetUrl } from './target-url.ts';

const named = guardOf({
  target: 'https://api.example.com/v3',
  allow: ['* /repos/**', 'GET /repositories/*', 'GET /'],
  query: { api_key: 'S' },
  redirectHosts: ['codeload.example.com', '*.cdn.example.net', 'http://plain.example.com/files'],
});
const open = guardOf({
  hosts: ['api.example.com', '*.example.org', 'http://legacy.example.com'],
  origins: 'https://app.example.com',
});

function hopAt(url: string, method = 'GET'): Hop {
  const parsed = parseTargetUrl(url);
  if (isRefusal(parsed)) throw new Error(parsed.detail);
  return firstHop(method, parsed);
}

const START = 'https://api.example.com/v3/repos/a?api_key=S&b=c';

/** The URL of the next hop; with `-` if no secret goes there. */
function follow(model: GuardModel, location: string, from = hopAt(START)): string {
  const next = nextHop(model, from, { status: 302, location });
  if (next === undefined) return 'none';
  if (isRefusal(next)) return next.code;
  return `${originOfTarget(next.target)}${next.path}${next.credentials ? '' : ' -'}`;
}

describe('a redirect', () => {
  it.each([
    ['/v3/repos/b', 'https://api.example.com/v3/repos/b?api_key=S'],
    ['/v3/repos/b?c=d', 'https://api.example.com/v3/repos/b?c=d&api_key=S'],
    ['/v3/repos/b?api_key=theirs', 'https://api.example.com/v3/repos/b?api_key=S'],
    ['https://api.example.com/v3/repositories/1', 'https://api.example.com/v3/repositories/1?api_key=S'],
    ['https://API.example.com:443/v3/repositories/1#x', 'https://api.example.com/v3/repositories/1?api_key=S'],
    ['//api.example.com/v3/repos/b', 'https://api.example.com/v3/repos/b?api_key=S'],
    ['b', 'https://api.example.com/v3/repos/b?api_key=S'],
    ['./b/../c', 'https://api.example.com/v3/repos/c?api_key=S'],
    ['../repositories/1', 'https://api.example.com/v3/repositories/1?api_key=S'],
    ['?d', 'https://api.example.com/v3/repos/a?d&api_key=S'],
    ['', 'https://api.example.com/v3/repos/a?b=c&api_key=S'],
    ['#x', 'https://api.example.com/v3/repos/a?b=c&api_key=S'],
    ['/v3', 'https://api.example.com/v3?api_key=S'],
    ['/v3/repos/é ü', 'https://api.example.com/v3/repos/%E9%20%FC?api_key=S'],
    // Elsewhere, without what is ours.
    ['https://codeload.example.com/a?b', 'https://codeload.example.com/a?b -'],
    ['https://codeload.example.com/a?api_key=S&b', 'https://codeload.example.com/a?b -'],
    ['https://a.b.cdn.example.net/', 'https://a.b.cdn.example.net/ -'],
    ['http://plain.example.com/files/a', 'http://plain.example.com/files/a -'],
  ])('of a named API to %j is followed to %s', (location, expected) => expect(follow(named, location)).toBe(expected));

  it.each([
    // `allow` and the base path hold for the API's own, too.
    '/v3/user',
    '/v3/admin/../user',
    '/repos/b',
    '/v30/repos/b',
    '/v3/repos/%252e%252e/user',
    '../../admin',
    // Another origin.
    'http://api.example.com/v3/repos/b',
    'https://api.example.com:8443/v3/repos/b',
    'https://api.example.com./v4',
    'https://evil.example/v3/repos/b',
    '//evil.example/v3/repos/b',
    '/\\evil.example/v3/repos/b',
    '\\\\evil.example/v3/repos/b',
    'https:evil.example',
    'https:///evil.example',
    'https://codeload.example.com.evil.example/',
    'https://evilcodeload.example.com/',
    'http://codeload.example.com/',
    'https://codeload.example.com:8443/',
    'https://cdn.example.net/',
    'http://plain.example.com/filesystem',
    'http://plain.example.com/files/%252e%252e/a',
    'https://api.example.com@evil.example/',
    'https://me:secret@api.example.com/v3/repos/b',
    'http://127.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://bücher.example/',
    'https://exa mple.com/',
    '/v3/repos/b\t',
    'https://',
  ])('of a named API to %j is refused', (location) => {
    const next = nextHop(named, hopAt(START), { status: 302, location });
    expect(next).toMatchObject({ code: 'guard-redirect-refused' });
    // What the page is told holds nothing of where it was to go.
    expect((next as { detail: string }).detail).not.toMatch(/127|169|evil|secret|user|\/v/);
  });

  it.each([
    ['http://10.0.0.1:8080/a?token=b', 'a private address'],
    ['https://evil.example:8443/a?token=b', 'https://evil.example:8443'],
    ['/v3/user?token=b', '/v3/user'],
    ['https://me@evil.example/', undefined],
  ])('to %s is told to the log as %s', (location, where) => {
    const next = nextHop(named, hopAt(START), { status: 302, location });
    expect((next as { where?: string }).where).toBe(where);
  });

  it.each([
    ['https://a.example.org/x?y', 'https://a.example.org/x?y -'],
    ['http://legacy.example.com/', 'http://legacy.example.com/ -'],
    ['/other', 'https://api.example.com/other'],
  ])('of the open form to %s is followed to %s', (location, expected) => expect(follow(open, location)).toBe(expected));

  it.each(['https://evil.example/', 'http://api.example.com/', 'https://api.example.com:8443/', 'http://127.0.0.1/'])(
    'of the open form to %s is refused',
    (location) => expect(follow(open, location)).toBe('guard-redirect-refused'),
  );

  it('to an address is refused though any target is allowed', () => {
    const any = guardOf({ dangerouslyAllowAnyTarget: true });
    expect(follow(any, 'https://whoever.example/')).toBe('https://whoever.example/ -');
    expect(follow(any, 'http://192.168.0.1/')).toBe('guard-redirect-refused');
    expect(follow(any, 'http://2130706433/')).toBe('guard-redirect-refused');
  });

  it('takes the secrets away for good', () => {
    const away = nextHop(named, hopAt(START), { status: 302, location: 'https://codeload.example.com/' }) as Hop;
    const back = nextHop(named, away, { status: 302, location: 'https://api.example.com/v3/repos/a?api_key=S' }) as Hop;
    expect(back).toMatchObject({ path: '/v3/repos/a', credentials: false, redirects: 2 });
    expect(follow(named, '/v3/repos/b', back)).toBe('https://api.example.com/v3/repos/b -');
  });

  it('is one of five', () => {
    let hop = hopAt(START);
    for (let i = 1; i <= 5; i++) hop = nextHop(named, hop, { status: 302, location: `/v3/repos/${i}` }) as Hop;
    expect(hop).toMatchObject({ path: '/v3/repos/5?api_key=S', redirects: 5 });
    expect(nextHop(named, hop, { status: 302, location: '/v3/repos/6' })).toEqual({
      code: 'guard-too-many-redirects',
      detail: 'The API redirects more than 5 times.',
    });
    expect(follow(guardOf({ target: 'https://a.example', allow: '* /**', maxRedirects: 0 }), '/b')).toBe(
      'guard-too-many-redirects',
    );
  });

  it.each<[status: number, method: string, then: string, body: boolean]>([
    [301, 'GET', 'GET', true],
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [302, 'PUT', 'PUT', true],
    [303, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'HEAD', 'HEAD', true],
    [307, 'POST', 'POST', true],
    [308, 'DELETE', 'DELETE', true],
  ])('with %i after %s is asked with %s', (status, method, then, body) => {
    const next = nextHop(named, hopAt(START, method), { status, location: '/v3/repos/b' });
    expect(next).toMatchObject({ method: then, body });
  });

  it('is held to `allow` with the method that it comes to', () => {
    const model = guardOf({ target: 'https://api.example.com', allow: ['POST /orders', 'GET /orders/*'] });
    const from = hopAt('https://api.example.com/orders', 'POST');
    expect(nextHop(model, from, { status: 303, location: '/orders/1' })).toMatchObject({ method: 'GET' });
    expect(nextHop(model, from, { status: 307, location: '/orders/1' })).toMatchObject({
      code: 'guard-redirect-refused',
    });
  });

  it.each([200, 201, 204, 300, 304, 305, 306, 309, 400])('is no %i', (status) => {
    expect(nextHop(named, hopAt(START), { status, location: '/v3/repos/b' })).toBeUndefined();
  });

  it('without a Location goes to the page', () => {
    expect(nextHop(named, hopAt(START), { status: 302, location: undefined })).toBeUndefined();
  });

  it('is left to the browser with `rewrite`', () => {
    expect(follow({ ...named, redirects: { mode: 'rewrite', max: 5 } }, '/v3/repos/b')).toBe('none');
  });
});

describe('a Location for the page', () => {
  const rewrite = (model: GuardModel, location: string): string | undefined =>
    rewriteLocation(model, hopAt(START), location);

  it.each([
    ['/v3/repos/b?c', '/api/repos/b?c'],
    ['https://api.example.com/v3/repos/b?api_key=S&c=d', '/api/repos/b?c=d'],
    ['https://api.example.com/v3/repos/b?api_key=S', '/api/repos/b'],
    ['/v3', '/api/'],
    // Whether it may be asked is said when it is.
    ['/v3/user', '/api/user'],
    ['https://codeload.example.com/a?api_key=S&b', 'https://codeload.example.com/a?b'],
  ])('%s of a named API is %s', (location, expected) => expect(rewrite(named, location)).toBe(expected));

  it.each([
    '/repos',
    '/v30/a',
    'https://evil.example/',
    'http://127.0.0.1/',
    'http://api.example.com/v3/',
    'mailto:a@b',
  ])('%s of a named API is not told', (location) => expect(rewrite(named, location)).toBeUndefined());

  it('never names another host', () => {
    const root = guardOf({ target: 'https://api.example.com', allow: 'GET /**' }, { path: '/*' });
    expect(rewrite(root, '/a')).toBe('/a');
    expect(rewrite(root, 'https://api.example.com//evil.example/')).toBeUndefined();
    expect(rewrite(root, '/.//evil.example/')).toBeUndefined();
    expect(rewrite(named, 'https://api.example.com/v3//evil.example/')).toBe('/api//evil.example/');
  });

  it.each([
    ['/b?c', '/proxy/https://api.example.com/b?c'],
    ['https://a.example.org/b', '/proxy/https://a.example.org/b'],
    ['http://legacy.example.com', '/proxy/http://legacy.example.com/'],
  ])('%s of the open form is %s', (location, expected) => expect(rewrite(open, location)).toBe(expected));

  it.each(['https://evil.example/', 'http://api.example.com/', 'http://10.0.0.1/'])(
    '%s of the open form is not told',
    (location) => expect(rewrite(open, location)).toBeUndefined(),
  );
});
