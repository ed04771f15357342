import { expect, it } from 'vitest';
import { connectClient } from '../../test/fixtures/raw-client.ts';
import { createGateway } from './index.ts';

it('logs what an onExchange throws, and answers on', async () => {
  const lines: string[] = [];
  const gateway = createGateway(
    { listen: '127.0.0.1:0', log: { access: 'off' }, routes: [{ respond: { body: 'ok' } }] },
    {
      log: { write: (text: string) => lines.push(text) },
      onExchange: () => {
        throw new Error('a hook with a bug');
      },
    },
  );
  const [address] = await gateway.listen();
  const client = await connectClient(address?.port ?? 0, '127.0.0.1');
  expect((await client.ask('/')).body.text).toBe('ok');
  expect((await client.ask('/')).body.text).toBe('ok');
  client.end();
  await gateway.close({ deadline: 0 });
  expect(lines.join('')).toMatch(/a hook with a bug[\s\S]*a hook with a bug/);
});
