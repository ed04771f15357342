import { describe, expect, it } from 'vitest';
import { openTargetUrl } from './open-url.ts';
import { isRefusal } from './refusal.ts';

function read(path: string, query = '', prefix = '/proxy'): string {
  const text = openTargetUrl(path, query, prefix);
  return isRefusal(text) ? text.detail : text;
}

describe('the URL of the open form', () => {
  it.each<[path: string, query: string, expected: string]>([
    // As it is.
    ['/proxy/https://api.example.com/a', '?b=c', 'https://api.example.com/a?b=c'],
    ['/proxy/http://api.example.com:8080', '', 'http://api.example.com:8080'],
    ['/proxy/HTTPS://api.example.com', '', 'HTTPS://api.example.com'],
    ['/proxy/https://api.example.com/a%2Fb%20c', '?d=%26', 'https://api.example.com/a%2Fb%20c?d=%26'],
    ['/proxy/https://api.example.com/https://other.example', '', 'https://api.example.com/https://other.example'],
    [
      '/proxy/https://api.example.com/',
      '?url=https://other.example',
      'https://api.example.com/?url=https://other.example',
    ],
    ['/proxy/https://api.example.com//a', '', 'https://api.example.com//a'],
    // With slashes merged on the way.
    ['/proxy/https:/api.example.com/a', '', 'https://api.example.com/a'],
    // Without a scheme.
    ['/proxy/api.example.com/a', '?b', 'https://api.example.com/a?b'],
    ['/proxy//api.example.com/a', '', 'https://api.example.com/a'],
    ['/proxy/api.example.com:8443/a', '', 'https://api.example.com:8443/a'],
    ['/proxy/localhost:8080', '', 'https://localhost:8080'],
    ['/proxy/[::1]/', '', 'https://[::1]/'],
    // Encoded once, as a whole.
    ['/proxy/https%3A%2F%2Fapi.example.com%2Fa%3Fb%3Dc', '', 'https://api.example.com/a?b=c'],
    ['/proxy/https%3a%2f%2fapi.example.com%2fa', '?d=e', 'https://api.example.com/a?d=e'],
    ['/proxy/https%3A%2F%2Fapi.example.com%2F%3Fb', '?d=e', 'https://api.example.com/?b&d=e'],
    ['/proxy/https%3A%2F%2Fapi.example.com%2F%23f', '?d=e', 'https://api.example.com/?d=e'],
    ['/proxy/https:%2F%2Fapi.example.com', '', 'https://api.example.com'],
    ['/proxy/https%3A//api.example.com/a%2Fb', '', 'https://api.example.com/a%2Fb'],
    ['/proxy/https%3A%2F%2Fapi.example.com/a%2Fb', '', 'https://api.example.com/a%2Fb'],
    ['/proxy/https:/%2Fapi.example.com', '', 'https://api.example.com'],
    ['/proxy/https%3A%2Fapi.example.com', '', 'https://api.example.com'],
    ['/proxy/https%3A%2F%2Fapi.example.com%2Fa/b', '', 'https://api.example.com%2Fa/b'],
    ['/proxy/https%3A%2F%2Fapi.example.com%2Fa%252Fb', '', 'https://api.example.com/a%2Fb'],
    // As a parameter.
    ['/proxy', '?url=https%3A%2F%2Fapi.example.com%2Fa%3Fb%3D1%26c%3D2', 'https://api.example.com/a?b=1&c=2'],
    ['/proxy/', '?url=https://api.example.com/a?b=1&c=2', 'https://api.example.com/a?b=1&c=2'],
    ['/proxy', '?url=https%3A%2F%2Fapi.example.com%2F%2B', 'https://api.example.com/+'],
    // Letters beyond ASCII, as browsers escape them in a path.
    ['/proxy/https://b%C3%BCcher.example/%C3%A9', '', 'https://bücher.example/%C3%A9'],
    ['/proxy/b%c3%bccher.example', '', 'https://bücher.example'],
    ['/proxy/https://api.example.com:4%EF%BB%BF43', '', 'https://api.example.com:4\ufeff43'],
    // Left as they are, for the parser to refuse.
    ['/proxy/https://%61pi.example.com/', '', 'https://%61pi.example.com/'],
    ['/proxy/https://good.example%2Fevil', '', 'https://good.example%2Fevil'],
    ['/proxy/https://good.example%40evil', '', 'https://good.example%40evil'],
    ['/proxy/https://good.example%FF', '', 'https://good.example%FF'],
    ['/proxy/ftp://api.example.com', '', 'ftp://api.example.com'],
    ['/proxy/javascript:alert', '', 'javascript:alert'],
    ['/proxy/file%3A///etc/passwd', '', 'file%3A///etc/passwd'],
    ['/proxy/https:api.example.com', '', 'https:api.example.com'],
    ['/proxy/https%253A%252F%252Fapi.example.com', '', 'https://https%253A%252F%252Fapi.example.com'],
  ])('%s%s is %s', (path, query, expected) => expect(read(path, query)).toBe(expected));

  it('may stand at the root', () => {
    expect(read('/https://api.example.com/a', '', '')).toBe('https://api.example.com/a');
    expect(read('/', '?url=https://api.example.com', '')).toBe('https://api.example.com');
  });

  it.each<[path: string, query: string, why: string]>([
    ['/proxy', '', 'The request names no URL.'],
    ['/proxy/', '', 'The request names no URL.'],
    ['/proxy', '?u=https://api.example.com', 'The request names no URL.'],
    ['/proxy', '?a=b&url=https://api.example.com', 'The request names no URL.'],
    ['/proxied/https://api.example.com', '', 'The request names no URL.'],
    [
      '/proxy',
      '?url=https%3A%2F%2Fapi.example.com&a=b',
      '`url` is not the only parameter: percent-encode the whole URL.',
    ],
    ['/proxy', '?url=https%3A%2F%2Fapi.example.com%FF', 'The URL is not percent-encoded as a whole.'],
    ['/proxy/https%3A%2F%2Fapi.example.com%FF', '', 'The URL is not percent-encoded as a whole.'],
  ])('%s%s: %s', (path, query, why) => expect(read(path, query)).toBe(why));
});
