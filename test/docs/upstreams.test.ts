import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { formatUpstreamEvent } from '../../src/observe/upstream-event.ts';
import type { UpstreamEvent } from '../../src/upstream/events.ts';
import { createGateway } from '../../src/index.ts';
import { startDnsServer } from '../fixtures/dns-server.ts';
import { connectClient, type RawClient } from '../fixtures/raw-client.ts';
import { makeTempFolder } from '../fixtures/temp-folder.ts';

const page = readFileSync(new URL('../../docs/upstreams.md', import.meta.url), 'utf8');

/** The YAML of a section, by its heading. */
function exampleOf(heading: string): string {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return /```yaml\n([^]*?)```/.exec(section)?.[1] ?? '';
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server that answers as `answer` says, with its name if it says nothing. */
interface Player {
  asked: number;
  answer: (path: string) => number | 'never' | 'reset';
}

/** Plays an example: the servers that it names are there, on other ports. */
async function play(
  text: string,
  replace: (text: string) => string = (same) => same,
): Promise<{ client: RawClient; players: Player[]; log: () => string }> {
  const players: Player[] = [];
  let config = replace(text);
  expect(text).not.toBe('');
  for (const port of new Set(text.match(/(?<=127\.0\.0\.1:)808\d/g))) {
    const player: Player = { asked: 0, answer: () => 200 };
    const name = String(players.push(player));
    const server = createServer((request, response) => {
      const answer = player.answer(request.url ?? '');
      if (!request.url?.startsWith('/health')) player.asked++;
      if (answer === 'reset') request.socket.resetAndDestroy();
      else if (answer !== 'never') response.writeHead(answer).end(name);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    config = config.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  let log = '';
  const loaded = parseConfig(`listen: 127.0.0.1:0\nlog: { access: off }\n${config}`, 'yaml', { env: {} });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const gateway = createGateway(loaded.model, { log: { write: (lines: string) => (log += lines) } });
  const [address] = await gateway.listen();
  const client = await connectClient(address?.port ?? 0);
  closers.unshift(() => {
    client.socket.destroy();
    return gateway.close({ deadline: 0 });
  });
  return { client, players, log: () => log };
}

async function names(client: RawClient, count: number, fields = ''): Promise<string> {
  let all = '';
  for (let i = 0; i < count; i++) all += (await client.ask('/api/x', { fields })).body.text;
  return all;
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 15_000, interval: 20 });

describe('the examples of docs/upstreams.md do what the page says', () => {
  it('three servers, one of which has twice the share, and one that is taken out by its health', async () => {
    const { client, players, log } = await play(exampleOf('upstreams: several servers'));
    expect([...(await names(client, 8))].toSorted().join('')).toBe('11223333');
    players[2]!.answer = () => 500;
    // Five seconds between two checks, and three bad ones in a row.
    await vi.waitFor(() => expect(log()).toContain('is down'), { timeout: 25_000 });
    players[2]!.answer = () => 200;
    expect([...(await names(client, 4))].toSorted().join('')).toBe('1122');
  });

  it('least-requests: who has nothing to do is asked', async () => {
    const { client, players } = await play(exampleOf('Which server gets a request'));
    players[0]!.answer = () => 'never';
    for (let i = 0; players[0]!.asked === 0; i++) {
      const other = await connectClient(client.socket.remotePort ?? 0);
      closers.unshift(() => other.socket.destroy());
      other.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => expect(players[0]!.asked + players[1]!.asked).toBe(i + 1));
    }
    expect(await names(client, 5)).toBe('22222');
  });

  it('by hash: a tenant has one server', async () => {
    const { client } = await play(exampleOf('By hash'));
    for (const tenant of ['a', 'b', 'c']) expect(await names(client, 4, `X-Tenant: ${tenant}\r\n`)).toMatch(/^(.)\1+$/);
  });

  it('sticky: a client comes back with its cookie', async () => {
    const { client } = await play(exampleOf('Sticky clients'));
    const first = await client.ask('/');
    const [cookie = ''] = (first.head.get('set-cookie') ?? '').split(';');
    expect(cookie).toMatch(/^oneorigin-shop=/);
    expect(await names(client, 3, `Cookie: ${cookie}\r\n`)).toBe(first.body.text.repeat(3));
  });

  it('health checks: what isn’t expected takes a server out', async () => {
    const { client, players, log } = await play(exampleOf('Health checks'));
    players[0]!.answer = (path) => (path === '/health' ? 202 : 200);
    await vi.waitFor(() => expect(log()).toContain('health check: answered 202'), { timeout: 20_000 });
    expect(await names(client, 3)).toBe('222');
  });

  it('eject: after three failures it is left out', async () => {
    const { client, players, log } = await play(exampleOf('Servers that fail'));
    players[0]!.answer = () => 503;
    await names(client, 8);
    expect(players[0]!.asked).toBe(3);
    await until(() => expect(log()).toContain('3 requests in a row failed; it gets none for 5 s'));
  });

  it('breaker: after twenty it is open', async () => {
    const { client, players, log } = await play(exampleOf('Circuit breaker'));
    players[0]!.answer = () => 503;
    await names(client, 20);
    const { status, problem, head } = await client.ask('/');
    expect([status, problem, head.get('retry-after')]).toEqual([503, 'circuit-open', '5']);
    expect(players[0]!.asked).toBe(20);
    await until(() => expect(log()).toContain('is left alone'));
  });

  it('retries: nobody hears of a 503', async () => {
    const { client, players } = await play(exampleOf('Retries'));
    players[0]!.answer = () => 503;
    expect(await names(client, 6)).toBe('222222');
  });

  it('limits: the forty-first waits', async () => {
    const { client, players } = await play(exampleOf('Limits, and the queue'));
    const open = [];
    for (const player of players) player.answer = () => 'never';
    for (let i = 0; i < 41; i++) {
      const other = await connectClient(client.socket.remotePort ?? 0);
      other.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      open.push(other);
    }
    await until(() => expect(players.map(({ asked }) => asked)).toEqual([20, 20]));
    for (const player of players) player.answer = () => 200;
    open[0]!.socket.destroy();
    await until(() => expect(players[0]!.asked + players[1]!.asked).toBe(41));
    for (const other of open) other.socket.destroy();
  });

  it('names: servers are where DNS says', async () => {
    const server = createServer((request, response) => response.end(`users ${request.headers.host}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const dns = await startDnsServer({
      'api.internal': { a: ['127.0.0.1'] },
      '_http._tcp.users.service.consul': { srv: [{ port, name: 'node1.consul' }] },
      'node1.consul': { a: ['127.0.0.1'] },
    });
    closers.push(() => dns.close());
    const { client } = await play(exampleOf('Names that change'), (text) =>
      text
        .replace('servers: 10.0.0.2', `servers: ${dns.address}`)
        .replace('127.0.0.1:8600', dns.address)
        .replace('api.internal:8080', `api.internal:${port}`),
    );
    expect((await client.ask('/users/1')).body.text).toBe('users gateway.test');
    expect((await client.ask('/api/1')).body.text).toBe('users gateway.test');
  });

  it('Unix sockets', async () => {
    const folder = makeTempFolder();
    const server = createServer((_, response) => response.end('app'));
    await new Promise<void>((resolve) => server.listen(`${folder.path}/app.sock`, resolve));
    closers.push(() => {
      server.closeAllConnections();
      server.close();
      folder.remove();
    });
    const { client } = await play(exampleOf('Unix sockets'), (text) => text.replaceAll('/run/', `${folder.path}/`));
    expect((await client.ask('/')).body.text).toBe('app');
  });
});

describe('docs/upstreams.md', () => {
  it('shows an event as it is written', () => {
    const [, shown = ''] = /```json\n(.*)\n/.exec(page) ?? [];
    const { event, upstream, server, reason, time } = JSON.parse(shown) as UpstreamEvent & { time: string };
    vi.useFakeTimers({ now: new Date(time) });
    const written = { event, upstream, server, reason };
    expect(formatUpstreamEvent(written, { format: 'json' })).toBe(shown);
    expect(page).toContain(`\`\`\`text\n${formatUpstreamEvent(written, { format: 'text' })}\n`);
    vi.useRealTimers();
  });

  // The compiler holds these against the type.
  const EVENTS: Readonly<Record<UpstreamEvent['event'], true>> = {
    'server-down': true,
    'server-up': true,
    'server-ejected': true,
    'server-returned': true,
    'circuit-open': true,
    'circuit-half-open': true,
    'circuit-closed': true,
    'servers-changed': true,
    'resolve-failed': true,
  };

  it('has every event with its level, and no other', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| `(warning|info)` \|/gm)].map(
      ([, event, level]) => `${level} ${event}`,
    );
    const known = Object.keys(EVENTS).map((event) => {
      const line = formatUpstreamEvent(
        { event: event as UpstreamEvent['event'], upstream: 'a', server: undefined, reason: '' },
        { format: 'json' },
      );
      return `${(JSON.parse(line) as { level: string }).level} ${event}`;
    });
    expect(rows.toSorted()).toEqual(known.toSorted());
  });

  const { definitions } = JSON.parse(readFileSync(new URL('../../schema.json', import.meta.url), 'utf8')) as {
    definitions: Record<string, { properties: Record<string, { description: string }> }>;
  };
  const names = ['HealthCheck', 'Eject', 'Breaker', 'Retry', 'Resolve', 'Sticky'].map((name) => `${name}Options`);
  const keys = names.flatMap((name) =>
    Object.entries(definitions[name]?.properties ?? {}).map(([key, { description }]) => ({
      name,
      key,
      value: /Default: `([^`]+)`/.exec(description)?.[1] ?? '',
    })),
  );

  it('knows the schema', () => {
    expect(keys.length).toBeGreaterThan(25);
  });

  it.each(keys)('tells of $key of $name, and its default $value', ({ name, key, value }) => {
    const heading = {
      HealthCheckOptions: 'healthCheck',
      EjectOptions: 'eject',
      BreakerOptions: 'breaker',
      RetryOptions: 'retries',
      ResolveOptions: 'resolve',
      StickyOptions: 'sticky',
    }[name];
    const table = page.slice(page.indexOf(`| key of \`${heading}\` |`)).split('\n\n')[0] ?? '';
    const row = table.split('\n').find((line) => line.startsWith(`| \`${key}\` |`)) ?? '';
    expect(row).not.toBe('');
    if (value !== '') expect(row.replaceAll('`', '').split('|').at(-2)).toContain(value);
  });
});
