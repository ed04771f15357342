import { afterEach, describe, expect, it } from 'vitest';
import type { GuardOptions } from '../../../src/actions/guard/options.ts';
import type { DnsEntry } from '../../fixtures/dns-server.ts';
import { eventually, PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import type { RawPeer } from '../../fixtures/raw-peer.ts';
import { answerAll, plain, type Script } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;

afterEach(() => stage.close());

const SECRET = 'top-secret';
const ORIGIN = `Origin: ${PAGE}\r\n`;

/** With a secret that no error may tell. */
async function start({ guard, ...setting }: GuardedSetting): Promise<void> {
  const own = (port: number): GuardOptions => (typeof guard === 'function' ? guard(port) : (guard ?? {}));
  const secrets = { headers: { authorization: `Bearer ${SECRET}` }, query: { key: SECRET } };
  stage = await startGuarded({ ...setting, guard: (port) => ({ ...secrets, ...own(port) }) });
}

const ask = (path = '/api/users'): Promise<RawAnswer> => stage.client.ask(path, { fields: ORIGIN });

/** That the page can read what went wrong, and nothing that isn't its business. */
async function expectFailure(answer: RawAnswer, problem: string, status: number): Promise<void> {
  expect([answer.problem, answer.status]).toEqual([problem, status]);
  expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
  for (const hidden of [SECRET, '127.0.0.1', '10.0.0.1', 'api.test', String(stage.api.port)]) {
    expect(answer.head.text + answer.body.text).not.toContain(hidden);
  }
  stage.client.end();
  await stage.gateway.quiet();
  const record = stage.gateway.records.at(-1);
  expect(record).toMatchObject({ status, problem, upstream: `api.test:${stage.api.port}` });
  expect(JSON.stringify({ ...record, client: '' })).not.toMatch(/top-secret|127\.0\.0\.1|10\.0\.0\.1/);
  expect(stage.gateway.lines).toEqual([]);
}

const afterHead =
  (play: (peer: RawPeer) => void): Script =>
  async (peer) => {
    await peer.head();
    play(peer);
  };

describe('a page reads why its third party failed', () => {
  it.each<[string, Script, string]>([
    ['resets the connection', afterHead((peer) => peer.reset()), 'upstream-reset'],
    ['closes it without an answer', afterHead((peer) => peer.end()), 'upstream-reset'],
    ['closes it in its head', afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nConte').end()), 'upstream-reset'],
    ['answers with garbage', afterHead((peer) => peer.send('SSH-2.0-OpenSSH_9.0\r\n')), 'upstream-malformed'],
    [
      'frames its answer in two ways',
      afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nhi')),
      'upstream-malformed',
    ],
    [
      'switches protocols unasked',
      afterHead((peer) => peer.send('HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n')),
      'upstream-malformed',
    ],
  ])('that %s', async (_, script, problem) => {
    await start({ script });
    await expectFailure(await ask(), problem, 502);
  });

  it('that refuses connections', async () => {
    await start({});
    await stage.api.close();
    await expectFailure(await ask(), 'upstream-refused', 502);
  });

  it.each<[string, object, string]>([
    ['doesn’t answer', { head: '150ms' }, 'upstream-head-timeout'],
    ['takes too long in all', { total: '150ms' }, 'upstream-total-timeout'],
  ])('that %s', async (_, timeouts, problem) => {
    await start({ route: { timeouts }, script: async (peer) => void (await peer.rest()) });
    await expectFailure(await ask(), problem, 504);
  });

  it.each<[string, DnsEntry, string]>([
    ['doesn’t exist', { fails: 'NXDOMAIN' }, 'name not-found'],
    ['has no address', {}, 'name no-address'],
    ['can’t be looked up', { fails: 'SERVFAIL' }, 'name failed'],
    ['is refused', { fails: 'REFUSED' }, 'name failed'],
    ['is answered with garbage', { garbage: Buffer.from('garbage') }, 'name failed'],
  ])('whose name %s', async (_, entry, logged) => {
    await start({});
    stage.dns.set('api.test', entry);
    await expectFailure(await ask(), 'guard-dns-failed', 502);
    expect(stage.gateway.records[0]?.upstreamFailure).toBe(logged);
    expect(stage.api.accepted).toBe(0);
  });

  it('whose name takes longer than all may', async () => {
    await start({ route: { timeouts: { total: '150ms' } } });
    stage.dns.set('api.test', { delay: 'never' });
    await expectFailure(await ask(), 'upstream-total-timeout', 504);
  });

  it.each<[string, DnsEntry]>([
    ['leads inside', { a: ['10.0.0.1'] }],
    ['leads inside, too', { a: ['192.0.2.1', '93.184.216.34', '10.0.0.1'] }],
    ['leads inside over IPv6', { a: ['93.184.216.34'], aaaa: ['::ffff:10.0.0.1'] }],
    ['is another one for what is inside', { cname: 'inside.test', a: ['10.0.0.1'] }],
  ])('whose name %s', async (_, entry) => {
    await start({ guard: { allowPrivate: [] } });
    stage.dns.set('api.test', entry);
    await expectFailure(await ask(), 'guard-address-refused', 403);
    expect(stage.gateway.records[0]?.upstreamFailure).toMatch(/^(?:private|embedded|reserved) address$/);
    expect(stage.api.accepted).toBe(0);
  });

  it('that answers with more than allowed: at once if it says so', async () => {
    await start({ guard: { maxResponse: 10 }, script: afterHead((peer) => peer.send(plain('hello world'))) });
    await expectFailure(await ask(), 'response-too-large', 502);
  });

  it('that begins an answer which will be too large, and says so', async () => {
    const script = afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\nhi'));
    await start({ guard: { maxResponse: 10 }, script });
    await expectFailure(await ask(), 'response-too-large', 502);
    expect(stage.gateway.records[0]?.bytesOut).toBeLessThan(1000);
  });
});

describe('a third party that fails in the middle of its answer', () => {
  it.each<[string, Script]>([
    ['cuts it', afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf').end())],
    [
      'resets it',
      afterHead(
        (peer) => void peer.deliver('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf').then(() => peer.reset()),
      ),
    ],
    ['stalls', afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))],
    [
      'garbles it',
      afterHead((peer) => peer.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nxyz')),
    ],
    [
      'sends more than allowed',
      afterHead((peer) =>
        peer.send(
          `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nff\r\n${'x'.repeat(255)}\r\n0\r\n\r\n`,
        ),
      ),
    ],
  ])('(%s) leaves the page an answer that shows it is not whole', async (_, script) => {
    await start({ script, guard: { maxResponse: 200 }, route: { timeouts: { idle: '150ms' } } });
    stage.client.send(`GET /api/users HTTP/1.1\r\nHost: g\r\n${ORIGIN}\r\n`);
    const head = await stage.client.head();
    expect([head.status, head.get('access-control-allow-origin')]).toEqual([200, PAGE]);
    await expect(stage.client.body(head)).rejects.toThrow();
    await stage.gateway.quiet();
    const [record] = stage.gateway.records;
    expect(record?.aborted).not.toBe(undefined);
    await eventually(() => expect(stage.api.open).toBe(0));
  });
});

describe('what is no failure', () => {
  it('a HEAD of something large, and a 304 of it', async () => {
    await start({
      guard: { maxResponse: 10 },
      script: async (peer) => {
        await peer.head();
        peer.send('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
        await peer.head();
        peer.send('HTTP/1.1 304 X\r\nContent-Length: 5000\r\n\r\n');
      },
    });
    const head = await stage.client.ask('/api/x', { method: 'HEAD', fields: ORIGIN });
    expect([head.status, head.head.get('content-length')]).toEqual([200, '5000']);
    expect((await ask()).status).toBe(304);
  });

  it('no limits where there are none', async () => {
    const long = 'x'.repeat(300_000);
    await start({ guard: { maxResponse: 0, maxBody: 0 }, script: (peer) => answerAll(peer, plain(long)) });
    expect((await ask()).body.text === long).toBe(true);
  });

  it('an address of several that takes no connection', async () => {
    await start({ guard: { allowPrivate: ['127.0.0.0/8', '::1'] }, script: (peer) => answerAll(peer, plain('hello')) });
    stage.dns.set('api.test', { a: ['127.0.0.77', '127.0.0.1'], aaaa: ['::1'] });
    expect((await ask()).body.text).toBe('hello');
    const upload = { method: 'POST', fields: `${ORIGIN}Content-Length: 5\r\n`, body: 'hello' };
    expect((await stage.client.ask('/api/x', upload)).body.text).toBe('hello');
  });

  it('a kept connection that the third party closed', async () => {
    await start({
      script: async (peer, index) => {
        await peer.head();
        peer.send(plain('hello'));
        // It closes as the next request comes.
        if (index === 0) await peer.head().then(() => peer.reset());
        else await answerAll(peer, plain('again'));
      },
    });
    expect((await ask()).body.text).toBe('hello');
    expect((await ask()).body.text).toBe('hello');
    expect(stage.api.accepted).toBe(2);
  });
});

describe('with `explain: true`', () => {
  it('the person who runs the gateway reads the name, but never an address or the secret', async () => {
    await start({ config: { explain: true } });
    await stage.api.close();
    const answer = await ask();
    expect(answer.body.text).toContain(`http://api.test:${stage.api.port} refuses connections.`);
    expect(answer.body.text).not.toMatch(/127\.0\.0\.1|top-secret/);
  });
});

describe('in the open form', () => {
  it('the page reads the name that it said itself', async () => {
    stage = await startGuarded({ guard: (port) => ({ hosts: `http://api.test:${port}`, origins: PAGE }) });
    stage.dns.set('api.test', { fails: 'NXDOMAIN' });
    const answer = await ask(`/api/http://api.test:${stage.api.port}/x`);
    expect(answer.body.text).toContain(`The name of http://api.test:${stage.api.port} doesn't exist.`);
  });
});
