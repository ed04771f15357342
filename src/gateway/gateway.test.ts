import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { childrenOf } from '../../test/fixtures/serve-process.ts';
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

it('is one process in a program, whatever its config says of workers', async () => {
  const before = childrenOf(process.pid);
  const gateway = createGateway({ listen: '127.0.0.1:0', workers: 3, routes: [{ respond: 204 }] });
  const [address] = await gateway.listen();
  expect((await fetch(address?.url ?? '')).status).toBe(204);
  expect(childrenOf(process.pid).length).toBeLessThanOrEqual(before.length);
  await gateway.close({ deadline: 0 });
});

it('serves connections that somebody else accepted, and refuses those beyond a limit', async () => {
  const gateway = createGateway({ log: { access: 'off' }, routes: [{ respond: { body: 'ok' } }] });
  let seen = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => gateway.accept(socket, { beyondLimit: seen++ > 0 }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [first, second] = [await connectClient(port), await connectClient(port)];
  expect((await first.ask('/')).body.text).toBe('ok');
  expect((await second.ask('/')).problem).toBe('too-many-connections');
  expect(() => gateway.accept(first.socket, { listener: 1 })).toThrow(RangeError);
  const closed = gateway.close();
  expect(await first.rest()).toBe('');
  for (const client of [first, second]) client.end();
  await closed;
  server.close();
});
