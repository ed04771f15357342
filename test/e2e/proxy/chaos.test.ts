import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { connectClient, type RawAnswer, type RawClient } from '../../fixtures/raw-client.ts';
import { Random, seedOf } from '../../fixtures/random.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';
import { spawnGateway } from '../../fixtures/spawn-gateway.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

vi.setConfig({ testTimeout: 120_000 });

let upstream: RawUpstream;
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

/** What a server may do with a request that it has read, instead of answering it as it should. */
const FAULTS: readonly ((peer: RawPeer) => void)[] = [
  (peer) => peer.end(),
  (peer) => peer.reset(),
  (peer) => peer.socket.destroy(),
  (peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf').end(),
  (peer) => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf').reset(),
  (peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok'),
  (peer) => peer.send('garbage\r\n\r\n'),
  (peer) => peer.send(plain('surplus', 'Connection: close\r\n') + plain('poison')),
];

describe('a server that misbehaves at random, and clients that leave at random', () => {
  it('never get anybody another one’s answer, and leave nothing behind', async () => {
    const seed = seedOf();
    const random = new Random(seed);
    upstream = await startRawUpstream(async (peer) => {
      for (;;) {
        const head = await peer.head();
        const { text } = await peer.body(head);
        const id = head.start.split(' ')[1] ?? '';
        if (random.chance(0.2)) return random.pick(FAULTS)(peer);
        if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, random.int(10)));
        const answer = `${id} ${text.length} ${'z'.repeat(random.int(3) * 40_000)}`;
        const framed = random.chance(0.5)
          ? plain(answer)
          : `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${answer.length.toString(16)}\r\n${answer}\r\n0\r\n\r\n`;
        peer.send(framed);
        // Idle servers close whenever they like.
        if (random.chance(0.1)) setTimeout(() => peer.end(), random.int(5));
      }
    });
    gateway = await startProxy(upstream.url);
    const statuses = new Map<number, number>();
    const wrong: string[] = [];
    let number = 0;
    const ask = async (client: RawClient): Promise<void> => {
      const id = `/${++number}`;
      const size = random.int(3) * random.int(100_000);
      const method = random.pick(['GET', 'PUT', 'POST']);
      const body = method === 'GET' ? '' : `Content-Length: ${size}\r\n`;
      client.send(`${method} ${id} HTTP/1.1\r\nHost: a\r\n${body}\r\n${body === '' ? '' : 'b'.repeat(size)}`);
      if (random.chance(0.05)) return void client.reset();
      const answer = await client.answer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 200 && answer.body.text === 'surplus') return;
      const expected = `${id} ${body === '' ? 0 : size} `;
      if (answer.status === 200 && !answer.body.text.startsWith(expected))
        wrong.push(`${expected}: ${answer.body.text}`);
      if (answer.status !== 200 && answer.status !== 502) wrong.push(`${answer.status} ${answer.problem}`);
      if (answer.head.get('connection') === 'close') client.socket.destroy();
    };
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        let client = await gateway.connect();
        for (let i = 0; i < 100; i++) {
          // An answer that was cut is one that the client sees to be cut.
          await ask(client).catch(() => client.socket.destroy());
          if (client.socket.destroyed || client.fate !== '') client = await gateway.connect();
        }
        client.socket.destroy();
      }),
    );
    expect(wrong, `seed ${seed}`).toEqual([]);
    expect([...statuses.keys()].sort(), `seed ${seed}`).toEqual([200, 502]);
    await gateway.quiet(64);
    expect(gateway.lines).toEqual([]);
    // Its own connections idle; whatever else the server has open is what the gateway left behind.
    await vi.waitFor(() => expect(upstream.open).toBeLessThanOrEqual(gateway.gateway.connections.upstreams));
  });

  it('bodies that flow both ways at once, in fits and starts, arrive as they were', async () => {
    const seed = seedOf();
    const random = new Random(seed);
    const dawdle = async (peer: RawPeer): Promise<void> => {
      if (!random.chance(0.02)) return;
      peer.socket.pause();
      await new Promise((resolve) => setTimeout(resolve, random.int(30)));
      peer.socket.resume();
    };
    upstream = await startRawUpstream(async (peer) => {
      const head = await peer.head();
      peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n');
      let left = Number(head.get('content-length') ?? Number.POSITIVE_INFINITY);
      while (left > 0) {
        const piece = Number.isFinite(left)
          ? await peer.take(Math.min(left, 1 + random.int(50_000)))
          : await peer.chunk();
        if (piece === '') break;
        left -= piece.length;
        peer.send(`${piece.length.toString(16)}\r\n${piece}\r\n`);
        await dawdle(peer);
      }
      peer.send('0\r\n\r\n').end();
    });
    gateway = await startProxy(upstream.url);
    const echo = async (chunked: boolean): Promise<void> => {
      const client = await gateway.connect();
      const size = 3_000_000;
      const data = random.text('abcdefghij', 1000).repeat(size / 1000);
      client.send(
        `PUT / HTTP/1.1\r\nHost: a\r\n${chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${size}`}\r\n\r\n`,
      );
      const answer = client.answer();
      for (let at = 0; at < size;) {
        const piece = data.slice(at, at + 1 + random.int(60_000));
        at += piece.length;
        await client.deliver(chunked ? `${piece.length.toString(16)}\r\n${piece}\r\n` : piece);
        await dawdle(client);
      }
      if (chunked) client.send('0\r\n\r\n');
      const { body } = await answer;
      expect(body.text === data, `seed ${seed}`).toBe(true);
      client.end();
    };
    await Promise.all(Array.from({ length: 10 }, (_, i) => echo(i % 2 === 0)));
    await gateway.quiet();
  });
});

it('a gateway that runs out of descriptors serves on once it has some', async () => {
  const folder = makeTempFolder();
  upstream = await startRawUpstream(async (peer) => {
    for (;;) {
      await peer.head();
      peer.send(plain('ok'));
    }
  });
  // For `afterEach`, which closes it.
  gateway = await startProxy(upstream.url);
  const spawned = await spawnGateway(
    folder.path,
    // Its own limit would keep it from ever running out.
    { listen: '127.0.0.1:0', log: { access: 'off' }, limits: { connections: 0 }, routes: [{ proxy: upstream.url }] },
    60,
  );
  for (let round = 0; round < 3; round++) {
    const clients = await Promise.all(Array.from({ length: 150 }, () => connectClient(spawned.port)));
    const outcomes = new Set<string>();
    await Promise.all(
      clients
        .map((client) =>
          client.ask('/').then(
            (answer) => outcomes.add(`${answer.status} ${answer.problem}`),
            () => outcomes.add('closed'),
          ),
        )
        .map((asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 500))])),
    );
    for (const outcome of outcomes) expect(['200 ', '503 too-many-connections', 'closed']).toContain(outcome);
    for (const client of clients) client.socket.destroy();
    await vi.waitFor(
      async () => {
        const client = await connectClient(spawned.port);
        const answer = await client.ask('/').finally(() => client.socket.destroy());
        expect(answer.body.text).toBe('ok');
      },
      { timeout: 10_000 },
    );
  }
  await spawned.stop();
  folder.remove();
});

it('a file that no descriptor is left for is a 503, and there once one is', async () => {
  const folder = makeTempFolder();
  // Too large to be kept in memory.
  writeFileSync(join(folder.path, 'large.txt'), 'x'.repeat(4_000_000));
  upstream = await startRawUpstream(() => Promise.resolve());
  gateway = await startProxy(upstream.url);
  const spawned = await spawnGateway(
    folder.path,
    {
      listen: '127.0.0.1:0',
      log: { access: 'off' },
      limits: { connections: 0 },
      cors: { default: { origins: ['https://app.test'] } },
      routes: [{ files: folder.path }],
    },
    60,
  );
  const first = await connectClient(spawned.port);
  const ask = (): Promise<RawAnswer> => first.ask('/large.txt', { fields: 'Origin: https://app.test\r\n' });
  expect((await ask()).status).toBe(200);
  const others = await Promise.all(Array.from({ length: 100 }, () => connectClient(spawned.port)));
  await vi.waitFor(async () => {
    // A file that was sent while they came has left a descriptor.
    others.push(await connectClient(spawned.port), await connectClient(spawned.port));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answer = await ask();
    expect([answer.status, answer.problem]).toEqual([503, 'too-many-connections']);
    expect(answer.head.get('access-control-allow-origin')).toBe('https://app.test');
  }, 10_000);
  for (const client of others) client.socket.destroy();
  await vi.waitFor(async () => expect((await ask()).body.text).toHaveLength(4_000_000), 10_000);
  first.socket.destroy();
  await spawned.stop();
  folder.remove();
});
