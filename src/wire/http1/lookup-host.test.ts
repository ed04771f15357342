import type { LookupAddress } from 'node:dns';
import { expect, it } from 'vitest';
import { lookupHost } from './lookup-host.ts';

function resolve(name: string): Promise<string[]> {
  return new Promise((done, fail) => {
    lookupHost(name, { all: true }, (error, addresses) => {
      if (error === null) done((addresses as LookupAddress[]).map(({ address }) => address));
      else fail(error);
    });
  });
}

it.each(['localhost', 'LOCALHOST', 'app.localhost', 'localhost.'])(
  '%s is both loopback addresses, each once',
  async (name) => {
    expect((await resolve(name)).toSorted()).toEqual(['127.0.0.1', '::1']);
  },
);

it('other names are the system’s business', async () => {
  expect(await resolve('127.0.0.1')).toEqual(['127.0.0.1']);
  await expect(resolve('localhost.invalid')).rejects.toThrow();
});
