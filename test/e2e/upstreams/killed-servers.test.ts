import { Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import { startFrozenServer } from '../../fixtures/frozen-server.ts';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { startServerProcess, type ServerProcess } from '../../fixtures/server-process.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';

vi.setConfig({ testTimeout: 120_000 });

const servers = new Map<string, ServerProcess>();
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all([...servers.values()].map((server) => server.kill()));
  servers.clear();
});

async function begin(options: Omit<UpstreamOptions, 'servers'> = {}): Promise<void> {
  for (const name of ['a', 'b']) servers.set(name, await startServerProcess(name, { delay: 2 }));
  gateway = await startProxy(
    [...servers.values()].map(({ url }) => url),
    { upstream: options },
  );
}

/** Idempotent requests without and with a body, one after the other on each of many connections, for as long as it's `on`. */
class Load {
  private readonly clients: Promise<void>[];
  private on = true;
  readonly answers = new Map<string, number>();

  constructor(count: number) {
    this.clients = Array.from({ length: count }, async (_, i) => this.ask(await gateway.connect(), i));
  }

  get total(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Waits for so many more answers, so that what follows comes in the middle of the load. */
  async more(count: number): Promise<void> {
    const enough = this.total + count;
    await vi.waitFor(() => expect(this.total).toBeGreaterThan(enough), { timeout: 60_000, interval: 5 });
  }

  async end(): Promise<void> {
    this.on = false;
    await Promise.all(this.clients);
  }

  private async ask(client: RawClient, index: number): Promise<void> {
    for (let i = 0; this.on; i++) {
      const put = { method: 'PUT', fields: 'Content-Length: 5\r\n', body: 'hello' };
      const { status, problem, body } = await client.ask(`/${index}/${i}`, i % 2 === 0 ? {} : put);
      const what = status === 200 ? body.text : `${status} ${problem}`;
      this.answers.set(what, (this.answers.get(what) ?? 0) + 1);
    }
    client.end();
  }
}

const GOOD = ['a 0', 'a 5', 'b 0', 'b 5'];

describe('two servers under load, one of which is killed with SIGKILL', () => {
  it.each<[string, Omit<UpstreamOptions, 'servers'>]>([
    ['with nothing configured', {}],
    [
      'with least-requests and health checks',
      { balance: 'least-requests', healthCheck: { path: '/', interval: '100ms' } },
    ],
    ['with at most so many requests and a queue', { maxRequests: 12, queue: { size: 100 } }],
  ])('fail no request: %s', async (_, options) => {
    await begin(options);
    const load = new Load(32);
    await load.more(500);
    await servers.get('a')?.kill();
    await load.more(1000);
    await load.end();
    expect([...load.answers.keys()].toSorted()).toEqual(GOOD);
    expect(gateway.records.filter(({ problem }) => problem !== undefined)).toEqual([]);
    // It was noticed, and not by every request anew.
    expect(gateway.lines.join('')).toMatch(/is left out|is down/);
  });

  it('fail no request while they are killed and started again in turn', async () => {
    await begin();
    const load = new Load(32);
    for (let round = 0; round < 6; round++) {
      const name = round % 2 === 0 ? 'a' : 'b';
      const server = servers.get(name);
      await load.more(300);
      await server?.kill();
      await load.more(300);
      servers.set(name, await startServerProcess(name, { port: server?.port ?? 0, delay: 2 }));
    }
    await load.more(300);
    await load.end();
    expect([...load.answers.keys()].toSorted()).toEqual(GOOD);
  });
});

describe('a server that accepts no connection', () => {
  it('costs a few requests the timeout, whatever they are, and then none', async () => {
    const frozen = await startFrozenServer();
    // Its queue is full.
    const fillers = Array.from({ length: 4 }, () =>
      new Socket().on('error', () => {}).connect(frozen.port, '127.0.0.1'),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    servers.set('a', await startServerProcess('a'));
    gateway = await startProxy([`http://127.0.0.1:${frozen.port}`, servers.get('a')!.url], {
      upstream: { timeouts: { connect: '200ms' } },
    });
    const client = await gateway.connect();
    for (let i = 0; i < 30; i++) {
      const answer = await client.ask('/', { method: 'POST', fields: 'Content-Length: 4\r\n', body: 'post' });
      expect(answer.body.text).toBe('a 4');
    }
    const tried = gateway.records.filter(({ attempts }) => attempts === 2).length;
    // Five in a row, and one more each time that it's back.
    expect(tried).toBeGreaterThanOrEqual(5);
    expect(tried).toBeLessThan(10);
    client.end();
    for (const filler of fillers) filler.destroy();
    frozen.stop();
  });
});
