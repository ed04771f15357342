import { expect, it } from 'vitest';
import { salvage } from './salvage.ts';

const nothing = { method: '', target: '', host: '', origin: undefined };

it('finds route and page of a request that was refused for something else', () => {
  const head = 'patch /api/users?a=1 HTTP/1.1\r\nHost: localhost:8080\r\nBad Name: 1\r\nOrigin: https://a.test\r\n\r\n';
  expect(salvage(head)).toEqual({
    method: 'patch',
    target: '/api/users?a=1',
    host: 'localhost:8080',
    origin: 'https://a.test',
  });
});

it('finds them in a head that isn’t complete', () => {
  expect(salvage('GET /a HTTP/1.1\r\nOrigin: https://a.test\r\nCookie: lon')).toMatchObject({
    target: '/a',
    origin: 'https://a.test',
  });
});

it.each([
  ['nothing at all', ''],
  ['another protocol', '\x16\x03\x01\x02\x00\x01\x00'],
  ['a target that is no path', 'GET http://evil.test/ HTTP/1.1\r\n\r\n'],
  ['a very long path', `GET /${'a'.repeat(2000)} HTTP/1.1\r\n\r\n`],
  [
    'fields that are there twice',
    'x\r\nOrigin: https://a.test\r\nOrigin: https://b.test\r\nHost: a\r\nHost: b\r\n\r\n',
  ],
  ['what stands behind the head', 'x\r\n\r\nOrigin: https://a.test\r\nHost: a\r\n'],
])('finds nothing in %s', (_what, text) => {
  expect(salvage(text)).toEqual(nothing);
});
