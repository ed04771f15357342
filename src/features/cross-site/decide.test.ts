import { describe, expect, it } from 'vitest';
import { decideCrossSite, type CrossSiteRequest } from './decide.ts';

const MODEL = { allow: ['https://friend.test'], sameSite: false, trustsPolicy: true };
const PAGE: CrossSiteRequest = {
  method: 'POST',
  websocket: false,
  site: 'cross-site',
  origin: 'https://evil.test',
  sameOrigin: false,
  listed: false,
};
const decide = (changes: Partial<CrossSiteRequest>, model = MODEL): string =>
  decideCrossSite(model, { ...PAGE, ...changes }) ?? 'yes';

describe('a request that may change something', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'post'])(
    'of a page of another site is refused: %s',
    (method) => {
      expect(decide({ method })).toBe('cross-site');
    },
  );

  it.each<[string, Partial<CrossSiteRequest>, string]>([
    ['its own page', { site: 'same-origin', sameOrigin: true }, 'yes'],
    // A proxy in front may hide the true origin; the browser knows it.
    ['its own page, by the browser alone', { site: 'same-origin' }, 'yes'],
    ['nobody’s page: typed, or a bookmark', { site: 'none', origin: undefined }, 'yes'],
    ['curl', { site: undefined, origin: undefined }, 'yes'],
    ['an old browser’s other page', { site: undefined }, 'other-origin'],
    ['an old browser’s own page', { site: undefined, sameOrigin: true }, 'yes'],
    ['an old browser’s file', { site: undefined, origin: 'null' }, 'opaque-origin'],
    ['a sandboxed frame', { origin: 'null' }, 'opaque-origin'],
    ['a form without an Origin', { origin: undefined }, 'cross-site'],
    ['a page of the same site', { site: 'same-site' }, 'same-site'],
    ['a page that the policy lists', { listed: true }, 'yes'],
    ['a page that the config lists', { origin: 'https://friend.test' }, 'yes'],
    ['a page that is called nearly so', { origin: 'https://friend.test.evil.test' }, 'cross-site'],
    ['a word that no browser says', { site: 'whatever' }, 'cross-site'],
  ])('%s', (_, changes, verdict) => {
    expect(decide(changes)).toBe(verdict);
  });

  it('of the same site passes if the config says so, of another one still not', () => {
    const model = { ...MODEL, sameSite: true };
    expect(decide({ site: 'same-site' }, model)).toBe('yes');
    expect(decide({}, model)).toBe('cross-site');
  });

  it('is not let in by a policy for everybody', () => {
    expect(decide({ listed: true }, { ...MODEL, trustsPolicy: false })).toBe('cross-site');
  });
});

it('what changes nothing passes, but for WebSockets', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(decide({ method })).toBe('yes');
  expect(decide({ method: 'GET', websocket: true })).toBe('cross-site');
  expect(decide({ method: 'GET', websocket: true, site: 'same-origin' })).toBe('yes');
});
