import { describe, expect, it } from 'vitest';
import { TestExchange, type TestRequest } from '../../../test/fixtures/test-exchange.ts';
import type { RedirectModel } from '../../config/model.ts';
import { createRedirect } from './redirect.ts';

function ask(to: string, request: TestRequest = {}, status: RedirectModel['status'] = 308): TestExchange {
  const exchange = new TestExchange(request);
  createRedirect({ kind: 'redirect', to, status })(exchange);
  return exchange;
}

const location = (to: string, request: TestRequest) => ask(to, request).header('location');
const rest = (value: string) => ({ '*': value });

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308] as const)('answers any method with %i and no body', (status) => {
    const answer = ask('/new', { method: 'POST', bodyLength: 3 }, status);
    expect([answer.status, answer.header('location'), answer.text]).toEqual([status, '/new', '']);
    expect(answer.discarded).toBe(true);
  });

  it.each([
    ['/new/:id', { params: { id: '7' } }, '/new/7'],
    ['/new/*', { params: rest('a/b') }, '/new/a/b'],
    ['/new/*', {}, '/new/'],
    ['https://api.example:8443/v2/:id/*', { params: { id: '7', ...rest('x') } }, 'https://api.example:8443/v2/7/x'],
    ['/new/*', { params: rest('caf%C3%A9%2fx%20y') }, '/new/caf%C3%A9%2fx%20y'],
    ['/caf\u00e9/*', { params: rest('x') }, '/caf%C3%A9/x'],
    ['/\u{1f600}', {}, '/%F0%9F%98%80'],
  ])('to %s for %j goes to %s', (to, request, expected) => {
    expect(location(to, request)).toBe(expected);
  });

  it.each([
    ['/new', '/new?a=1&b=%20'],
    ['/new#part', '/new?a=1&b=%20#part'],
    ['https://other.example', 'https://other.example?a=1&b=%20'],
    ['/new?x=1', '/new?x=1'],
    ['/new?', '/new'],
    ['/new{query}', '/new?a=1&b=%20'],
    ['/new?x=1{query}', '/new?x=1&a=1&b=%20'],
    ['/new?x=1&{query}', '/new?x=1&a=1&b=%20'],
    ['/new?{query}', '/new?a=1&b=%20'],
  ])('to %s takes the query along as %s', (to, expected) => {
    expect(location(to, { target: '/old?a=1&b=%20' })).toBe(expected);
  });

  it.each([
    ['/new{query}', '/old', '/new'],
    ['/new?x=1{query}', '/old', '/new?x=1'],
    ['/new?{query}', '/old?', '/new'],
    ['/new', '/old?', '/new'],
  ])('to %s for %s has no query to take', (to, target, expected) => {
    expect(location(to, { target })).toBe(expected);
  });

  it.each([
    ['/*', rest('/evil.example'), '/evil.example'],
    ['/*', rest('\\evil.example'), '/evil.example'],
    ['/*', rest('/\\evil.example'), '/evil.example'],
    ['/a/*', rest('\\evil.example'), '/a/%5Cevil.example'],
    ['/*', rest('//evil.example/..'), '/evil.example/..'],
    ['/:a/:b', { a: '', b: 'evil.example' }, '/evil.example'],
    ['/*', rest('https://evil.example'), '/https://evil.example'],
    ['https://good.example/*', rest('/evil.example'), 'https://good.example//evil.example'],
    ['https://good.example/*', rest('@evil.example'), 'https://good.example/@evil.example'],
  ])('to %s never leads %j to another host', (to, params, expected) => {
    const answer = location(to, { params }) ?? '';
    const here = to.startsWith('/') ? 'https://here.example' : 'https://good.example';
    expect(new URL(answer, 'https://here.example').origin).toBe(here);
    expect(answer).toBe(expected);
  });

  it('never breaks out of its line', () => {
    expect(location('/*', { params: rest('a\r\nSet-Cookie: x=1') })).toBe('/a%0D%0ASet-Cookie:%20x=1');
    expect(location('/', { target: '/?a=\r\nb' })).toBe('/?a=%0D%0Ab');
    expect(location('/*', { params: rest('\t/evil.example') })).toBe('/%09/evil.example');
  });
});
