import { afterEach, describe, expect, it } from 'vitest';
import { PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import type { RawHead } from '../../fixtures/raw-peer.ts';
import { plain } from '../../fixtures/raw-upstream.ts';

let stage: Guarded;

afterEach(() => stage.close());

/** The head that the third party got for a request of the page's. */
async function seen(
  setting: GuardedSetting,
  request: { path?: string; method?: string; fields?: string; body?: string } = {},
): Promise<RawHead> {
  let head: RawHead | undefined;
  stage = await startGuarded({
    ...setting,
    script: async (peer) => {
      head = await peer.head();
      const { trailers } = await peer.body(head);
      // Not on the list of what passes.
      expect(trailers).toEqual([]);
      peer.send(plain('hello'));
    },
  });
  const { path = '/api/users', ...rest } = request;
  const answer = await stage.client.ask(path, { ...rest, fields: `Origin: ${PAGE}\r\n${rest.fields ?? ''}` });
  expect([answer.status, answer.body.text]).toEqual([200, 'hello']);
  expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
  if (head === undefined) throw new Error('nobody was asked');
  return head;
}

const names = (head: RawHead): string[] => head.fields.map(([name]) => name.toLowerCase()).sort();

describe('what a third party gets of a request', () => {
  it("is its own host, the path behind the route's, and what says which representation is wanted", async () => {
    const fields = 'Accept: application/json\r\nAccept-Language: de\r\nUser-Agent: browser\r\nIf-None-Match: "1"\r\n';
    const head = await seen({}, { path: '/api/users?page=2', fields });
    expect(head.start).toBe('GET /users?page=2 HTTP/1.1');
    expect(head.get('host')).toBe(`api.test:${stage.api.port}`);
    expect(names(head)).toEqual(['accept', 'accept-language', 'host', 'if-none-match', 'user-agent', 'via']);
  });

  it('is nothing of who the page or its user is, unless the config lists it', async () => {
    const strangers = {
      Cookie: 'session=1',
      Authorization: 'Bearer of-the-page',
      Referer: `${PAGE}/inbox`,
      'X-Forwarded-For': '203.0.113.9',
      'X-Real-IP': '203.0.113.9',
      Forwarded: 'for=203.0.113.9',
      'X-Request-Id': '1',
      'Sec-Fetch-Mode': 'cors',
      'Sec-CH-UA': 'x',
      'X-Own': '1',
      'X-Listed-By-Connection': '1',
      Connection: 'X-Listed-By-Connection, keep-alive',
      TE: 'trailers',
      'Proxy-Authorization': 'Basic x',
    };
    const fields = Object.entries(strangers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    expect(names(await seen({}, { fields }))).toEqual(['host', 'via']);
    await stage.close();
    const guard = { requestHeaders: ['cookie', 'Authorization', 'origin', 'x-own', 'x-listed-by-connection'] };
    const head = await seen({ guard }, { fields });
    expect(names(head)).toEqual(['authorization', 'cookie', 'host', 'origin', 'via', 'x-own']);
    expect([head.get('cookie'), head.get('authorization')]).toEqual(['session=1', 'Bearer of-the-page']);
  });

  it('has the lines and parameters of the config, over those of the page', async () => {
    const guard = {
      headers: { Authorization: 'Bearer secret', 'X-Key': 'k' },
      query: { key: 's e+c&ret' },
      requestHeaders: ['authorization', 'x-key'],
    };
    const fields = 'authorization: Bearer mine\r\nX-KEY: mine\r\nX-key: mine too\r\n';
    const head = await seen({ guard }, { path: '/api/users?key=mine&a=1&%6bey=2', fields });
    expect(head.start).toBe('GET /users?a=1&key=s%20e%2Bc%26ret HTTP/1.1');
    expect([head.all('authorization'), head.all('x-key')]).toEqual([['Bearer secret'], ['k']]);
  });

  it('says how the body is framed, and no body where there is none', async () => {
    const head = await seen(
      {},
      { method: 'POST', fields: 'Content-Length: 2\r\nContent-Type: text/plain\r\n', body: 'hi' },
    );
    expect(names(head)).toEqual(['content-length', 'content-type', 'host', 'via']);
    await stage.close();
    const chunked = await seen(
      {},
      { method: 'PUT', fields: 'Transfer-Encoding: chunked\r\n', body: '2\r\nhi\r\n0\r\nX: 1\r\n\r\n' },
    );
    expect([chunked.get('transfer-encoding'), chunked.get('content-length')]).toEqual(['chunked', undefined]);
    await stage.close();
    expect((await seen({}, { method: 'POST', fields: 'Content-Length: 0\r\n' })).get('content-length')).toBe('0');
  });

  it('goes below the base path of the target', async () => {
    const guard = (port: number): object => ({ target: `http://api.test:${port}/v2/`, allow: 'GET /users' });
    expect((await seen({ guard })).start).toBe('GET /v2/users HTTP/1.1');
  });

  it('names gateways of our kind in Via, and no other proxy', async () => {
    const fields = 'Via: 1.1 inner.corp.example:3128, 1.1 oneorigin-abc123\r\nVia: 1.0 fred\r\n';
    const head = await seen({}, { fields });
    expect(head.get('via')).toMatch(/^1\.1 oneorigin-abc123, 1\.1 oneorigin-[\da-z]{6}$/);
    await stage.close();
    expect(names(await seen({ route: { via: false } }, { fields }))).toEqual(['host']);
  });

  it('in the open form is what the URL says, in each of its spellings', async () => {
    const guard = (port: number): object => ({ hosts: `http://api.test:${port}/v1`, origins: PAGE });
    const spellings = (port: number): string[] => [
      `/api/http://api.test:${port}/v1/a?b=c`,
      `/api/http:/api.test:${port}/v1/a?b=c`,
      `/api/${encodeURIComponent(`http://api.test:${port}/v1/a?b=c`)}`,
      `/api?url=${encodeURIComponent(`http://api.test:${port}/v1/a?b=c`)}`,
    ];
    let heads: string[] = [];
    stage = await startGuarded({
      guard,
      script: async (peer) => {
        for (;;) {
          heads.push((await peer.head()).start);
          peer.send(plain('hello'));
        }
      },
    });
    for (const path of spellings(stage.api.port)) {
      const answer = await stage.client.ask(path, { fields: `Origin: ${PAGE}\r\n` });
      expect([path, answer.status]).toEqual([path, 200]);
    }
    expect(heads).toEqual(Array.from({ length: 4 }, () => 'GET /v1/a?b=c HTTP/1.1'));
  });
});
