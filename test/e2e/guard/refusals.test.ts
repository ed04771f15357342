import { afterEach, describe, expect, it } from 'vitest';
import { eventually, PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import { answerAll, plain, startRawUpstream } from '../../fixtures/raw-upstream.ts';
import { startGateway } from '../../fixtures/start-gateway.ts';

let stage: Guarded;

afterEach(() => stage.close());

async function start(setting: GuardedSetting = {}): Promise<void> {
  stage = await startGuarded({ script: (peer) => answerAll(peer, plain('hello')), ...setting });
}

const ask = (path: string, { method = 'GET', fields = `Origin: ${PAGE}\r\n`, body = '' } = {}): Promise<RawAnswer> =>
  stage.client.ask(path, { method, fields, body });

/** That the page can read the refusal, and that nobody was asked. */
async function expectRefused(answer: RawAnswer, problem: string, status = 403): Promise<void> {
  expect([answer.problem, answer.status]).toEqual([problem, status]);
  expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
  expect(answer.head.get('content-type')).toBe('application/problem+json');
  expect(answer.body.text).not.toContain('127.0.0.1');
  stage.client.end();
  await stage.gateway.quiet();
  const [record] = stage.gateway.records.slice(-1);
  expect(record).toMatchObject({ status, problem });
  expect(JSON.stringify(record)).not.toContain(`127.0.0.1:${stage.api.port}`);
  expect([stage.api.accepted, stage.gateway.lines]).toEqual([0, []]);
}

describe('a guard with a target refuses', () => {
  const guard = { allow: ['GET /users/*', 'POST|PUT /users', '* /any/**'] };

  it.each([
    ['GET', '/api/admin'],
    ['DELETE', '/api/users/7'],
    ['GET', '/api/users/7/keys'],
    ['GET', '/api/users%2f7%2fkeys'],
    ['GET', '/api/'],
  ])('%s %s, which `allow` doesn’t have', async (method, path) => {
    await start({ guard });
    await expectRefused(await ask(path, { method }), 'guard-not-allowed');
  });

  it('a target inside that is not listed', async () => {
    await start({ guard: { allowPrivate: [] } });
    await expectRefused(await ask('/api/users'), 'guard-address-refused');
  });

  it('what somebody else’s server would run as code of ours', async () => {
    await start();
    await expectRefused(
      await ask('/api/sw.js', { fields: `Origin: ${PAGE}\r\nService-Worker: script\r\n` }),
      'guard-not-allowed',
    );
  });

  it('a body that is larger than allowed: at once if it says so', async () => {
    await start({ guard: { maxBody: 10 } });
    const fields = `Origin: ${PAGE}\r\nContent-Length: 11\r\n`;
    await expectRefused(await ask('/api/users', { method: 'POST', fields }), 'body-too-large', 413);
  });

  it('and once it is too large if it does not', async () => {
    await start({ guard: { maxBody: 10 }, script: async (peer) => void (await peer.rest()) });
    stage.client.send(
      `POST /api/users HTTP/1.1\r\nHost: g\r\nOrigin: ${PAGE}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    );
    await eventually(() => expect(stage.api.peers[0]?.received).toContain('hello'));
    stage.client.send('6\r\n world\r\n0\r\n\r\n');
    const answer = await stage.client.answer();
    expect([answer.status, answer.problem]).toEqual([413, 'body-too-large']);
    expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
    // The third party mustn't take what came for the whole.
    await stage.api.peers[0]?.gone;
    expect(stage.api.peers[0]?.received).not.toContain('0\r\n\r\n');
  });
});

describe('a guard whose target is the gateway', () => {
  it('says so at the second pass', async () => {
    await start();
    const free = await startRawUpstream();
    await free.close();
    stage.dns.set('loop.test', { a: ['127.0.0.1'] });
    const guard = {
      target: `http://loop.test:${free.port}/loop`,
      allow: '* /**',
      allowPrivate: 'loop.test',
      resolver: stage.dns.address,
    };
    const routes = [{ path: '/loop/*', cors: 'app', guard }];
    const gateway = await startGateway(
      { cors: { app: { origins: PAGE } }, routes },
      { listen: `127.0.0.1:${free.port}` },
    );
    try {
      const client = await gateway.connect();
      const answer = await client.ask('/loop/x', { fields: `Origin: ${PAGE}\r\n` });
      client.end();
      expect([answer.status, answer.head.get('access-control-allow-origin')]).toEqual([508, PAGE]);
      expect(gateway.records.map(({ problem }) => problem)).toEqual(['loop-detected', undefined]);
    } finally {
      await gateway.close();
    }
  });
});

describe('a guard in the open form refuses', () => {
  const listed = { guard: (port: number) => ({ hosts: `http://api.test:${port}/v1`, origins: PAGE }) };
  const url = (path = '/v1/x'): string => `http://api.test:${stage.api.port}${path}`;

  it.each([
    ['another host', () => '/api/https://else.test/', 'guard-host-refused'],
    ['another port', () => '/api/http://api.test:1/v1/', 'guard-host-refused'],
    ['another path', () => `/api/${url('/v2/x')}`, 'guard-host-refused'],
    ['another scheme', () => '/api/ftp://api.test/v1', 'guard-url-invalid'],
    ['a user name', () => `/api/${url().replace('//', '//me:secret@')}`, 'guard-url-invalid'],
    ['no URL', () => '/api', 'guard-url-invalid'],
  ])('%s', async (_, path, problem) => {
    await start(listed);
    await expectRefused(await ask(path()), problem);
    expect(JSON.stringify(stage.gateway.records)).not.toContain('secret');
  });

  it('pages of other origins, and who is no page', async () => {
    await start({ ...listed, route: { cors: false } });
    const other = await ask(`/api/${url()}`, { fields: 'Origin: https://else.test\r\n' });
    const none = await ask(`/api/${url()}`, { fields: '' });
    expect([other.problem, none.problem, stage.api.accepted]).toEqual([
      'guard-origin-refused',
      'guard-origin-refused',
      0,
    ]);
  });

  it('requests without a header that it asks for', async () => {
    await start({
      guard: (port) => ({ hosts: `http://api.test:${port}`, origins: PAGE, requireHeader: ['x-requested-with'] }),
    });
    const asked = await ask(`/api/${url()}`, { fields: `Origin: ${PAGE}\r\nX-Requested-With: x\r\n` });
    expect(asked.status).toBe(200);
    expect((await ask(`/api/${url()}`)).problem).toBe('guard-header-missing');
    expect(stage.api.peers[0]?.received).not.toContain('X-Requested-With');
  });

  it('and logs no query of the URL', async () => {
    await start(listed);
    const target = encodeURIComponent(`${url()}?key=secret`);
    expect((await ask(`/api/${target}`)).status).toBe(200);
    expect((await ask(`/api?url=${target}`)).status).toBe(200);
    const preflight = await ask(`/api/${target}`, {
      method: 'OPTIONS',
      fields: `Origin: ${PAGE}\r\nAccess-Control-Request-Method: GET\r\n`,
    });
    expect(preflight.status).toBe(204);
    expect((await ask(`/api/${encodeURIComponent('https://else.test/?key=secret')}`)).status).toBe(403);
    stage.client.end();
    await stage.gateway.quiet(1);
    expect(stage.gateway.records).toHaveLength(4);
    expect(JSON.stringify(stage.gateway.records)).not.toContain('secret');
    expect(stage.gateway.records.map(({ upstream }) => upstream)).toEqual([
      `api.test:${stage.api.port}`,
      `api.test:${stage.api.port}`,
      undefined,
      undefined,
    ]);
  });
});

describe('`dangerouslyAllowAnyTarget`', () => {
  it('asks whom the URL names, for any page, but nobody inside', async () => {
    await start({ guard: { dangerouslyAllowAnyTarget: true } });
    const url = `http://api.test:${stage.api.port}/x`;
    expect((await ask(`/api/${url}`)).status).toBe(200);
    expect((await ask(`/api/${url}`, { fields: 'Origin: https://else.test\r\n' })).status).toBe(200);
    expect((await ask(`/api/http://127.0.0.1:${stage.api.port}/`)).problem).toBe('guard-address-refused');
    expect((await ask(`/api/http://localhost:${stage.api.port}/`)).problem).toBe('guard-address-refused');
  });
});
