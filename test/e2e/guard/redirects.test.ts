import { afterEach, describe, expect, it } from 'vitest';
import type { GuardOptions } from '../../../src/actions/guard/options.ts';
import { PAGE, startGuarded, type Guarded } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import type { RawHead, RawPeer } from '../../fixtures/raw-peer.ts';
import { plain, startRawUpstream, type RawUpstream } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;
let other: RawUpstream | undefined;

afterEach(async () => {
  await stage.close();
  await other?.close();
  other = undefined;
});

const ORIGIN = `Origin: ${PAGE}\r\n`;

interface Asked {
  readonly head: RawHead;
  readonly body: string;
}

const to = (location: string, status = 302, body = ''): string =>
  `HTTP/1.1 ${status} X\r\nLocation: ${location}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Answers in turn, and keeps what it was asked. */
async function answerInTurn(peer: RawPeer, answers: string[], asked: Asked[]): Promise<void> {
  for (;;) {
    const head = await peer.head();
    const body = await peer.body(head);
    asked.push({ head, body: body.text });
    peer.send(answers.shift() ?? plain('no more answers'));
  }
}

/** A guarded API that gives these answers, and a second server besides. */
async function start(
  answers: (ports: { readonly api: number; readonly other: number }) => string[],
  guard: (ports: { readonly api: number; readonly other: number }) => GuardOptions = () => ({}),
): Promise<{ asked: Asked[]; askedOther: Asked[] }> {
  const asked: Asked[] = [];
  const askedOther: Asked[] = [];
  const second = await startRawUpstream((peer) => answerInTurn(peer, [plain('from the other')], askedOther));
  other = second;
  let left: string[] | undefined;
  stage = await startGuarded({
    guard: (api) => guard({ api, other: second.port }),
    script: (peer) => answerInTurn(peer, (left ??= answers({ api: stage.api.port, other: second.port })), asked),
  });
  stage.dns.set('other.test', { a: ['127.0.0.1'] });
  return { asked, askedOther };
}

const ask = (method = 'GET', fields = '', body = ''): Promise<RawAnswer> =>
  stage.client.ask('/api/start', { method, fields: ORIGIN + fields, body });

const starts = (asked: readonly Asked[]): string[] => asked.map(({ head }) => head.start);

describe('a redirect of an API to itself', () => {
  it('is followed on the server, with the secret, on the same connection', async () => {
    const guard = { headers: { Authorization: 'Bearer secret' }, query: { key: 'k' } };
    const { asked } = await start(
      ({ api }) => [to('/a'), to('b?x=1', 301, 'gone'), to(`http://api.test:${api}/c?key=k`), plain('done')],
      () => guard,
    );
    const answer = await ask();
    expect([answer.status, answer.body.text, answer.head.get('location')]).toEqual([200, 'done', undefined]);
    expect(starts(asked)).toEqual([
      'GET /start?key=k HTTP/1.1',
      'GET /a?key=k HTTP/1.1',
      'GET /b?x=1&key=k HTTP/1.1',
      'GET /c?key=k HTTP/1.1',
    ]);
    expect(asked.map(({ head }) => head.get('authorization'))).toEqual(
      Array.from({ length: 4 }, () => 'Bearer secret'),
    );
    expect(stage.api.accepted).toBe(1);
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'PATCH', 'PATCH'],
  ])('%d makes of %s a %s, as Fetch does', async (status, method, next) => {
    const { asked } = await start(() => [to('/a', status), plain('done')]);
    const answer = await ask(method, 'Content-Length: 5\r\nContent-Type: text/plain\r\nAccept: text/html\r\n', 'hello');
    expect(answer.body.text).toBe('done');
    const kept = next === method;
    expect(asked.map(({ head, body }) => [head.start.split(' ')[0], body])).toEqual([
      [method, 'hello'],
      [next, kept ? 'hello' : ''],
    ]);
    const last = asked[1]!.head;
    expect([last.get('content-type'), last.get('content-length'), last.get('accept')]).toEqual(
      kept ? ['text/plain', '5', 'text/html'] : [undefined, undefined, 'text/html'],
    );
    await stage.client.ask('/api/again', { fields: ORIGIN });
  });

  it('is followed with a chunked upload and its end', async () => {
    const { asked } = await start(() => [to('/a', 307), plain('done')]);
    const answer = await ask('POST', 'Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n');
    expect([answer.body.text, ...asked.map(({ body }) => body)]).toEqual(['done', 'hello', 'hello']);
  });

  it('whose own body is long is followed, and the rest of that body is not waited for', async () => {
    stage = await startGuarded({
      script: async (peer, index) => {
        await peer.head();
        peer.send(
          index === 0 ? 'HTTP/1.1 302 X\r\nLocation: /a\r\nContent-Length: 1000000\r\n\r\nmoved' : plain('done'),
        );
      },
    });
    expect((await ask()).body.text).toBe('done');
    expect(stage.api.accepted).toBe(2);
    await stage.api.peers[0]?.gone;
  });

  it('may ask for an upload once more before it was all there', async () => {
    const bodies: string[] = [];
    stage = await startGuarded({
      script: async (peer, index) => {
        const head = await peer.head();
        if (index === 0) return void peer.send(to('/a', 307));
        bodies.push((await peer.body(head)).text);
        peer.send(plain('done'));
      },
    });
    stage.client.send(`POST /api/start HTTP/1.1\r\nHost: g\r\n${ORIGIN}Content-Length: 10\r\n\r\nfirst`);
    while (stage.api.accepted < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    stage.client.send('later');
    expect((await stage.client.answer()).body.text).toBe('done');
    expect(bodies).toEqual(['firstlater']);
  });

  it('that wants a body again that was too large to keep is refused', async () => {
    const { asked } = await start(() => [to('/a', 308)]);
    const answer = await ask('POST', 'Content-Length: 70000\r\n', 'x'.repeat(70_000));
    expect([answer.status, answer.problem]).toEqual([502, 'guard-redirect-refused']);
    expect(starts(asked)).toEqual(['POST /start HTTP/1.1']);
  });

  it('is followed only where `allow` lets the page ask', async () => {
    const { asked } = await start(
      () => [to('/admin')],
      () => ({ allow: 'GET /start' }),
    );
    const answer = await ask();
    expect([answer.status, answer.problem]).toEqual([502, 'guard-redirect-refused']);
    expect(asked).toHaveLength(1);
  });

  it('is followed so often and no more', async () => {
    const { asked } = await start(
      () => Array.from({ length: 9 }, () => to('/start')),
      () => ({ maxRedirects: 3 }),
    );
    const answer = await ask();
    expect([answer.status, answer.problem, asked.length]).toEqual([502, 'guard-too-many-redirects', 4]);
    expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
  });

  it('without a Location, and 304, go to the page as they are', async () => {
    await start(() => ['HTTP/1.1 302 X\r\nContent-Length: 2\r\n\r\nhi', 'HTTP/1.1 304 X\r\nLocation: /a\r\n\r\n']);
    expect([(await ask()).status, (await ask()).status]).toEqual([302, 304]);
  });
});

describe('a redirect of an API to another server', () => {
  const secrets = {
    headers: { 'X-Key': 'secret' },
    query: { key: 'secret' },
    requestHeaders: ['authorization', 'cookie'],
  };
  const fields = 'Authorization: Bearer mine\r\nCookie: a=1\r\nAccept: text/html\r\n';

  it('is refused, and that server never asked', async () => {
    const { askedOther } = await start(({ other: port }) => [to(`http://other.test:${port}/x`)]);
    const answer = await ask();
    expect([answer.status, answer.problem]).toEqual([502, 'guard-redirect-refused']);
    expect(answer.body.text).not.toContain('other.test');
    expect([askedOther.length, other?.accepted]).toEqual([0, 0]);
    // The log names it, so that it can be listed.
    expect(stage.gateway.records[0]?.upstreamFailure).toBe(`redirect to http://other.test:${other?.port}`);
  });

  it('that is listed gets no secret, and nothing of the user', async () => {
    const { asked, askedOther } = await start(
      ({ other: port }) => [to(`http://other.test:${port}/x?key=secret&a=1`)],
      ({ other: port }) => ({
        ...secrets,
        redirectHosts: `http://other.test:${port}`,
        allowPrivate: ['api.test', 'other.test'],
      }),
    );
    const answer = await ask('GET', fields);
    expect(answer.body.text).toBe('from the other');
    expect([asked[0]!.head.get('x-key'), asked[0]!.head.get('authorization')]).toEqual(['secret', 'Bearer mine']);
    const { head } = askedOther[0]!;
    expect(head.start).toBe('GET /x?a=1 HTTP/1.1');
    expect(head.fields.map(([name]) => name.toLowerCase()).sort()).toEqual(['accept', 'host', 'via']);
    expect(stage.gateway.records.at(-1)?.upstream).toBe(`other.test:${other?.port}`);
  });

  it('inside is refused, although the name is listed', async () => {
    const { askedOther } = await start(
      ({ other: port }) => [to(`http://other.test:${port}/x`)],
      ({ other: port }) => ({ redirectHosts: `http://other.test:${port}` }),
    );
    const answer = await ask();
    expect([answer.status, answer.problem, askedOther.length]).toEqual([502, 'guard-redirect-refused', 0]);
    expect(other?.accepted).toBe(0);
  });

  it.each(['ftp://api.test/', 'http://user@api.test/', 'javascript:alert(1)', 'http://[', '\\\\evil.test\\x'])(
    'to %s is refused',
    async (location) => {
      await start(() => [to(location)]);
      expect((await ask()).problem).toBe('guard-redirect-refused');
    },
  );
});

describe('with `redirects: rewrite`', () => {
  it('the browser comes back through the gateway', async () => {
    const { asked } = await start(
      ({ api }) => [to(`http://api.test:${api}/a?key=k&b=1`, 307, 'moved'), to('https://else.test/')],
      () => ({ redirects: 'rewrite', query: { key: 'k' } }),
    );
    const answer = await ask();
    expect([answer.status, answer.head.get('location'), answer.body.text]).toEqual([307, '/api/a?b=1', 'moved']);
    expect((await ask()).head.get('location')).toBeUndefined();
    expect(asked).toHaveLength(2);
  });
});

describe('in the open form', () => {
  it('a redirect is followed to listed hosts only', async () => {
    const { askedOther } = await start(
      ({ other: port }) => [to(`http://other.test:${port}/x`), to('http://third.test/')],
      ({ api, other: port }) => ({
        hosts: [`http://api.test:${api}`, `http://other.test:${port}`],
        origins: PAGE,
        allowPrivate: ['api.test', 'other.test'],
      }),
    );
    const open = (): Promise<RawAnswer> =>
      stage.client.ask(`/api/http://api.test:${stage.api.port}/start`, { fields: ORIGIN });
    expect((await open()).body.text).toBe('from the other');
    expect(starts(askedOther)).toEqual(['GET /x HTTP/1.1']);
    expect((await open()).problem).toBe('guard-redirect-refused');
  });

  it('a rewritten one stays in the form', async () => {
    await start(
      () => [to('/x?a=1')],
      ({ api }) => ({ hosts: `http://api.test:${api}`, origins: PAGE, redirects: 'rewrite' }),
    );
    const { port } = stage.api;
    const answer = await stage.client.ask(`/api/http://api.test:${port}/start`, { fields: ORIGIN });
    expect(answer.head.get('location')).toBe(`/api/http://api.test:${port}/x?a=1`);
  });
});
