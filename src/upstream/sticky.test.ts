import { describe, expect, it } from 'vitest';
import type { StickyModel } from '../config/balancing-model.ts';
import { HeaderList } from '../wire/header-list.ts';
import { cookiesOf, Sticky } from './sticky.ts';

const MODEL: StickyModel = {
  secret: 'correct horse battery staple',
  cookie: 'server',
  maxAge: 0,
  sameSite: 'Lax',
  path: '/',
};
const servers = ['http://10.0.0.1:8080', 'http://10.0.0.2:8080'].map((key) => ({ key, weight: 1, busy: 0 }));
const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]];

/** The Set-Cookie of an answer of the first server's, if it has any. */
function setCookie(
  model: Partial<StickyModel> = {},
  { encrypted = false, stuckTo = '', response = HeaderList.of() } = {},
): string | undefined {
  new Sticky({ ...MODEL, ...model }).mark(response, first, { hashed: '', stuckTo, encrypted });
  return response.get('set-cookie');
}

describe('the cookie', () => {
  const id = new Sticky(MODEL).idOf(first);

  it('leads back to the server that gave it, among those that get requests', () => {
    const sticky = new Sticky(MODEL);
    for (const server of servers) {
      const seeker = { hashed: '', stuckTo: sticky.idOf(server) };
      expect(sticky.find(servers, seeker)).toBe(server);
      expect(
        sticky.find(
          servers.filter((other) => other !== server),
          seeker,
        ),
      ).toBeUndefined();
    }
    for (const stuckTo of ['', 'x', '__proto__', `${id}=`, id.slice(0, -1), first.key]) {
      expect(sticky.find(servers, { hashed: '', stuckTo })).toBeUndefined();
    }
  });

  it('is the same in every gateway with that secret, and in no other', () => {
    expect(new Sticky(MODEL).idOf(first)).toBe(id);
    expect(new Sticky({ ...MODEL, secret: 'another one altogether' }).idOf(first)).not.toBe(id);
    expect(new Sticky(MODEL).idOf(second)).not.toBe(id);
  });

  it('says nothing of the server, and is made of what a cookie may be made of', () => {
    expect(id).toMatch(/^[\w-]{22}$/);
    expect(Buffer.from(id, 'base64url').toString('latin1')).not.toMatch(/10\.0\.0|8080/);
  });

  it.each<[string, Partial<StickyModel>, boolean, string]>([
    ['over HTTP', {}, false, `server=${id}; Path=/; HttpOnly; SameSite=Lax`],
    ['over HTTPS', {}, true, `server=${id}; Path=/; HttpOnly; Secure; SameSite=Lax`],
    ['for a while', { maxAge: 3_600_500 }, false, `server=${id}; Path=/; Max-Age=3601; HttpOnly; SameSite=Lax`],
    ['for other sites', { sameSite: 'None' }, false, `server=${id}; Path=/; HttpOnly; Secure; SameSite=None`],
    ['below a path', { path: '/app' }, false, `server=${id}; Path=/app; HttpOnly; SameSite=Lax`],
    ['of a secure name', { cookie: '__Host-s' }, false, `__Host-s=${id}; Path=/; HttpOnly; Secure; SameSite=Lax`],
    ['strictly', { sameSite: 'Strict' }, true, `server=${id}; Path=/; HttpOnly; Secure; SameSite=Strict`],
  ])('is safe by itself: %s', (_, model, encrypted, expected) => {
    expect(setCookie(model, { encrypted })).toBe(expected);
  });

  it('is sent once, and again when another server answers', () => {
    expect(setCookie({}, { stuckTo: id })).toBeUndefined();
    expect(setCookie({}, { stuckTo: new Sticky(MODEL).idOf(second) })).toContain(id);
  });

  it.each(['public, max-age=60', 's-maxage=60', 'max-age=1,Public', 'no-transform, s-maxage = 1'])(
    'is not put on what a shared cache keeps: %s',
    (control) => {
      expect(setCookie({}, { response: HeaderList.of(['Cache-Control', control]) })).toBeUndefined();
    },
  );

  it.each(['private', 'no-store', 'max-age=60', 'x-public'])('but on everything else: %s', (control) => {
    expect(setCookie({}, { response: HeaderList.of(['Cache-Control', control]) })).toContain(id);
  });

  it("stands beside the server's own", () => {
    const response = HeaderList.of(['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']);
    setCookie({}, { response });
    expect(response.getAll('set-cookie')).toEqual(['a=1', 'b=2', expect.stringContaining(id)]);
  });
});

it('reads cookies from however many lines', () => {
  expect(cookiesOf(HeaderList.of())).toBe('');
  expect(cookiesOf(HeaderList.of(['Cookie', 'a=1; b=2']))).toBe('a=1; b=2');
  expect(cookiesOf(HeaderList.of(['Cookie', 'a=1'], ['cookie', 'b=2']))).toBe('a=1; b=2');
});
