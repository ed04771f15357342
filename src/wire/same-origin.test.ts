import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import { isSameOrigin } from './same-origin.ts';

function sameOrigin(origin: string, scheme: string, authority: string): boolean {
  return isSameOrigin(origin, Object.assign(new TestExchange(), { scheme, authority }));
}

describe('an Origin', () => {
  it.each([
    ['http://a.test', 'http', 'a.test'],
    ['http://a.test:8080', 'http', 'a.test:8080'],
    ['https://a.test', 'https', 'a.test'],
    // A Host may name what an Origin never does.
    ['http://a.test', 'http', 'a.test:80'],
    ['https://a.test', 'https', 'a.test:443'],
    ['http://a.test', 'http', 'A.Test'],
    ['http://[::1]:3000', 'http', '[::1]:3000'],
  ])('%s is that of %s requests to %s', (origin, scheme, authority) => {
    expect(sameOrigin(origin, scheme, authority)).toBe(true);
  });

  it.each([
    ['https://a.test', 'http', 'a.test'],
    ['http://a.test', 'https', 'a.test'],
    ['http://a.test:8080', 'http', 'a.test'],
    ['http://a.test', 'http', 'a.test:8080'],
    ['http://a.test', 'http', 'a.test:443'],
    ['https://a.test', 'https', 'a.test:80'],
    ['http://b.a.test', 'http', 'a.test'],
    ['http://a.test.b', 'http', 'a.test'],
    ['http://xa.test', 'http', 'a.test'],
    ['http://a.test/', 'http', 'a.test'],
    ['null', 'http', 'null'],
    ['httpx//a.test', 'http', 'a.test'],
    ['https:/a.test', 'https', 'a.test'],
    ['', 'http', ''],
    ['http://', 'http', ''],
  ])('%s is not that of %s requests to %s', (origin, scheme, authority) => {
    expect(sameOrigin(origin, scheme, authority)).toBe(false);
  });
});
