import { describe, expect, it } from 'vitest';
import { TestExchange, type TestRequest } from '../../../test/fixtures/test-exchange.ts';
import type { RespondModel } from '../../config/model.ts';
import { createRespond } from './respond.ts';

function ask(model: Partial<RespondModel>, request: TestRequest = {}): TestExchange {
  const exchange = new TestExchange(request);
  createRespond({ kind: 'respond', status: 200, headers: [], body: '', ...model })(exchange);
  return exchange;
}

describe('a fixed answer', () => {
  it('has its status, its headers in their order and its body', () => {
    const headers = [
      ['X-One', '1'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ] as const;
    const answer = ask({ status: 418, headers, body: 'gr\u00fc\u00dfe' });
    expect([answer.status, answer.text, answer.announced]).toEqual([418, 'gr\u00fc\u00dfe', 7]);
    expect(answer.sent.getAll('set-cookie')).toEqual(['a=1', 'b=2']);
    expect(answer.header('x-one')).toBe('1');
  });

  it.each([
    ['{"ok":true}', 'application/json'],
    ['  [1]', 'application/json'],
    ['{not json', 'text/plain; charset=utf-8'],
    ['42', 'text/plain; charset=utf-8'],
    ['ok', 'text/plain; charset=utf-8'],
    ['', undefined],
  ])('%j is sent as %s', (body, type) => {
    expect(ask({ body }).header('content-type')).toBe(type);
  });

  it('keeps the type it is given', () => {
    const answer = ask({ headers: [['content-type', 'text/html']], body: '{}' });
    expect(answer.sent.getAll('content-type')).toEqual(['text/html']);
  });

  it.each([204, 205, 304])('has no body with %i', (status) => {
    const answer = ask({ status, body: 'x' });
    expect([answer.status, answer.text, answer.header('content-type')]).toEqual([status, '', undefined]);
  });

  it('is told but not sent to HEAD', () => {
    const answer = ask({ body: 'hello' }, { method: 'HEAD' });
    expect([answer.announced, answer.text]).toEqual([5, '']);
  });

  it('has the body of its request thrown away', () => {
    expect(ask({}, { method: 'POST', bodyLength: -1 }).discarded).toBe(true);
  });

  it('is not changed by what the door does to another', () => {
    const action = createRespond({ kind: 'respond', status: 200, headers: [['X-One', '1']], body: 'x' });
    for (let i = 0; i < 2; i++) {
      const exchange = new TestExchange();
      exchange.door = (_exchange, _status, headers) => headers.append('X-Door', '1');
      action(exchange);
      expect(exchange.sent.getAll('x-door')).toEqual(['1']);
    }
  });
});
