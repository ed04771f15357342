import { afterEach, describe, expect, it, vi } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import { connectClient } from '../../fixtures/raw-client.ts';
import { plain } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { startAllNamed, status, type NamedServer } from './named-servers.ts';

let servers: NamedServer[];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function begin(
  names: string,
  options: Omit<UpstreamOptions, 'servers'> = {},
  weights: readonly number[] = [],
): Promise<void> {
  servers = await startAllNamed(...names);
  const listed = servers.map(({ url }, i) => ({ url, weight: weights[i] ?? 1 }));
  gateway = await startGateway({
    trustedProxies: ['127.0.0.1'],
    upstreams: { all: { ...options, servers: listed } },
    routes: [{ proxy: 'all' }],
  });
}

/** Who answers so many requests, one after the other. */
async function asked(count: number, fields: (i: number) => string = () => ''): Promise<string> {
  const client = await gateway.connect();
  let names = '';
  for (let i = 0; i < count; i++) names += (await client.ask(`/${i}`, { fields: fields(i) })).body.text;
  client.end();
  return names;
}

describe('requests are spread', () => {
  it('in turns, also where nothing says so', async () => {
    await begin('abc');
    expect(await asked(9)).toBe('bcabcabca');
  });

  it('by weights, as evenly as can be', async () => {
    await begin('ab', {}, [3, 1]);
    expect(await asked(8)).toBe('aabaaaba');
  });

  it('by what each server has to do: a slow one gets less', async () => {
    await begin('abc', { balance: 'least-requests' });
    const others = (): number => servers[1]!.asked.length + servers[2]!.asked.length;
    // For each of its answers the others give twenty; at the end nobody waits for more.
    servers[0]!.does = async (peer) => {
      const enough = Math.min(others() + 20, 240);
      await vi.waitFor(() => expect(others()).toBeGreaterThanOrEqual(enough), { timeout: 20_000, interval: 2 });
      peer.send(plain('a'));
    };
    const clients = await Promise.all(Array.from({ length: 8 }, () => gateway.connect()));
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 50; i++) await client.ask('/');
        client.end();
      }),
    );
    const [slow, ...fast] = servers.map((server) => server.asked.length);
    expect(slow).toBeLessThan(Math.min(...fast) / 2);
    expect(slow! + fast[0]! + fast[1]!).toBe(400);
  });

  it('by chance between two, and a server that does not answer gets no more than waits there', async () => {
    await begin('ab', { balance: 'random-two' });
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    servers[0]!.does = async (peer) => {
      await released;
      peer.send(plain('a'));
    };
    const stuck = await gateway.connect();
    // Who of the two is asked first is chance; once the first has one, the other gets all.
    stuck.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50));
    await vi.waitFor(() => expect(servers[0]!.asked).toHaveLength(1));
    expect(await asked(30)).toBe('b'.repeat(30));
    release();
    stuck.end();
  });
});

describe('by hash, the same server answers', () => {
  it.each([
    ['a header', { header: 'X-Tenant' }, (key: number) => `x-tenant: tenant-${key}\r\n`],
    ['the Host', { header: 'host' }, (key: number) => `X-Forwarded-Host: ${key}\r\nX-Nothing: ${key}\r\n`],
    ['a cookie', { cookie: 'id' }, (key: number) => `Cookie: a=b; id=${key}\r\n`],
    ['the client', 'address' as const, (key: number) => `X-Forwarded-For: 10.1.2.${key}\r\n`],
  ])('the same %s', async (what, hash, fields) => {
    await begin('abc', { balance: { hash } });
    const first = await asked(30, fields);
    expect(await asked(30, fields)).toBe(first);
    // The Host is the same for all of them.
    expect(new Set(first).size).toBe(what === 'the Host' ? 1 : 3);
  });

  it('and what has no such header is taken in turns', async () => {
    await begin('abc', { balance: { hash: { header: 'x-tenant' } } });
    expect(await asked(6)).toBe('bcabca');
  });

  it('and only what was its goes elsewhere when a server fails', async () => {
    await begin('abc', { balance: { hash: { header: 'x-key' } } });
    const fields = (key: number): string => `X-Key: ${key}\r\n`;
    const before = await asked(60, fields);
    await servers[1]!.close();
    const after = await asked(60, fields);
    expect(after).not.toContain('b');
    for (const [i, name] of [...before].entries()) if (name !== 'b') expect(after[i]).toBe(name);
  });
});

describe('a client that sticks to a server', () => {
  const sticky = { secret: 'correct horse battery staple' };
  const cookieOf = (value = ''): string => value.split(';')[0] ?? '';

  it('gets a cookie with its first answer, comes back with it, and gets none again', async () => {
    await begin('abc', { sticky });
    const client = await gateway.connect();
    for (let i = 0; i < 3; i++) {
      const first = await client.ask('/');
      const set = first.head.get('set-cookie');
      expect(set).toMatch(/^oneorigin-all=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
      for (let again = 0; again < 5; again++) {
        const next = await client.ask('/', { fields: `Cookie: x=1; ${cookieOf(set)}\r\n` });
        expect([next.body.text, next.head.all('set-cookie')]).toEqual([first.body.text, []]);
      }
    }
    client.end();
  });

  it('gets a Secure one over HTTPS, as the browser sees it', async () => {
    await begin('ab', { sticky });
    const client = await gateway.connect();
    const { head } = await client.ask('/', { fields: 'X-Forwarded-Proto: https\r\n' });
    expect(head.get('set-cookie')).toMatch(/; Secure; SameSite=Lax$/);
    client.end();
  });

  it('goes to another one when its own has gone, and stays there', async () => {
    await begin('abc', { sticky });
    const client = await gateway.connect();
    const first = await client.ask('/');
    await servers.find(({ name }) => name === first.body.text)?.close();
    const second = await client.ask('/', { fields: `Cookie: ${cookieOf(first.head.get('set-cookie'))}\r\n` });
    expect(second.body.text).not.toBe(first.body.text);
    const cookie = cookieOf(second.head.get('set-cookie'));
    for (let i = 0; i < 4; i++) {
      expect((await client.ask('/', { fields: `Cookie: ${cookie}\r\n` })).body.text).toBe(second.body.text);
    }
    client.end();
  });

  it('chooses none with a cookie of its own making', async () => {
    await begin('ab', { sticky });
    const names = await asked(4, () => `Cookie: oneorigin-all=${'a'.repeat(22)}\r\n`);
    expect(new Set(names).size).toBe(2);
  });

  it('gets no cookie with an error of the gateway’s own, but with one of the server’s', async () => {
    await begin('a', { sticky });
    servers[0]!.does = status(500, 'a');
    const client = await gateway.connect();
    expect((await client.ask('/')).head.all('set-cookie')).toHaveLength(1);
    await servers[0]!.close();
    const { status: code, head } = await client.ask('/');
    expect([code, head.all('set-cookie')]).toEqual([502, []]);
    client.end();
  });
});

it('counts what each client address asks under its own', async () => {
  await begin('abc', { balance: { hash: 'address' } });
  const answers = new Map<string, string>();
  for (const address of ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.0.0.6', '127.0.0.7']) {
    for (let i = 0; i < 2; i++) {
      const client = await connectClient(gateway.port, '127.0.0.1', address);
      const { text } = (await client.ask('/')).body;
      expect(answers.get(address) ?? text).toBe(text);
      answers.set(address, text);
      client.end();
    }
  }
  expect(new Set(answers.values()).size).toBeGreaterThan(1);
});
