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
