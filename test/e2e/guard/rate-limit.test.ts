import { afterEach, describe, expect, it } from 'vitest';
import { PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import { connectClient, type RawAnswer } from '../../fixtures/raw-client.ts';
import { answerAll, plain } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;

afterEach(() => stage.close());

async function start(setting: GuardedSetting): Promise<void> {
  stage = await startGuarded({ script: (peer) => answerAll(peer, plain('hello')), ...setting });
}

const ask = (path = '/api/users', origin = PAGE, method = 'GET'): Promise<RawAnswer> =>
  stage.client.ask(path, { method, fields: `Origin: ${origin}\r\n` });

describe('a rate limit', () => {
  it('passes so many requests on, and answers those beyond with when to try again', async () => {
    await start({ guard: { rateLimit: { requests: 2, per: '1h' }, allow: 'GET /users' } });
    const rates: (string | undefined)[][] = [];
    for (let i = 0; i < 2; i++) {
      const { status, head } = await ask();
      rates.push([String(status), head.get('ratelimit'), head.get('ratelimit-policy'), head.get('retry-after')]);
    }
    expect(rates).toEqual([
      ['200', '"guard";r=1', '"guard";q=2;w=3600', undefined],
      ['200', '"guard";r=0', '"guard";q=2;w=3600', undefined],
    ]);
    const answer = await ask();
    expect([answer.status, answer.problem]).toEqual([429, 'rate-limited']);
    expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
    const seconds = Number(answer.head.get('retry-after'));
    expect(seconds).toBeGreaterThan(3000);
    expect(seconds).toBeLessThan(4000);
    expect(answer.head.get('ratelimit')).toBe(`"guard";r=0;t=${seconds}`);
    expect(answer.body.text).toContain(`Try again in ${seconds} s.`);
    expect(stage.api.peers.flatMap(({ received }) => received.match(/^GET /gm))).toHaveLength(2);
  });

  it('doesn’t count preflights, nor what is refused anyway', async () => {
    await start({ guard: { rateLimit: { requests: 1, per: '1h' }, allow: 'GET /users' } });
    const preflight = await stage.client.ask('/api/users', {
      method: 'OPTIONS',
      fields: `Origin: ${PAGE}\r\nAccess-Control-Request-Method: GET\r\n`,
    });
    expect([preflight.status, (await ask('/api/admin')).status]).toEqual([204, 403]);
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
  });

  it('says what is left of it on errors, too', async () => {
    await start({ guard: { rateLimit: { requests: 5, per: '1m' } } });
    stage.dns.set('api.test', { fails: 'NXDOMAIN' });
    const answer = await ask();
    expect([answer.problem, answer.head.get('ratelimit')]).toEqual(['guard-dns-failed', '"guard";r=4']);
  });

  it('lets requests through again once its window has gone by', async () => {
    await start({ guard: { rateLimit: { requests: 1, per: '2s' } } });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
    await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(200);
  });

  it('counts each client by its address', async () => {
    await start({ guard: { rateLimit: { requests: 1, per: '1h' } } });
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 429]);
    const other = await connectClient(stage.gateway.port, '127.0.0.1', '127.0.0.2');
    expect((await other.ask('/api/users')).status).toBe(200);
    other.socket.destroy();
  });

  it('counts the pages of each origin together where it’s by origin', async () => {
    await start({
      config: { cors: { app: { origins: [PAGE, 'https://else.test'] } } },
      guard: { rateLimit: { requests: 1, per: '1h', by: 'origin' } },
    });
    expect([(await ask()).status, (await ask('/api/users', 'https://else.test')).status]).toEqual([200, 200]);
    const other = await connectClient(stage.gateway.port, '127.0.0.1', '127.0.0.2');
    expect((await other.ask('/api/users', { fields: `Origin: ${PAGE}\r\n` })).status).toBe(429);
    other.socket.destroy();
  });
});
