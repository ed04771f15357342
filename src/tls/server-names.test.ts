import { describe, expect, it } from 'vitest';
import { ServerNames } from './server-names.ts';

const names = new ServerNames([
  { names: ['first.example'], value: 'first' },
  { names: ['*.example.com', 'example.com'], value: 'wildcard' },
  { names: ['api.example.com', '*.api.example.com'], value: 'exact' },
  { names: ['api.example.com'], value: 'late' },
  { names: ['__proto__', 'constructor'], value: 'odd' },
]);

describe('the certificate for a name', () => {
  it.each([
    ['api.example.com', 'exact'],
    ['API.Example.COM', 'exact'],
    ['www.example.com', 'wildcard'],
    ['example.com', 'wildcard'],
    ['v1.api.example.com', 'exact'],
    // A wildcard stands for one label.
    ['a.b.example.com', undefined],
    ['.example.com', 'wildcard'],
    ['other.example', undefined],
    ['', undefined],
    ['localhost', undefined],
    ['toString', undefined],
    ['__proto__', 'odd'],
  ])('%s: %s', (name, expected) => {
    expect(names.find(name)).toBe(expected);
  });
});
