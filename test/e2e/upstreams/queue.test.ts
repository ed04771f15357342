import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import type { RawAnswer, RawClient } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { startAllNamed, type NamedServer } from './named-servers.ts';

let servers: NamedServer[];
let gateway: TestGateway;
let clients: RawClient[] = [];
/** Requests that a server has read and not answered. */
let held: { peer: RawPeer; text: string; name: string }[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.destroy();
  held = [];
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function begin(names: string, options: Omit<UpstreamOptions, 'servers'>, total = '0s'): Promise<void> {
  servers = await startAllNamed(...names);
  for (const server of servers) {
    server.does = (peer, _, text) => void held.push({ peer, text, name: server.name });
  }
  gateway = await startGateway({
    upstreams: { all: { ...options, servers: servers.map(({ url }) => url) } },
    routes: [{ proxy: 'all', timeouts: { total } }],
  });
}

/** Asks, and doesn't wait for the answer. */
async function send(
  options: Parameters<RawClient['ask']>[1] = {},
): Promise<{ client: RawClient; answer: Promise<RawAnswer> }> {
  const client = await gateway.connect();
  clients.push(client);
  const answer = client.ask('/', options);
  answer.catch(() => {});
  return { client, answer };
}

const holding = (count: number): Promise<void> =>
  vi.waitFor(() => expect(held).toHaveLength(count), { timeout: 10_000 });

/** Has the request that came first answered. */
function release(): void {
  const { peer, text, name } = held.shift()!;
  peer.send(plain(`${name} ${text.length}`));
}

/** How many requests wait in the gateway. */
const waiting = (): number => {
  const family = gateway.gateway.snapshot().find(({ name }) => name === 'oneorigin_upstream_waiting');
  const [series] = family?.series ?? [];
  return series !== undefined && 'value' in series ? series.value : 0;
};

const shown = async (answer: Promise<RawAnswer>): Promise<string> => {
  const { status, problem, body } = await answer;
  return `${status} ${problem || body.text}`;
};

describe('with `maxRequests`', () => {
  it('each server has at most so many, the others wait, first come, first served', async () => {
    await begin('ab', { maxRequests: 2, queue: { timeout: '30s' } });
    const sent = [];
    for (let i = 0; i < 8; i++) {
      sent.push(await send({ method: 'PUT', fields: `Content-Length: ${i}\r\n`, body: 'x'.repeat(i) }));
      await holding(Math.min(i + 1, 4));
    }
    expect(held.map(({ text }) => text.length)).toEqual([0, 1, 2, 3]);
    expect(servers.map(({ open }) => open)).toEqual([2, 2]);
    for (let i = 0; i < 8; i++) {
      const next = held[0]!.text.length;
      release();
      expect(await shown(sent[next]!.answer)).toMatch(new RegExp(`^200 [ab] ${next}$`));
      // One goes, the next comes.
      await holding(Math.min(4, 7 - i));
      expect(
        held
          .map(({ text }) => text.length)
          .toSorted()
          .at(-1) ?? 7,
      ).toBe(Math.min(7, i + 4));
    }
  });

  it('a server that is full is passed over by every strategy, and by clients that stick to it', async () => {
    for (const balance of ['round-robin', 'least-requests', 'random-two', { hash: 'address' }] as const) {
      await begin('ab', { maxRequests: 1, balance, sticky: { secret: '0123456789abcdef' } });
      const sent = [await send()];
      await holding(1);
      sent.push(await send());
      await holding(2);
      expect(held.map(({ name }) => name).toSorted()).toEqual(['a', 'b']);
      release();
      release();
      for (const { answer } of sent) expect((await answer).status).toBe(200);
      await gateway.close();
      await Promise.all(servers.map((server) => server.close()));
    }
  });

  it('past the queue requests get 503 and when to come back, at once', async () => {
    await begin('a', { maxRequests: 1, queue: { size: 2, timeout: '30s' } });
    const [first, second, third] = [await send(), await send(), await send()];
    await holding(1);
    const answer = await (await send()).answer;
    expect([answer.status, answer.problem, answer.head.get('retry-after')]).toEqual([503, 'no-free-server', '1']);
    for (const { answer } of [first, second, third]) {
      await holding(1);
      release();
      expect((await answer).status).toBe(200);
    }
    // There's room again.
    const again = await send();
    await holding(1);
    release();
    expect((await again.answer).status).toBe(200);
  });

  it('without a queue nobody waits', async () => {
    await begin('a', { maxRequests: 1, queue: false });
    await send();
    await holding(1);
    expect(await shown((await send()).answer)).toBe('503 no-free-server');
  });

  it('nobody waits for longer than they should', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '200ms' } });
    const first = await send();
    await holding(1);
    expect(await shown((await send()).answer)).toBe('503 no-free-server');
    release();
    expect((await first.answer).status).toBe(200);
  });

  it('the timeout of the whole exchange holds for those who wait, too', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } }, '300ms');
    await send();
    await holding(1);
    expect(await shown((await send()).answer)).toBe('504 upstream-total-timeout');
  });

  it('who leaves the queue leaves its place to the next, and is asked for by nobody', async () => {
    await begin('a', { maxRequests: 1, queue: { size: 1, timeout: '30s' } });
    const first = await send();
    await holding(1);
    const second = await send();
    // The queue is full now.
    await vi.waitFor(async () => expect(await shown((await send()).answer)).toBe('503 no-free-server'));
    second.client.reset();
    await vi.waitFor(() => expect(gateway.records.some(({ aborted }) => aborted === 'client-closed')).toBe(true));
    const third = await send({ method: 'PUT', fields: 'Content-Length: 5\r\n', body: 'third' });
    await vi.waitFor(() => expect(waiting()).toBe(1));
    release();
    expect(await shown(first.answer)).toBe('200 a 0');
    await holding(1);
    release();
    expect(await shown(third.answer)).toBe('200 a 5');
    expect(servers[0]?.asked).toHaveLength(2);
  });

  it('a body that waits is passed on whole, however large', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } });
    const first = await send();
    await holding(1);
    const sizes = [1, 70_000, 5_000_000];
    const sent = [];
    for (const size of sizes) {
      sent.push(await send({ method: 'POST', fields: `Content-Length: ${size}\r\n`, body: 'x'.repeat(size) }));
    }
    const chunks = `${'5\r\nhello\r\n'.repeat(30_000)}0\r\n\r\n`;
    sent.push(await send({ method: 'POST', fields: 'Transfer-Encoding: chunked\r\n', body: chunks }));
    await vi.waitFor(() => expect(waiting()).toBe(4));
    release();
    expect((await first.answer).status).toBe(200);
    const got = [];
    for (let i = 0; i < sent.length; i++) {
      await holding(1);
      release();
    }
    for (const { answer } of sent) got.push(await shown(answer));
    expect(got).toEqual([...sizes, 150_000].map((size) => `200 a ${size}`));
  });

  it('a client that breaks off its body while it waits disturbs nobody', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } });
    const first = await send();
    await holding(1);
    const half = await gateway.connect();
    half.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    await vi.waitFor(() => expect(waiting()).toBe(1));
    half.reset();
    await vi.waitFor(() => expect(waiting()).toBe(0));
    const next = await send();
    release();
    expect((await first.answer).status).toBe(200);
    await holding(1);
    release();
    expect((await next.answer).status).toBe(200);
    expect(servers[0]?.asked).toHaveLength(2);
  });

  it('bytes behind an answer end its connection before the next in the queue could get it', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } });
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const first = await send();
    await holding(1);
    const second = await send();
    await vi.waitFor(() => expect(waiting()).toBe(1));
    held.shift()!.peer.send(`${chunked}5\r\nfirst\r\n0\r\n\r\n${plain('poison')}`);
    expect(await shown(first.answer)).toBe('200 first');
    await holding(1);
    release();
    expect(await shown(second.answer)).toBe('200 a 0');
    expect(servers[0]?.accepted).toBe(2);
  });

  it('a WebSocket counts for as long as it is open', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } });
    servers[0]!.does = (peer) => {
      peer.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    };
    const socket = await send({ fields: 'Connection: Upgrade\r\nUpgrade: websocket\r\n' });
    expect((await socket.answer).status).toBe(101);
    servers[0]!.does = undefined;
    const next = await send();
    await vi.waitFor(() => expect(waiting()).toBe(1));
    expect(servers[0]!.asked).toHaveLength(1);
    socket.client.end();
    expect(await shown(next.answer)).toBe('200 a');
  });

  it('a server that dies frees its places', async () => {
    await begin('ab', { maxRequests: 1, queue: { timeout: '30s' } });
    const sent = [await send(), await send()];
    await holding(2);
    sent.push(await send());
    const other = held.find(({ name }) => name === 'b')!;
    await servers[0]!.close();
    other.peer.send(plain('b'));
    servers[1]!.does = undefined;
    const answers = await Promise.all(sent.map(({ answer }) => shown(answer)));
    expect(answers).toEqual(['200 b', '200 b', '200 b']);
  });

  it('requests that wait are told when no server is left', async () => {
    await begin('a', {
      maxRequests: 1,
      queue: { timeout: '30s' },
      healthCheck: { path: '/health', interval: '100ms', fall: 1 },
    });
    servers[0]!.does = (peer, head) => {
      if (!head.start.includes('/health')) held.push({ peer, text: '', name: 'a' });
      else peer.send(`HTTP/1.1 ${held.length > 0 ? 500 : 200} Told\r\nContent-Length: 0\r\n\r\n`);
    };
    await send();
    await holding(1);
    expect(await shown((await send()).answer)).toBe('503 no-healthy-server');
  });

  it('the gateway’s own end is not held up by those who wait', async () => {
    await begin('a', { maxRequests: 1, queue: { timeout: '30s' } });
    await send();
    await holding(1);
    const second = await send();
    await vi.waitFor(() => expect(waiting()).toBe(1));
    await gateway.gateway.close({ deadline: 100 });
    await expect(second.answer).rejects.toThrow();
  });
});
