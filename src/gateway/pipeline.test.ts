import { describe, expect, it } from 'vitest';
import { TestExchange } from '../../test/fixtures/test-exchange.ts';
import type { Filter } from '../features/filter.ts';
import { HeaderList } from '../wire/header-list.ts';
import { FilterChain, Pipeline } from './pipeline.ts';

const boom = new Error('boom');

function run(filters: readonly Filter[], action = (exchange: TestExchange) => exchange.reply(200, new HeaderList())) {
  const exchange = new TestExchange();
  const errors: unknown[] = [];
  exchange.onError = (_exchange, error) => errors.push(error);
  new Pipeline(undefined, new FilterChain(filters), (each) => action(each as TestExchange)).run(exchange);
  return { exchange, errors };
}

describe('a pipeline', () => {
  it('answers 500 and reports what a request phase or an action throws', () => {
    const throwing = (): never => {
      throw boom;
    };
    for (const { exchange, errors } of [run([{ name: 'bad', request: throwing }]), run([], throwing)]) {
      expect([exchange.status, exchange.problem, errors]).toEqual([500, 'internal-error', [boom]]);
    }
  });

  it('lets a response out although a response phase throws, and reports it', () => {
    const bad: Filter = {
      name: 'bad',
      response: () => {
        throw boom;
      },
    };
    const { exchange, errors } = run([bad]);
    expect([exchange.status, errors]).toEqual([200, [boom]]);
  });

  it('waits for a phase that truly waits, and goes on only if it has not answered', async () => {
    const { exchange } = run([{ name: 'slow', request: () => Promise.resolve(false) }]);
    expect(exchange.status).toBe(0);
    await new Promise(setImmediate);
    expect(exchange.status).toBe(200);
    const failed = run([{ name: 'slow', request: () => Promise.reject(boom) }]);
    await new Promise(setImmediate);
    expect([failed.exchange.status, failed.errors]).toEqual([500, [boom]]);
  });
});
