import { describe, expect, it } from 'vitest';
import { hostName, parseHostPattern } from './host.ts';

describe('a host pattern', () => {
  it.each([
    ['api.example.com', { kind: 'exact', name: 'api.example.com' }],
    ['API.Example.com.', { kind: 'exact', name: 'api.example.com' }],
    ['*.example.com', { kind: 'below', name: 'example.com' }],
    ['localhost', { kind: 'exact', name: 'localhost' }],
    ['my_service', { kind: 'exact', name: 'my_service' }],
    ['[::0001]', { kind: 'exact', name: '[::1]' }],
    ['127.0.0.1', { kind: 'exact', name: '127.0.0.1' }],
    ['*.bücher.example', { kind: 'below', name: 'xn--bcher-kva.example' }],
  ])('%s is understood', (text, expected) => {
    expect(parseHostPattern(text)).toEqual(expected);
  });

  it.each([
    ['https://a.example', 'scheme'],
    ['a.example:80', 'port'],
    ['[::1]:80', 'port'],
    ['a.*.example', 'wildcard'],
    ['*a.example', 'wildcard'],
    ['*.[::1]', 'wildcard'],
    ['*', 'wildcard'],
    ['', 'name'],
    ['*.', 'name'],
    ['a b', 'name'],
    ['a/b', 'name'],
    ['user@a.example', 'name'],
    ['a..b', 'name'],
    ['.a.example', 'name'],
    ['[::1', 'name'],
    ['a%2eb', 'name'],
    ['1.2.3.999', 'name'],
  ])('%s is not one: %s', (text, reason) => {
    expect(parseHostPattern(text)).toMatchObject({ code: 'route-host-invalid', data: { reason } });
  });
});

it('a Host field is read without port, trailing dot and capitals', () => {
  expect(hostName('A.Example:80')).toBe('a.example');
  expect(hostName('a.example.')).toBe('a.example');
  expect(hostName('[::FFFF:1]:80')).toBe('[::ffff:1]');
  expect(hostName('[bad')).toBe('[bad');
});
