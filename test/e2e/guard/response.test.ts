import { afterEach, describe, expect, it } from 'vitest';
import { PAGE, startGuarded, type Guarded, type GuardedSetting } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';

let stage: Guarded;

afterEach(() => stage.close());

const ORIGIN = `Origin: ${PAGE}\r\n`;

/** What the page gets of a response. */
async function got(response: string, setting: GuardedSetting = {}, method = 'GET'): Promise<RawAnswer> {
  stage = await startGuarded({
    ...setting,
    script: async (peer) => {
      await peer.head();
      peer.send(response);
    },
  });
  return stage.client.ask('/api/users', { method, fields: ORIGIN });
}

const names = (answer: RawAnswer): string[] => answer.head.fields.map(([name]) => name.toLowerCase()).sort();

const CHATTY = [
  'HTTP/1.1 200 OK',
  'Content-Type: application/json',
  'Content-Length: 2',
  'ETag: "1"',
  'X-Total: 7',
  'Set-Cookie: session=1; Domain=api.test',
  'Server: nginx/1.2.3',
  'X-Powered-By: PHP',
  'Via: 1.1 varnish',
  'Access-Control-Allow-Origin: *',
  'Access-Control-Expose-Headers: x-total',
  'Strict-Transport-Security: max-age=1',
  'Clear-Site-Data: "*"',
  'Refresh: 0; url=https://evil.test',
  'Content-Security-Policy: default-src *',
  'X-Content-Type-Options: none',
  'Alt-Svc: h3=":443"',
  'Keep-Alive: timeout=5',
  'Connection: keep-alive, X-Hop',
  'X-Hop: 1',
  '',
  '{}',
].join('\r\n');

describe('what a page gets of a response', () => {
  it("is the API's data, none of what it says as an origin, and that it is data", async () => {
    const answer = await got(CHATTY);
    expect(names(answer)).toEqual([
      'access-control-allow-origin',
      'content-length',
      'content-security-policy',
      'content-type',
      'date',
      'etag',
      'vary',
      'x-content-type-options',
      'x-total',
    ]);
    expect(answer.head.all('access-control-allow-origin')).toEqual([PAGE]);
    expect(answer.head.get('content-security-policy')).toMatch(/^sandbox;/);
    expect([answer.head.get('x-content-type-options'), answer.body.text]).toEqual(['nosniff', '{}']);
  });

  it('has what the config asks for besides, but never CORS lines', async () => {
    const answer = await got(CHATTY, { guard: { responseHeaders: ['set-cookie', 'server'] } });
    expect(answer.head.get('set-cookie')).toBe('session=1; Domain=api.test');
    expect(answer.head.get('server')).toBe('nginx/1.2.3');
    expect(answer.head.all('access-control-allow-origin')).toEqual([PAGE]);
  });

  it.each([204, 304, 404, 500, 503])('keeps the status %d', async (status) => {
    const answer = await got(`HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`);
    expect([answer.status, answer.problem]).toEqual([status, '']);
  });

  it("has no trailers, and none of the target's interim responses", async () => {
    const answer = await got(
      'HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n' +
        'HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
    expect([answer.status, answer.body.text, answer.body.trailers]).toEqual([200, 'hi', []]);
    expect(answer.head.get('trailer')).toBeUndefined();
  });

  it("forgets the config's parameters in the URLs that it names", async () => {
    const query = { key: 'top secret', format: 'json' };
    const link = 'https://api.test/users';
    const answer = await got(
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n' +
        `Link: <${link}?key=top+secret&page=2>; rel="next", <${link}?page=9&key=top%20secret&format=json>; rel="last"\r\n` +
        `Link: <${link}?key=top%20secret&format=json>; rel="first"\r\n` +
        `Content-Location: /users?format=json&key=top%20secret#x\r\n` +
        'X-Format: format=json\r\n\r\n',
      { guard: { query } },
    );
    expect(answer.head.all('link')).toEqual([
      `<${link}?page=2>; rel="next", <${link}?page=9>; rel="last"`,
      `<${link}>; rel="first"`,
    ]);
    expect(answer.head.get('content-location')).toBe('/users#x');
    expect(answer.head.get('x-format')).toBe('format=json');
  });

  it('leads Location through the gateway', async () => {
    const port = (): number => stage.api.port;
    stage = await startGuarded({
      guard: (own) => ({ target: `http://api.test:${own}/v1`, allow: '* /**', query: { key: 'secret' } }),
      script: async (peer) => {
        for (const location of [
          `http://api.test:${port()}/v1/users/7?a=1&key=secret`,
          '/v1/users/7',
          'https://else.test/',
          '/outside',
        ]) {
          await peer.head();
          peer.send(`HTTP/1.1 201 Created\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
        }
      },
    });
    const locations: (string | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      const answer = await stage.client.ask('/api/users', { method: 'POST', fields: `${ORIGIN}Content-Length: 0\r\n` });
      locations.push(answer.head.get('location'));
    }
    expect(locations).toEqual(['/api/users/7?a=1', '/api/users/7', undefined, undefined]);
  });
});
