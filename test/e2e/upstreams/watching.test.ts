import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import type { RawAnswer, RawClient } from '../../fixtures/raw-client.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { resets, startAllNamed, status, type Behaviour, type NamedServer } from './named-servers.ts';

let servers: NamedServer[];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function begin(names: string, options: Omit<UpstreamOptions, 'servers'> = {}): Promise<void> {
  servers = await startAllNamed(...names);
  gateway = await startGateway({
    log: { access: 'off', format: 'json' },
    upstreams: { all: { ...options, servers: servers.map(({ url }) => url) } },
    routes: [{ proxy: 'all', timeouts: { head: '300ms' } }],
  });
}

/** Events in the log so far: `server-down 0 health check: answered 500`. */
function events(): string[] {
  const lines = gateway.lines.join('').trim().split('\n').filter(Boolean);
  return lines.map((line) => {
    const { event, server, reason, upstream, level } = JSON.parse(line) as Record<string, string>;
    expect(upstream).toBe('all');
    expect(level).toMatch(/^(?:info|warning)$/);
    const index = servers.findIndex(({ port }) => server === `127.0.0.1:${port}`);
    return `${event}${index < 0 ? '' : ` ${servers[index]?.name}`} ${reason}`;
  });
}

const untilEvent = (pattern: RegExp): Promise<void> =>
  vi.waitFor(() => expect(events().join('\n')).toMatch(pattern), { timeout: 10_000, interval: 10 });

async function ask(options: Parameters<RawClient['ask']>[1] = {}): Promise<RawAnswer> {
  const client = await gateway.connect();
  try {
    const answer = await client.ask('/', options);
    // Lines of the log are written together.
    await new Promise((resolve) => setImmediate(resolve));
    return answer;
  } finally {
    client.end();
  }
}

const asked = async (count: number): Promise<string> => {
  let names = '';
  for (let i = 0; i < count; i++) {
    const { status: code, problem, body } = await ask();
    names += code === 200 ? body.text : `(${code} ${problem || body.text})`;
  }
  return names;
};

const HEALTH = 'GET /health HTTP/1.1';

/** Answers requests with its name, and health checks with a status. */
const unwell =
  (name: string, code: number): Behaviour =>
  (peer, head) =>
    head.start === HEALTH ? status(code)(peer, head, '') : void peer.send(plain(name));

describe('health checks', () => {
  const healthCheck = { path: '/health', interval: '100ms', timeout: '200ms', rise: 2, fall: 2 } as const;

  it('take a server out and bring it back, and say so', async () => {
    await begin('ab', { healthCheck });
    await vi.waitFor(() => expect(servers.every(({ asked: seen }) => seen.length > 1)).toBe(true));
    expect(servers[0]?.asked).toContain(HEALTH);
    expect(events()).toEqual([]);
    servers[0]!.does = unwell('a', 500);
    await untilEvent(/server-down a health check: answered 500/);
    expect(await asked(6)).toBe('bbbbbb');
    servers[0]!.does = undefined;
    await untilEvent(/server-up a health check: answered 200/);
    expect([...(await asked(6))].toSorted().join('')).toBe('aaabbb');
    expect(events()).toHaveLength(2);
  });

  it.each<[string, Behaviour, RegExp]>([
    ['resets', resets, /ECONNRESET/],
    ['closes', (peer) => void peer.end(), /closed early/],
    ['stalls', () => {}, /no answer within 200 ms/],
    ['begins an answer and stalls', (peer) => void peer.send('HTTP/1.1 200 OK\r\nX-Half: '), /no answer within 200 ms/],
    ['answers garbage', (peer) => void peer.send('SSH-2.0\r\n\r\n'), /server-down b health check: \S/],
    ['answers 101', status(101), /answered 101/],
    ['redirects', status(302), /answered 302/],
  ])('find a server that %s', async (_, does, reason) => {
    await begin('ab', { healthCheck });
    servers[1]!.does = does;
    await untilEvent(reason);
    expect(await asked(3)).toBe('aaa');
  });

  it('find a server that is gone', async () => {
    await begin('ab', { healthCheck });
    await vi.waitFor(() => expect(servers[1]!.asked).toHaveLength(2));
    await servers[1]!.close();
    await untilEvent(/server-down b health check: ECONN/);
    expect(await asked(3)).toBe('aaa');
  });

  it('judge by the first answer alone, so that nobody waits for the second at the start', async () => {
    await begin('ab', { healthCheck: { ...healthCheck, interval: '1h' } });
    await gateway.close();
    servers[0]!.does = unwell('a', 503);
    gateway = await startGateway({
      log: { access: 'off', format: 'json' },
      upstreams: { all: { servers: servers.map(({ url }) => url), healthCheck: { ...healthCheck, interval: '1h' } } },
      routes: [{ proxy: 'all' }],
    });
    await untilEvent(/server-down a/);
  });

  it('ask as they are told to: path, Host, statuses', async () => {
    await begin('a', { healthCheck: { ...healthCheck, host: 'app.test:81', statuses: [204, '4xx'], fall: 1 } });
    const heads: string[] = [];
    let code = 404;
    servers[0]!.does = (peer, head) => {
      heads.push(head.text);
      status(code)(peer, head, '');
    };
    await vi.waitFor(() => expect(heads.length).toBeGreaterThan(2));
    expect(heads[1]).toBe(
      'GET /health HTTP/1.1\r\nHost: app.test:81\r\nUser-Agent: oneorigin-health-check\r\nAccept: */*\r\nConnection: close\r\n\r\n',
    );
    expect(events()).toEqual([]);
    code = 200;
    await untilEvent(/answered 200/);
  });

  it('that all fail leave 503 with a code of its own, and when to come back', async () => {
    await begin('ab', { healthCheck: { ...healthCheck, interval: '1500ms', fall: 1 } });
    for (const server of servers) server.does = unwell(server.name, 500);
    await untilEvent(/server-down a[^]*server-down b|server-down b[^]*server-down a/);
    const { status: code, problem, head } = await ask();
    expect([code, problem, head.get('retry-after')]).toEqual([503, 'no-healthy-server', '2']);
    expect(gateway.records.at(-1)).toMatchObject({ status: 503, problem: 'no-healthy-server', upstream: undefined });
  });

  it('end with the gateway', async () => {
    await begin('ab', { healthCheck });
    await vi.waitFor(() => expect(servers.every(({ accepted }) => accepted > 1)).toBe(true));
    await gateway.close();
    // What was on its way has arrived.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const seen = servers.map((server) => server.accepted);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(servers.map((server) => server.accepted)).toEqual(seen);
    expect(gateway.gateway.connections.upstreams).toBe(0);
  });
});

describe('a server that fails requests', () => {
  const eject = { failures: 3, for: '300ms', maxFor: '2s' } as const;

  it('is left out, and comes back when its time is over', async () => {
    await begin('ab', { eject, retries: false });
    servers[1]!.does = resets;
    expect(await asked(9)).toBe('(502 upstream-reset)a(502 upstream-reset)a(502 upstream-reset)aaaa');
    expect(events()).toEqual(['server-ejected b 3 requests in a row failed; it gets none for 0.3 s']);
    await untilEvent(/server-returned b its time is over/);
    servers[1]!.does = undefined;
    expect([...(await asked(4))].toSorted().join('')).toBe('aabb');
  });

  it('is out for longer after one more failure', async () => {
    await begin('ab', { eject });
    servers[1]!.does = resets;
    expect(await asked(8)).toBe('aaaaaaaa');
    await untilEvent(/server-returned/);
    expect(await asked(3)).toBe('aaa');
    expect(events().at(-1)).toBe('server-ejected b it failed again; it gets none for 0.6 s');
  });

  it('is left out for statuses that are failures, too', async () => {
    await begin('ab', { eject: { ...eject, statuses: [500] } });
    servers[1]!.does = status(500, 'no');
    expect(await asked(8)).toBe('(500 no)a(500 no)a(500 no)aaa');
  });

  it('is not the last one', async () => {
    await begin('ab', { eject, retries: false });
    for (const server of servers) server.does = resets;
    await asked(12);
    expect(events()).toHaveLength(1);
    for (const server of servers) server.does = undefined;
    expect(await asked(2)).toMatch(/^(?:aa|bb)$/);
  });

  it('is asked all the same for a request that the others have failed, and then back', async () => {
    await begin('ab', { eject: { ...eject, for: '1h', maxFor: '1h' } });
    servers[1]!.does = resets;
    await asked(6);
    expect(events()).toHaveLength(1);
    servers[1]!.does = undefined;
    servers[0]!.does = resets;
    expect(await asked(1)).toBe('b');
    expect(events().at(-1)).toMatch(/^server-returned b it answered/);
  });

  it('takes part as any other with `eject: false`', async () => {
    await begin('ab', { eject: false, retries: false });
    servers[1]!.does = resets;
    expect(await asked(20)).toBe('(502 upstream-reset)a'.repeat(10));
    expect(events()).toEqual([]);
  });

  it('is no server whose clients leave', async () => {
    await begin('ab', { eject: { ...eject, failures: 1 } });
    for (const server of servers) server.does = () => {};
    for (let i = 0; i < 6; i++) {
      const client = await gateway.connect();
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await vi.waitFor(() => expect(servers[0]!.asked.length + servers[1]!.asked.length).toBe(i + 1));
      client.reset();
    }
    await gateway.quiet();
    expect(events()).toEqual([]);
  });
});

it('has a server that comes back take its share slowly', async () => {
  await begin('ab', { eject: { failures: 1, for: '100ms' }, slowStart: '1h' });
  servers[1]!.does = resets;
  await asked(2);
  servers[1]!.does = undefined;
  await untilEvent(/server-returned/);
  const names = await asked(44);
  // A tenth to ten tenths: 4 of 44.
  expect([...names].filter((name) => name === 'b')).toHaveLength(4);
});

describe('the circuit breaker', () => {
  const breaker = { minRequests: 5, for: '400ms', maxFor: '10s', trials: 2 } as const;

  it('refuses at once while the upstream fails, tries again, and closes', async () => {
    await begin('a', { breaker });
    servers[0]!.does = resets;
    expect(await asked(6)).toBe(`${'(502 upstream-reset)'.repeat(5)}(503 circuit-open)`);
    expect((await ask()).head.get('retry-after')).toBe('1');
    const seen = servers[0]!.asked.length;
    expect(seen).toBe(5);
    servers[0]!.does = undefined;
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect(await asked(4)).toBe('aaaa');
    expect(events()).toEqual([
      'circuit-open 5 of 5 requests failed within ten seconds',
      'circuit-half-open the time is over',
      'circuit-closed 2 trial requests succeeded',
    ]);
  });

  it.each<[string, Behaviour]>([
    ['502', status(502, '')],
    ['503', status(503, '')],
    ['504', status(504, '')],
    ['silence', () => {}],
    ['garbage', (peer) => void peer.send('no\r\n\r\n')],
  ])('counts as a failure: %s', async (_, does) => {
    await begin('a', { breaker });
    servers[0]!.does = does;
    await asked(5);
    expect(events()[0]).toMatch(/^circuit-open/);
  });

  it('counts refused connections, and names nobody to the client', async () => {
    await begin('a', { breaker });
    await servers[0]!.close();
    await asked(5);
    const { body } = await ask();
    expect(JSON.parse(body.text)).toMatchObject({ code: 'circuit-open', status: 503 });
    expect(body.text).not.toContain('127.0.0.1');
  });

  it('counts no 500, no client that leaves, and no request that another server answered', async () => {
    await begin('ab', { breaker: { ...breaker, failureRate: '10%' }, eject: false });
    servers[0]!.does = resets;
    servers[1]!.does = status(500, 'b');
    expect(await asked(10)).toBe('(500 b)'.repeat(10));
    servers[0]!.does = servers[1]!.does = () => {};
    for (let i = 0; i < 5; i++) {
      const client = await gateway.connect();
      const before = servers[0]!.asked.length + servers[1]!.asked.length;
      client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await vi.waitFor(() => expect(servers[0]!.asked.length + servers[1]!.asked.length).toBe(before + 1));
      client.reset();
    }
    await gateway.quiet(2);
    expect(events()).toEqual([]);
  });

  it('opens again when a trial fails, and lets nobody through beside the trials', async () => {
    await begin('a', { breaker });
    servers[0]!.does = status(503, '');
    await asked(5);
    await new Promise((resolve) => setTimeout(resolve, 450));
    const seen = servers[0]!.asked.length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask()));
    expect(servers[0]!.asked.length - seen).toBeLessThanOrEqual(2);
    expect(answers.filter(({ problem }) => problem === 'circuit-open').length).toBeGreaterThanOrEqual(8);
    expect(events().at(-1)).toBe('circuit-open a trial request failed');
  });
});
