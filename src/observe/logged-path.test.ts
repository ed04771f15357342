import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import { loggedPath } from './logged-path.ts';

describe('a path with a URL in it, in the log', () => {
  it.each([
    ['/proxy/https://api.test/users/7', '/proxy/https://api.test/users/7'],
    ['/proxy/https%3A%2F%2Fapi.test%2Fa%3Fkey%3Dsecret', '/proxy/https%3A%2F%2Fapi.test%2Fa…'],
    ['/proxy/https://api.test/a%3fkey=secret', '/proxy/https://api.test/a…'],
    ['/proxy/https%253A%252F%252Fapi.test%252Fa%253Fkey=secret', '/proxy/https%253A%252F%252Fapi.test%252Fa…'],
    ['/proxy/https://me:secret@api.test/a', '/proxy/https://…'],
    ['/proxy/https%3A%2F%2Fme%3Asecret%40api.test%2Fa', '/proxy/…'],
    ['/proxy/https://api.test/users/@me', '/proxy/https://api.test/users/…'],
  ])('%s is %s', (target, logged) => {
    const exchange = new TestExchange({ target: `${target}?query` });
    exchange.route = { label: 'open', urlInPath: true };
    expect(loggedPath(exchange)).toBe(logged);
    exchange.route = { label: 'any other' };
    expect(loggedPath(exchange)).toBe(target);
  });
});
