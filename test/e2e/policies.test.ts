import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RawAnswer } from '../fixtures/raw-client.ts';
import { serve, startGateway, type TestGateway, type TestServer } from '../fixtures/servers.ts';
import { connectClient } from '../fixtures/raw-client.ts';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';
const NEXT = 'https://next.example.com';
const STRANGER = 'https://stranger.example';

let upstream: TestServer;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await serve((_request, response) => {
    response.setHeader('Access-Control-Allow-Origin', 'https://upstream.example');
    response.setHeader('Access-Control-Allow-Methods', 'LINK');
    response.end('done');
  });
  const proxy = upstream.origin;
  gateway = await startGateway({
    cors: {
      default: { origins: APP },
      strict: { origins: APP, methods: ['PUT'], enforce: true },
      now: { origins: [APP, ADMIN], methods: ['PUT'], report: 'next' },
      next: { origins: [APP, NEXT], methods: ['DELETE'] },
      grouped: { groups: [{ origins: ADMIN, credentials: true, methods: ['PUT'] }], origins: '*', expose: ['x-r'] },
      theirs: { upstream: 'pass' },
    },
    routes: [
      { path: '/strict/*', proxy, cors: 'strict' },
      { path: '/now/*', proxy, cors: 'now' },
      { path: '/grouped/*', proxy, cors: 'grouped' },
      { path: '/theirs/*', proxy, cors: 'theirs' },
      { path: '/hands-off/*', proxy, cors: false },
    ],
  });
});

beforeEach(() => {
  upstream.seen.length = 0;
});

afterAll(() => Promise.all([gateway.close(), upstream.close()]));

async function ask(path: string, origin: string, { method = 'GET', fields = '' } = {}): Promise<RawAnswer> {
  const client = await connectClient(gateway.port);
  try {
    return await client.ask(path, { method, fields: `Origin: ${origin}\r\n${fields}` });
  } finally {
    client.end();
  }
}

const preflight = (path: string, origin: string, method: string): Promise<RawAnswer> =>
  ask(path, origin, { method: 'OPTIONS', fields: `Access-Control-Request-Method: ${method}\r\n` });

const allowed = ({ head }: RawAnswer): string[] => head.all('access-control-allow-origin');

/** What the log says of the last exchange, and its line. */
async function logged(path: string): Promise<{ report: string | undefined; line: string }> {
  await expect.poll(() => gateway.records.at(-1)?.path).toBe(path);
  return { report: gateway.records.at(-1)?.cors?.report, line: gateway.log().trimEnd().split('\n').at(-1) ?? '' };
}

describe('`enforce: true`', () => {
  it.each(['GET', 'POST', 'PUT'])('refuses a foreign %s before it reaches the upstream', async (method) => {
    const answer = await ask('/strict/a', STRANGER, { method, fields: 'Content-Length: 0\r\n' });
    expect([answer.status, answer.problem]).toEqual([403, 'origin-refused']);
    expect(allowed(answer)).toEqual([]);
    expect(upstream.seen).toEqual([]);
  });

  it('lets the origins of the policy through', async () => {
    expect(allowed(await ask('/strict/a', APP, { method: 'PUT', fields: 'Content-Length: 0\r\n' }))).toEqual([APP]);
    expect(upstream.seen).toHaveLength(1);
  });

  it('always lets the own origin through', async () => {
    const answer = await ask('/strict/a', 'http://gateway.test', { method: 'POST', fields: 'Content-Length: 0\r\n' });
    expect(answer.status).toBe(200);
    expect(upstream.seen).toHaveLength(1);
  });

  it('and requests without an Origin, which no page of another origin sends', async () => {
    const client = await connectClient(gateway.port);
    expect((await client.ask('/strict/a')).status).toBe(200);
    client.end();
  });
});

describe('`report`', () => {
  it('logs what the other policy would refuse, and refuses nothing', async () => {
    expect(allowed(await ask('/now/refused', ADMIN))).toEqual([ADMIN]);
    const { report, line } = await logged('/now/refused');
    expect(report).toContain('next: allowed true → false');
    expect(report).toContain('reason allowed → origin-not-allowed');
    expect(line).toContain('next: allowed true → false');
  });

  it('logs what the other policy would allow, and allows nothing', async () => {
    expect(allowed(await ask('/now/allowed', NEXT))).toEqual([]);
    expect((await logged('/now/allowed')).report).toContain('next: allowed false → true');
  });

  it('logs where preflights would be answered otherwise', async () => {
    expect((await preflight('/now/preflight', APP, 'PUT')).status).toBe(204);
    expect((await logged('/now/preflight')).report).toContain('reason allowed → method-not-allowed');
  });

  it('is silent where both agree', async () => {
    expect(allowed(await ask('/now/agreed', APP))).toEqual([APP]);
    const { report, line } = await logged('/now/agreed');
    expect(report).toBeUndefined();
    expect(line).not.toContain('next');
  });
});

describe('groups', () => {
  it('give one origin credentials and all others none', async () => {
    const admin = (await ask('/grouped/a', ADMIN)).head;
    expect(admin.all('access-control-allow-origin')).toEqual([ADMIN]);
    expect(admin.all('access-control-allow-credentials')).toEqual(['true']);
    const anyone = (await ask('/grouped/a', STRANGER)).head;
    expect(anyone.all('access-control-allow-origin')).toEqual(['*']);
    expect(anyone.all('access-control-allow-credentials')).toEqual([]);
    for (const head of [admin, anyone]) {
      expect(head.all('access-control-expose-headers')).toEqual(['x-r']);
      expect(head.all('vary').join().toLowerCase()).toContain('origin');
    }
  });

  it('give one origin a method and all others none', async () => {
    expect((await preflight('/grouped/a', ADMIN, 'PUT')).status).toBe(204);
    expect((await preflight('/grouped/a', STRANGER, 'PUT')).status).toBe(403);
    expect(upstream.seen).toEqual([]);
  });
});

describe('what is left to the upstream', () => {
  it.each(['/theirs/a', '/hands-off/a'])('comes from it, preflights too: %s', async (path) => {
    expect(allowed(await ask(path, APP))).toEqual(['https://upstream.example']);
    const answer = await preflight(path, APP, 'LINK');
    expect([answer.status, answer.head.get('access-control-allow-methods')]).toEqual([200, 'LINK']);
    expect(upstream.seen.map(({ method }) => method)).toEqual(['GET', 'OPTIONS']);
  });
});

describe('a request that matches no route', () => {
  it('is answered under the policy `default`', async () => {
    const answer = await ask('/nowhere', APP);
    expect([answer.status, answer.problem, ...allowed(answer)]).toEqual([404, 'no-route', APP]);
    expect(allowed(await ask('/nowhere', STRANGER))).toEqual([]);
    expect((await preflight('/nowhere', APP, 'POST')).status).toBe(204);
    expect((await preflight('/nowhere', APP, 'PUT')).status).toBe(403);
  });
});

describe('OPTIONS that is no preflight', () => {
  it('is the upstream’s to answer, under the policy', async () => {
    const answer = await ask('/now/options', APP, { method: 'OPTIONS' });
    expect([answer.status, answer.body.text, ...allowed(answer)]).toEqual([200, 'done', APP]);
    expect(upstream.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['OPTIONS /now/options']);
  });
});
