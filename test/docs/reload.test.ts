import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import * as oneorigin from '../../src/index.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/reload.md', import.meta.url)), 'utf8');

it('the program of docs/reload.md does what it says', async () => {
  const program = /^```ts\n([^]*?)^```$/m.exec(page)?.[1] ?? '';
  const lines: string[] = [];
  const bodies: string[] = [];
  // Its own words, on a free port and without five seconds of waiting.
  const steps = program
    .replace(/^import .*$/m, '')
    .replaceAll('8080', "'127.0.0.1:0'")
    .replaceAll(/(await gateway\.(?:listen|reload)\(.*\));/g, 'await read($1);')
    .replace('gateway.ready;', 'note(gateway.ready);')
    .replace('delay: 5000', 'delay: 10');
  const run = new Function(
    'createGateway',
    'read',
    'note',
    `return (async () => { ${steps}; note(gateway.ready); })()`,
  ) as (...args: unknown[]) => Promise<void>;
  const read = async (addresses: readonly oneorigin.GatewayAddress[]): Promise<void> => {
    bodies.push(await (await fetch(addresses[0]?.url ?? '')).text());
  };
  const create = (config: oneorigin.Config): oneorigin.Gateway =>
    oneorigin.createGateway({ ...config, log: { access: 'off' } });
  await run(create, read, (ready: boolean) => lines.push(String(ready)));
  expect([bodies, lines]).toEqual([
    ['old', 'new'],
    ['true', 'false'],
  ]);
});
