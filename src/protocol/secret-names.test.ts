import { describe, expect, it } from 'vitest';
import { isSecretName, maskSecrets, namedSecrets, partsOfUrl } from './secret-names.ts';

describe('a name', () => {
  it.each(['token', 'access_token', 'accessToken', 'api_key', 'apikey', 'X-Api-Key', 'PHPSESSID', 'JSESSIONID', 'sid'])(
    '%s is one of a secret',
    (name) => expect(isSecretName(name)).toBe(true),
  );
  it.each([
    'X-Amz-Signature',
    'AWSAccessKeyId',
    'sig',
    'client_secret',
    'password',
    'code',
    'SAMLResponse',
    'user[pwd]',
  ])('%s is one of a secret', (name) => expect(isSecretName(name)).toBe(true));
  it.each(['page', 'q', 'author', 'sort', 'state', 'redirect_uri', 'client_id', 'X-Request-Id', 'signed'])(
    '%s is none',
    (name) => expect(isSecretName(name)).toBe(false),
  );
});

describe('a text', () => {
  it.each([
    ['https://a.example/?token=abc&page=2', 'https://a.example/?token=***&page=2'],
    ['> GET /a?page=2&api_key=a%2Fb  (Origin: null)', '> GET /a?page=2&api_key=***  (Origin: null)'],
    [
      'Redirected (`/login?next=%2Fa%3Ftoken%3Dabc%26page%3D2`)',
      'Redirected (`/login?next=%2Fa%3Ftoken%3D***%26page%3D2`)',
    ],
    ['https://me:pass@a.example/b', 'https://***@a.example/b'],
    ['https://a.example/cb#access_token=abc', 'https://a.example/cb#access_token=***'],
    ['Set-Cookie: sid=abc; Path=/; HttpOnly', 'Set-Cookie: sid=***; Path=/; HttpOnly'],
    ['< set-cookie:theme=abc', '< set-cookie:theme=***'],
    ['< X-Auth-Token: abc', '< X-Auth-Token: ***'],
    ['Access-Control-Allow-Credentials: true', 'Access-Control-Allow-Credentials: true'],
    ['curl -i \'https://a.example/?token=\'"$TOKEN"', 'curl -i \'https://a.example/?token=\'"$TOKEN"'],
    ['mail me@a.example', 'mail me@a.example'],
  ])('%s', (text, masked) => expect(maskSecrets(text, '***')).toBe(masked));
});

describe('a URL', () => {
  it('names its secrets, as they stand and decoded', () => {
    expect(namedSecrets('https://me:o%20pen@a.example/?token=a%2Fb&page=2&sig=x+y')).toEqual(
      expect.arrayContaining(['me', 'o%20pen', 'o pen', 'a%2Fb', 'a/b', 'x+y', 'x y']),
    );
    expect(namedSecrets('https://a.example/?page=2&token=')).toEqual([]);
    expect(namedSecrets('no url')).toEqual([]);
  });

  it.each([
    'https://a.example/',
    'https://me:pass@a.example/?token=a=b&c&&key=&sig=x?y',
    'http://[::1]:80?password=%',
    'https://a.example/@b/?x=1&token=%zz',
  ])('%s is the sum of its parts', (url) => {
    const parts = partsOfUrl(url);
    expect(parts.map(({ text }) => text).join('')).toBe(url);
    expect(parts.flatMap(({ secret }) => secret ?? [])).toHaveLength(
      url.match(/me:|token=\S|sig=|password=/g)?.length ?? 0,
    );
  });
});
