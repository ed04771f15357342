import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GOOD, http, https, INSIDE, VettingStage } from '../../test/fixtures/vetting-stage.ts';
import { TimerWheel } from '../wire/timer-wheel.ts';
import { AddressPools } from './address-pools.ts';
import type { ServerPool } from './server-pool.ts';
import type { Vetted } from './vetted-pools.ts';

let stage: VettingStage;
beforeAll(() => {
  stage = new VettingStage();
});
afterEach(() => stage.clear());
afterAll(() => stage.remove());

describe('several addresses', () => {
  it('are tried in turn, and the one that took no connection comes last from then on', async () => {
    const port = await stage.serve(GOOD);
    const names = await stage.dns({ 'api.example': { a: ['127.0.0.4', GOOD] } });
    const { pools, ask } = stage.asking(names, { allowPrivate: [GOOD, '127.0.0.4'] });
    expect(await ask(http('api.example', port))).toBe(`${GOOD} - api.example #1`);
    const again = await new Promise<Vetted>((resolve) => pools.find(http('api.example', port), resolve));
    if (again.outcome !== 'found') throw new Error(again.outcome);
    expect(again.server.pool.target.host).toBe(GOOD);
    again.server.next();
    expect(again.server.pool.target.host).toBe('127.0.0.4');
    expect(again.server.hasNext).toBe(false);
  });

  it('are not tried without end', async () => {
    const all = Array.from({ length: 20 }, (_, at) => `127.0.1.${at + 1}`);
    const { pools, ask } = stage.asking(await stage.dns({ 'api.example': { a: all } }), {
      allowPrivate: ['127.0.1.0/24'],
    });
    // Nothing listens there: a port that was free a moment ago.
    const port = await stage.serve(INSIDE);
    expect(await ask(http('api.example', port))).toBe('upstream-refused');
    expect(pools.size).toBe(4);
  });
});

describe('connections', () => {
  it('are reused by the same name, and by no other at the same address', async () => {
    const port = await stage.serve(GOOD, ['DNS:a.example', 'DNS:b.example']);
    const names = await stage.dns({ 'a.example': { a: [GOOD] }, 'b.example': { a: [GOOD] } });
    const { ask, pools } = stage.asking(names);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(await ask(https('b.example', port))).toBe(`${GOOD} b.example b.example #2`);
    expect(await ask(https('a.example', port))).toBe(`${GOOD} a.example a.example #1`);
    expect(pools.size).toBe(2);
  });

  it('are reused by no other port or protocol', async () => {
    const [one, two] = [await stage.serve(GOOD), await stage.serve(GOOD)];
    const { ask, pools } = stage.asking(await stage.dns({ 'a.example': { a: [GOOD] } }));
    expect(await ask(http('a.example', one))).toBe(`${GOOD} - a.example #1`);
    expect(await ask(http('a.example', two))).toBe(`${GOOD} - a.example #1`);
    expect(await ask(https('a.example', one))).toBe('upstream-tls not-tls');
    expect(pools.size).toBe(3);
  });

  it('to a name that many ask at a time need one question', async () => {
    const port = await stage.serve(GOOD);
    const names = await stage.dns({ 'a.example': { a: [GOOD], delay: 50 } });
    const { ask, pools } = stage.asking(names);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(http('a.example', port))));
    expect(new Set(answers).size).toBe(100);
    expect(answers.every((answer) => answer.startsWith(`${GOOD} - a.example #`))).toBe(true);
    expect(names.asked).toHaveLength(2);
    expect(pools.size).toBe(1);
  });

  it('to more servers than are kept close those used longest ago', async () => {
    const port = await stage.serve(GOOD);
    const hosts = ['a.example', 'b.example', 'c.example'];
    const { ask, pools } = stage.asking(
      await stage.dns(Object.fromEntries(hosts.map((host) => [host, { a: [GOOD] }]))),
      {
        maxPools: 2,
      },
    );
    const seen: string[] = [];
    for (const host of ['a', 'b', 'a', 'c', 'a', 'b']) seen.push(await ask(http(`${host}.example`, port)));
    expect(seen.map((answer) => answer.slice(-2))).toEqual(['#1', '#2', '#1', '#3', '#1', '#4']);
    expect(pools.size).toBe(2);
    await expect.poll(() => stage.sockets.size).toBe(2);
  });

  it('that are idle are not more than are kept, whatever the number of servers', async () => {
    const port = await stage.serve(GOOD);
    const hosts = ['a.example', 'b.example', 'c.example', 'd.example'];
    const { ask, pools } = stage.asking(
      await stage.dns(Object.fromEntries(hosts.map((host) => [host, { a: [GOOD] }]))),
      {
        maxIdle: 2,
      },
    );
    const seen: string[] = [];
    for (const host of ['a', 'b', 'c', 'a', 'd', 'a', 'c']) seen.push(await ask(http(`${host}.example`, port)));
    // One is looked for before the one that asks has an idle connection of its own.
    expect(seen.map((answer) => answer.slice(-2))).toEqual(['#1', '#2', '#3', '#1', '#4', '#1', '#5']);
    expect(pools.size).toBe(4);
    await expect.poll(() => stage.sockets.size).toBe(pools.connections);
    expect(pools.connections).toBeLessThanOrEqual(3);
  });

  it('are not kept once the pools are closed', async () => {
    const port = await stage.serve(GOOD);
    const { ask, pools } = stage.asking(await stage.dns({ 'a.example': { a: [GOOD] }, 'b.example': { a: [GOOD] } }));
    expect(await ask(http('a.example', port))).toBe(`${GOOD} - a.example #1`);
    expect(pools.connections).toBe(1);
    pools.close();
    expect(pools.connections).toBe(0);
    expect(await ask(http('a.example', port))).toBe(`${GOOD} - a.example #2`);
    expect(await ask(http('b.example', port))).toBe(`${GOOD} - b.example #3`);
    expect(pools.connections).toBe(0);
    await expect.poll(() => stage.sockets.size).toBe(0);
  });
});

describe('pools', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const MINUTE = 60_000;

  function idlePools(maxPools = 256): { pools: AddressPools; poolOf: (host: string) => ServerPool } {
    const pools = new AddressPools({
      ca: undefined,
      serverName: undefined,
      limits: { maxIdle: 10, idleTimeout: 4000 },
      maxPools,
      wheel: new TimerWheel(),
    });
    return { pools, poolOf: (host) => pools.of(http(host, 1), host).pool };
  }

  it('that nobody uses are forgotten', () => {
    const { pools, poolOf } = idlePools();
    poolOf('127.0.0.1');
    poolOf('127.0.0.2');
    expect(pools.size).toBe(2);
    vi.advanceTimersByTime(4 * MINUTE);
    poolOf('127.0.0.2');
    expect(pools.size).toBe(2);
    vi.advanceTimersByTime(4 * MINUTE);
    expect(pools.size).toBe(1);
    vi.advanceTimersByTime(15 * MINUTE);
    expect(pools.size).toBe(0);
  });

  it('with a connection are kept, however long it lasts', () => {
    const { pools, poolOf } = idlePools();
    const connection = poolOf('127.0.0.1').take('any');
    vi.advanceTimersByTime(60 * MINUTE);
    expect(pools.size).toBe(1);
    connection.destroy();
    vi.advanceTimersByTime(10 * MINUTE);
    expect(pools.size).toBe(0);
  });

  it('let their connections go when all are closed at once, those of dropped ones too', () => {
    const { pools, poolOf } = idlePools(1);
    const connections = ['127.0.0.1', '127.0.0.2'].map((host) => poolOf(host).take('any'));
    expect(connections.map(({ usable }) => usable)).toEqual([true, true]);
    pools.destroy();
    expect(connections.map(({ usable }) => usable)).toEqual([false, false]);
  });
});
