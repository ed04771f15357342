import { describe, expect, it } from 'vitest';
import { guardOf, guardRequest } from '../../test/fixtures/guard.ts';
import { admit } from './admit.ts';
import type { GuardModel } from './model.ts';
import { isRefusal } from './refusal.ts';
import { originOfTarget } from './target-url.ts';

const APP = { origin: 'https://app.example.com' };
const cors = { origins: ['https://app.example.com', 'https://*.preview.example.com'] };

/** The URL that is asked, or the code of the refusal. */
function ask(model: GuardModel, line: string, headers: Readonly<Record<string, string>> = {}): string {
  const admitted = admit(model, guardRequest(line, headers));
  return isRefusal(admitted) ? admitted.code : originOfTarget(admitted.target) + admitted.path;
}

describe('a named target', () => {
  const model = guardOf({
    target: 'https://api.example.com/v3/',
    allow: ['GET /repos/*/*', 'POST /items', 'GET /', 'GET /files/**'],
    query: { api_key: 'S&cret', tenant: '42' },
  });
  const bare = guardOf({ target: 'https://api.example.com', allow: ['GET /**'] });

  it.each([
    ['GET /api/repos/a/b', 'https://api.example.com/v3/repos/a/b?api_key=S%26cret&tenant=42'],
    ['HEAD /api/repos/a/b?c=d', 'https://api.example.com/v3/repos/a/b?c=d&api_key=S%26cret&tenant=42'],
    ['POST /api/items?api_key=mine', 'https://api.example.com/v3/items?api_key=S%26cret&tenant=42'],
    ['GET /api', 'https://api.example.com/v3?api_key=S%26cret&tenant=42'],
    ['GET /api/', 'https://api.example.com/v3/?api_key=S%26cret&tenant=42'],
  ])('%s asks %s', (line, url) => expect(ask(model, line)).toBe(url));

  it.each([
    ['GET /api', 'https://api.example.com/'],
    ['GET /api/', 'https://api.example.com/'],
    ['GET /api/a%2Fb;c?d', 'https://api.example.com/a%2Fb;c?d'],
    ['GET /api//a', 'https://api.example.com//a'],
    ['GET /api/https://evil.example/', 'https://api.example.com/https://evil.example/'],
    ['GET /api/@evil.example/', 'https://api.example.com/@evil.example/'],
  ])('%s asks %s as it was sent', (line, url) => expect(ask(bare, line)).toBe(url));

  it.each([
    ['POST /api/repos/a/b', 'guard-not-allowed'],
    ['GET /api/repos/a', 'guard-not-allowed'],
    ['GET /api/repos/a%2Fb', 'guard-not-allowed'],
    ['GET /api/repos/a/b%2fc', 'guard-not-allowed'],
    ['GET /api/repos/a/b/', 'guard-not-allowed'],
    ['OPTIONS /api/items', 'guard-not-allowed'],
    ['GET /api/files/../items', 'guard-url-invalid'],
    ['GET /api/files/%2e%2e/items', 'guard-url-invalid'],
    ['GET /api/files/%00', 'guard-url-invalid'],
    ['GET /apix/repos/a/b', 'guard-url-invalid'],
    ['GET /ap', 'guard-url-invalid'],
  ])('%s: %s', (line, code) => expect(ask(model, line)).toBe(code));

  it('says in a refusal what was asked for, and nothing about the target', () => {
    const refused = admit(model, guardRequest('GET /api/user?api_key=mine'));
    expect(refused).toEqual({ code: 'guard-not-allowed', detail: 'GET /user is not allowed here.' });
  });

  it('takes off what is fixed of the path', () => {
    const guard = { target: 'https://api.example.com', allow: 'GET /**' };
    expect(ask(guardOf(guard, { path: '/a/b/:id/*' }), 'GET /a/b/c/d')).toBe('https://api.example.com/c/d');
    expect(ask(guardOf(guard, { path: '/a/b' }), 'GET /a/b')).toBe('https://api.example.com/');
    expect(ask(guardOf(guard, { path: '/*' }), 'GET /a/b')).toBe('https://api.example.com/a/b');
  });

  it('inside is asked only where it is listed', () => {
    expect(
      ask(
        { ...bare, to: { ...bare.to, target: { protocol: 'http', host: '10.1.2.3', port: 80 } } } as GuardModel,
        'GET /api',
      ),
    ).toBe('guard-address-refused');
    const listed = guardOf({ target: 'http://10.1.2.3:8000', allow: 'GET /**', allowPrivate: '10.1.2.0/24' });
    expect(ask(listed, 'GET /api')).toBe('http://10.1.2.3:8000/');
  });
});

describe('pages that may use a named target', () => {
  const listed = guardOf({ target: 'https://api.example.com', allow: 'GET /**' }, { cors });
  const anybody = guardOf({ target: 'https://api.example.com', allow: 'GET /**' }, { cors: { origins: '*' } });
  const none = guardOf({ target: 'https://api.example.com', allow: 'GET /**' }, { cors: false });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a listed origin', APP],
    ['a listed pattern', { origin: 'https://pr-1.preview.example.com' }],
    ["the gateway's own origin", { origin: 'https://gateway.example.com' }],
    ["the gateway's own page, that says no origin", { 'sec-fetch-site': 'same-origin' }],
    ['an address that somebody typed', { 'sec-fetch-site': 'none' }],
    ['a program', {}],
  ])('are those of %s', (_, headers) => expect(ask(listed, 'GET /api', headers)).toBe('https://api.example.com/'));

  it.each<[string, Readonly<Record<string, string>>]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['a look-alike', { origin: 'https://app.example.com.evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['an image on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['an image on a sister site', { 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'image' }],
  ])("aren't those of %s", (_, headers) => {
    expect(ask(listed, 'GET /api', headers)).toBe('guard-origin-refused');
    // Where nobody lists origins, anybody may.
    expect(ask(anybody, 'GET /api', headers)).toBe('https://api.example.com/');
    expect(ask(none, 'GET /api', headers)).toBe('https://api.example.com/');
  });
});

describe('the open form', () => {
  const hosts = ['api.example.com', '*.example.org', 'https://data.example.net:8443/v1', 'http://legacy.example.com'];
  const model = guardOf({ hosts, denyOrigins: 'https://old.preview.example.com' }, { cors });

  it.each([
    ['GET /proxy/https://api.example.com/a?b', 'https://api.example.com/a?b'],
    ['DELETE /proxy/https://api.example.com/a', 'https://api.example.com/a'],
    ['GET /proxy/https:/api.example.com', 'https://api.example.com/'],
    ['GET /proxy/api.example.com', 'https://api.example.com/'],
    ['GET /proxy/https%3A%2F%2Fapi.example.com%2Fa', 'https://api.example.com/a'],
    ['GET /proxy?url=https://api.example.com/a&b', 'https://api.example.com/a&b'],
    ['GET /proxy/a.b.example.org', 'https://a.b.example.org/'],
    ['GET /proxy/data.example.net:8443/v1/a', 'https://data.example.net:8443/v1/a'],
    ['GET /proxy/http://legacy.example.com', 'http://legacy.example.com/'],
    ['GET /proxy/https://api.example.com/a/../b', 'https://api.example.com/b'],
  ])('%s asks %s', (line, url) => expect(ask(model, line, APP)).toBe(url));

  it.each([
    ['GET /proxy/https://evil.example', 'guard-host-refused'],
    ['GET /proxy/https://api.example.com.evil.example', 'guard-host-refused'],
    ['GET /proxy/https://evilapi.example.com', 'guard-host-refused'],
    ['GET /proxy/https://example.org', 'guard-host-refused'],
    ['GET /proxy/http://api.example.com', 'guard-host-refused'],
    ['GET /proxy/https://api.example.com:8443', 'guard-host-refused'],
    ['GET /proxy/https://data.example.net:8443/v2', 'guard-host-refused'],
    ['GET /proxy/https://data.example.net:8443/v1/%252e%252e/v2', 'guard-url-invalid'],
    ['GET /proxy/https://data.example.net:8443/v1;a/v2', 'guard-host-refused'],
    ['GET /proxy/http://127.0.0.1', 'guard-host-refused'],
    ['GET /proxy/https://api.example.com@evil.example', 'guard-url-invalid'],
    ['GET /proxy/ftp://api.example.com', 'guard-url-invalid'],
    ['GET /proxy', 'guard-url-invalid'],
    ['GET /proxy/https://api.example.com/%252e%252e/a', 'guard-url-invalid'],
    ['GET /proxy/https://api.example.com/a%00', 'guard-url-invalid'],
  ])('%s: %s', (line, code) => expect(ask(model, line, APP)).toBe(code));

  it.each<[string, Readonly<Record<string, string>>]>([
    ['no Origin', {}],
    ['an Origin that is not listed', { origin: 'https://evil.example' }],
    ['an Origin that is denied', { origin: 'https://old.preview.example.com' }],
    ['`null`', { origin: 'null' }],
    ['two origins', { origin: 'https://app.example.com, https://evil.example' }],
    ["another site's image", { 'sec-fetch-site': 'cross-site' }],
    ['an address that somebody typed', { 'sec-fetch-site': 'none' }],
  ])('refuses %s', (_, headers) => {
    expect(ask(model, 'GET /proxy/https://api.example.com', headers)).toBe('guard-origin-refused');
  });

  it("serves the gateway's own pages", () => {
    const line = 'GET /proxy/https://api.example.com';
    expect(ask(model, line, { 'sec-fetch-site': 'same-origin' })).toBe('https://api.example.com/');
    expect(ask(model, line, { origin: 'https://gateway.example.com' })).toBe('https://api.example.com/');
  });

  it('asks for one of the headers', () => {
    const guard = guardOf({ hosts, requireHeader: ['Origin', 'X-Requested-With'] }, { cors });
    const line = 'GET /proxy/https://api.example.com';
    const own = { 'sec-fetch-site': 'same-origin' };
    expect(ask(guard, line, APP)).toBe('https://api.example.com/');
    expect(ask(guard, line, { ...own, 'x-requested-with': '' })).toBe('https://api.example.com/');
    expect(ask(guard, line, own)).toBe('guard-header-missing');
  });

  it('holds the path at the host to `allow`', () => {
    const guard = guardOf({ hosts, allow: ['GET /public/**'] }, { cors });
    expect(ask(guard, 'GET /proxy/https://api.example.com/public/a', APP)).toBe('https://api.example.com/public/a');
    expect(ask(guard, 'POST /proxy/https://api.example.com/public/a', APP)).toBe('guard-not-allowed');
    expect(ask(guard, 'GET /proxy/https://api.example.com/private', APP)).toBe('guard-not-allowed');
    expect(ask(guard, 'GET /proxy/https://api.example.com/public/../private', APP)).toBe('guard-not-allowed');
  });

  it('has origins of its own', () => {
    const guard = guardOf({ hosts, origins: 'https://own.example.com' }, { cors });
    expect(ask(guard, 'GET /proxy/api.example.com', { origin: 'https://own.example.com' })).toBe(
      'https://api.example.com/',
    );
    expect(ask(guard, 'GET /proxy/api.example.com', APP)).toBe('guard-origin-refused');
  });
});

describe('any target', () => {
  const model = guardOf({ dangerouslyAllowAnyTarget: true, denyOrigins: 'https://evil.example' });

  it.each([
    ['GET /proxy/https://whoever.example:8443/a', 'https://whoever.example:8443/a'],
    ['GET /proxy/http://93.184.216.34', 'http://93.184.216.34/'],
  ])('%s asks %s', (line, url) => expect(ask(model, line)).toBe(url));

  it.each([
    ['GET /proxy/http://127.0.0.1', 'guard-address-refused'],
    ['GET /proxy/http://0x7f.1', 'guard-address-refused'],
    ['GET /proxy/http://[::1]', 'guard-address-refused'],
    ['GET /proxy/http://[::ffff:10.0.0.1]', 'guard-address-refused'],
    ['GET /proxy/http://１６９.254.169.254', 'guard-address-refused'],
    ['GET /proxy/http%3A%2F%2F2852039166', 'guard-address-refused'],
    ['GET /proxy/http://mail.example:25', 'guard-host-refused'],
    ['GET /proxy/https://me@whoever.example', 'guard-url-invalid'],
  ])('%s: %s', (line, code) => expect(ask(model, line)).toBe(code));

  it('still denies origins', () => {
    expect(ask(model, 'GET /proxy/a.example', { origin: 'https://evil.example' })).toBe('guard-origin-refused');
  });
});

describe('what a browser would run', () => {
  const model = guardOf({ target: 'https://api.example.com', allow: 'GET /**' });

  it.each<[string, string]>([
    ['service-worker', 'script'],
    ['sec-fetch-dest', 'script'],
    ['sec-fetch-dest', 'worker'],
    ['sec-fetch-dest', 'sharedworker'],
    ['sec-fetch-dest', 'serviceworker'],
    ['sec-fetch-dest', 'audioworklet'],
  ])('is refused: %s: %s', (name, value) =>
    expect(ask(model, 'GET /api', { [name]: value })).toBe('guard-not-allowed'),
  );

  it.each(['empty', 'image', 'video', 'document'])('is not %s', (value) => {
    expect(ask(model, 'GET /api', { 'sec-fetch-dest': value })).toBe('https://api.example.com/');
  });
});
