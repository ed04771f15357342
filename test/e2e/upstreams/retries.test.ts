import { afterEach, describe, expect, it } from 'vitest';
import type { UpstreamOptions } from '../../../src/config/types.ts';
import { plain, startRawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { resets, startAllNamed, status, type NamedServer } from './named-servers.ts';

let servers: NamedServer[];
let gateway: TestGateway;

afterEach(async () => {
  await gateway.close();
  await Promise.all(servers.map((server) => server.close()));
});

async function begin(names: string, options: Omit<UpstreamOptions, 'servers'> = {}): Promise<void> {
  servers = await startAllNamed(...names);
  gateway = await startGateway({
    upstreams: { all: { ...options, servers: servers.map(({ url }) => url) } },
    routes: [{ proxy: 'all', timeouts: { head: '300ms' } }],
  });
}

const total = (): number => servers.reduce((sum, { asked }) => sum + asked.length, 0);
const body = (text: string): { fields: string; body: string } => ({
  fields: `Content-Length: ${text.length}\r\n`,
  body: text,
});

/** What a request is answered, and how many servers have seen it. */
async function ask(options: { method?: string; fields?: string; body?: string } = {}): Promise<string> {
  const before = total();
  const client = await gateway.connect();
  const { status: code, problem, body: answer } = await client.ask('/', options);
  client.end();
  return `${code} ${problem || answer.text} ${total() - before}`;
}

describe('a request whose server breaks off', () => {
  it.each<[string, Parameters<typeof ask>[0], string]>([
    ['GET', {}, '200 a 2'],
    ['HEAD', { method: 'HEAD' }, '200  2'],
    ['DELETE', { method: 'DELETE' }, '200 a 2'],
    ['PUT with a body', { method: 'PUT', ...body('x'.repeat(1000)) }, '200 a 2'],
    ['PUT with 64 KiB', { method: 'PUT', ...body('x'.repeat(65_536)) }, '200 a 2'],
    ['PUT with more', { method: 'PUT', ...body('x'.repeat(65_537)) }, '502 upstream-reset 1'],
    ['POST', { method: 'POST', ...body('x') }, '502 upstream-reset 1'],
    ['POST without a body', { method: 'POST' }, '502 upstream-reset 1'],
    ['PATCH', { method: 'PATCH', ...body('x') }, '502 upstream-reset 1'],
  ])('goes to another one, once, if it may be done twice: %s', async (_, options, expected) => {
    await begin('ab');
    servers[1]!.does = resets;
    expect(await ask(options)).toBe(expected);
  });

  it('goes there with the body that it had', async () => {
    await begin('ab');
    servers[1]!.does = resets;
    servers[0]!.does = (peer, head, text) => {
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nX-Method: ${head.start}\r\n\r\n${text}`);
    };
    const client = await gateway.connect();
    const answer = await client.ask('/', {
      method: 'PUT',
      fields: 'Transfer-Encoding: chunked\r\n',
      body: '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n',
    });
    expect([answer.body.text, answer.head.get('x-method')]).toEqual(['hello world', 'PUT / HTTP/1.1']);
    client.end();
  });

  it('goes there also if the server stalls, or answers garbage', async () => {
    await begin('ab');
    servers[1]!.does = () => {};
    expect(await ask()).toBe('200 a 2');
    servers[1]!.does = (peer) => void peer.send('SSH-2.0\r\n\r\n');
    expect(await ask()).toBe('200 a 1');
    expect(await ask()).toBe('200 a 2');
  });

  it('is told to the client once the head of an answer was passed on', async () => {
    await begin('ab');
    servers[1]!.does = async (peer) => {
      await peer.deliver('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
      setTimeout(() => peer.reset(), 20);
    };
    await expect(ask()).rejects.toThrow('before');
    expect(total()).toBe(1);
  });

  it('is told so if all fail, and no server is asked more often than configured', async () => {
    await begin('abcd', { retries: { attempts: 2 } });
    for (const server of servers) server.does = resets;
    expect(await ask()).toBe('502 upstream-reset 3');
  });

  it('is told so at once without retries', async () => {
    await begin('ab', { retries: false });
    servers[1]!.does = resets;
    expect(await ask()).toBe('502 upstream-reset 1');
    await servers[1]!.close();
    // Nobody has seen it: any request goes to the next.
    expect(await ask({ method: 'POST', ...body('x') })).toBe('200 a 1');
    expect(await ask({ method: 'POST', ...body('x') })).toBe('200 a 1');
  });

  it('goes to the same one again, if there is no other and it is asked for', async () => {
    await begin('a', { retries: { attempts: 3 } });
    let times = 0;
    servers[0]!.does = (peer) => {
      if (++times < 3) peer.reset();
      else peer.send(plain('at last'));
    };
    expect(await ask()).toBe('200 at last 3');
    expect(await ask({ method: 'PUT', ...body('x') })).toBe('200 at last 1');
  });

  it('is repeated for other methods only where the config dares to', async () => {
    await begin('ab', { retries: { dangerouslyRepeat: ['POST'] } });
    servers[1]!.does = resets;
    expect(await ask({ method: 'POST', ...body('x') })).toBe('200 a 2');
    expect(await ask()).toBe('200 a 1');
    expect(await ask({ method: 'PATCH', ...body('x') })).toBe('502 upstream-reset 1');
  });

  it('is kept no longer than the config says', async () => {
    await begin('ab', { retries: { body: 10 } });
    servers[1]!.does = resets;
    expect(await ask({ method: 'PUT', ...body('0123456789') })).toBe('200 a 2');
    expect(await ask()).toBe('200 a 1');
    expect(await ask({ method: 'PUT', ...body('0123456789x') })).toBe('502 upstream-reset 1');
  });
});

describe('an answer with a status to send the request again after', () => {
  const retries = { statuses: [503, '520'], attempts: 1 } as const;

  it.each([
    ['small', status(503, 'no')],
    ['large', status(503, 'x'.repeat(1_000_000))],
  ])('is not passed on: a %s one', async (_, behaviour) => {
    await begin('ab', { retries });
    servers[1]!.does = behaviour;
    expect(await ask()).toBe('200 a 2');
    // Nothing of it is left on any connection.
    for (let i = 0; i < 6; i++) expect(await ask()).toMatch(/^200 a/);
  });

  it('is passed on when no attempt is left', async () => {
    await begin('abc', { retries });
    for (const server of servers) server.does = status(503, server.name);
    expect(await ask()).toMatch(/^503 [ac] 2$/);
    expect(gateway.records.at(-1)).toMatchObject({ status: 503, attempts: 2 });
  });

  it('is passed on for what may not be done twice, and with any other status', async () => {
    await begin('ab', { retries });
    servers[1]!.does = status(503, 'b');
    expect(await ask({ method: 'POST', ...body('x') })).toBe('503 b 1');
    expect(await ask()).toBe('200 a 1');
    servers[1]!.does = status(502, 'b');
    expect(await ask()).toBe('502 b 1');
  });

  it('comes too early: the rest of the request goes to the other server', async () => {
    await begin('ab', { retries });
    servers[0]!.does = (peer, head, text) => status(200, `a has ${text.length}`)(peer, head, text);
    await servers[1]!.close();
    // A server that answers before it has read the body.
    const early = await startRawUpstream(async (peer) => {
      await peer.head();
      peer.send('HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nno');
    });
    await gateway.close();
    gateway = await startGateway({
      upstreams: { all: { servers: [servers[0]!.url, early.url], retries } },
      routes: [{ proxy: 'all' }],
    });
    const client = await gateway.connect();
    client.send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234');
    while (servers[0]!.accepted === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    client.send('56789');
    expect((await client.answer()).body.text).toBe('a has 10');
    client.end();
    await early.close();
  });
});

describe('when everything fails', () => {
  it.each([
    ['statuses', status(503, 'no')],
    ['resets', resets],
  ])('the servers get no more than the budget allows: %s', async (_, behaviour) => {
    await begin('ab', { retries: { attempts: 3, statuses: 503, budget: '10%' }, eject: false });
    for (const server of servers) server.does = behaviour;
    const clients = await Promise.all(Array.from({ length: 20 }, () => gateway.connect()));
    const each = 50;
    const began = performance.now();
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < each; i++) expect([502, 503, 504]).toContain((await client.ask('/')).status);
        client.end();
      }),
    );
    const requests = clients.length * each;
    // 100 besides, and so for each ten seconds that the test took.
    const windows = Math.ceil((performance.now() - began) / 10_000);
    expect(total()).toBeGreaterThan(requests);
    expect(total()).toBeLessThanOrEqual(requests * 1.1 + 100 * (windows + 1));
  });
});

it('leaves nothing behind when the client leaves in the pause before the next attempt', async () => {
  await begin('a', { retries: { attempts: 5 } });
  servers[0]!.does = resets;
  for (let i = 0; i < 10; i++) {
    const client = await gateway.connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const seen = total();
    while (total() === seen) await new Promise((resolve) => setTimeout(resolve, 2));
    client.reset();
  }
  await gateway.quiet();
  const seen = total();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(total()).toBe(seen);
});
