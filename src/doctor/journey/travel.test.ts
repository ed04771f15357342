import { afterEach, describe, expect, it } from 'vitest';
import type { RequestListener } from 'node:http';
import { codesOf, examineFrom, PAGE } from '../../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../../test/fixtures/servers.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function listening(handler: RequestListener, host = '127.0.0.1'): Promise<TestServer> {
  const server = await serve(handler, { host });
  servers.push(server);
  return server;
}

/** Lets every origin in by its own name, and redirects there, if anywhere. */
function open(location?: () => string, status = 302): RequestListener {
  return (request, response) => {
    response.setHeader('Vary', 'Origin');
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, x-token');
    if (location === undefined || request.method === 'OPTIONS') return void response.end('x');
    response.writeHead(status, { Location: location() }).end();
  };
}

describe('redirects', () => {
  it('to another origin make a foreign origin null, and take Authorization and cookies off', async () => {
    const target = await listening(open());
    const first = await listening(open(() => `${target.origin.replace('localhost', '127.0.0.1')}/b`));
    const diagnosis = await examineFrom(`${first.origin}/a`, {
      credentials: 'include',
      cookie: 'sid=secret',
      headers: [
        ['Authorization', 'Bearer secret'],
        ['X-Token', 'kept'],
      ],
    });
    expect(diagnosis.outcome).toBe('readable');
    expect(diagnosis.journey.hops.map(({ preflight }) => preflight !== undefined)).toEqual([true, true]);
    const asked = target.seen.filter(({ method }) => method === 'GET');
    expect(asked[0]?.headers).toMatchObject({ origin: 'null', 'x-token': 'kept' });
    // Of what is asked around it, too.
    for (const { headers } of asked) {
      expect(headers.authorization).toBeUndefined();
      expect(headers.cookie).toBeUndefined();
    }
    expect(first.seen.find(({ method }) => method === 'GET')?.headers).toMatchObject({
      authorization: 'Bearer secret',
      cookie: 'sid=secret',
    });
  });

  it('that keep the null out are named', async () => {
    const target = await listening((request, response) => {
      if (request.headers.origin === PAGE) response.setHeader('Access-Control-Allow-Origin', PAGE);
      response.end();
    });
    const first = await listening(open(() => `${target.origin}/b`));
    const diagnosis = await examineFrom(`${first.origin}/a`);
    expect(codesOf(diagnosis)[0]).toBe('doctor-redirect-null-origin');
  });

  it('without the policy stop the browser', async () => {
    const first = await listening((_, response) => response.writeHead(307, { Location: '/b' }).end());
    const diagnosis = await examineFrom(`${first.origin}/a`);
    expect(codesOf(diagnosis)[0]).toBe('doctor-redirect-no-policy');
    expect(first.seen.some(({ url }) => url === '/b')).toBe(false);
  });

  it.each([
    ['/a', 'too-many', 21],
    ['data:,x', 'scheme', 1],
    ['http://me:pw@localhost:1/', 'userinfo', 1],
  ])('to %s end: %s', async (location, reason, hops) => {
    const first = await listening(open(() => location));
    const diagnosis = await examineFrom(`${first.origin}/a`);
    expect(diagnosis.findings[0]).toMatchObject({ code: 'doctor-redirect-broken', data: { reason } });
    expect(diagnosis.journey.hops).toHaveLength(hops);
  });

  it.each([
    [301, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
  ])('%i turns %s into %s', async (status, method, after) => {
    const target = await listening(open());
    const first = await listening((request, response) => {
      response.setHeader('Access-Control-Allow-Methods', 'PUT');
      open(() => `${target.origin}/b`, status)(request, response);
    });
    await examineFrom(`${first.origin}/a`, { method, body: 'text', send: true });
    const asked = target.seen.find(({ method }) => method !== 'OPTIONS');
    expect(asked?.method).toBe(after);
    expect(asked?.headers['content-type']).toBe(after === 'GET' ? undefined : 'text/plain;charset=UTF-8');
  });
});

describe('what stands in for a request that is not sent', () => {
  it('is not taken for it when it is refused', async () => {
    const { origin, seen } = await listening((request, response) => {
      if (request.method === 'OPTIONS') return void open()(request, response);
      response.writeHead(405).end();
    });
    const diagnosis = await examineFrom(`${origin}/a`, { method: 'POST' });
    expect(diagnosis.outcome).toBe('undecided');
    expect(codesOf(diagnosis)).toContain('doctor-not-sent');
    expect(seen.some(({ method }) => method === 'POST')).toBe(false);
  });
});

it('a page asks its own origin without CORS', async () => {
  const server = await listening((_, response) => response.end('x'));
  const diagnosis = await examineFrom(`${server.origin}/a`, { origin: server.origin });
  expect(diagnosis.outcome).toBe('readable');
  expect(diagnosis.journey.hops[0]?.request?.origin).toBeUndefined();
});
