import { afterAll, beforeAll, expect, it } from 'vitest';
import { examineFrom, PAGE } from '../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../test/fixtures/servers.ts';
import { renderHtml, renderMarkdown, renderReport, reportOf } from './index.ts';
import { hider, HIDDEN } from './secrets.ts';

/** A server that sends back all that it gets, as debug pages do. */
let server: TestServer;
beforeAll(async () => {
  server = await serve((request, response) => {
    const { authorization = '', cookie = '', 'x-api-key': key = '' } = request.headers;
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Origin', PAGE);
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Access-Control-Allow-Headers', 'authorization, x-api-key');
      return response.end();
    }
    const echo = [authorization, cookie, String(key)].join(' ');
    response.setHeader('Access-Control-Allow-Origin', echo);
    response.setHeader('Access-Control-Expose-Headers', encodeURIComponent(String(key)));
    return response.end(echo);
  });
});
afterAll(() => server.close());

it('secrets appear in no report, even if the server sends them back', async () => {
  const basic = Buffer.from('me:open sesame').toString('base64');
  const diagnosis = await examineFrom(`${server.origin}/a`, {
    credentials: 'include',
    cookie: 'sid=cookie-secret; theme=dark-blue',
    headers: [
      ['Authorization', `Basic ${basic}`],
      ['X-Api-Key', 'k3y/with?signs'],
    ],
  });
  // What is left out must have been there.
  expect(server.seen.some(({ headers }) => headers.authorization === `Basic ${basic}`)).toBe(true);
  expect(JSON.stringify(diagnosis)).toContain('cookie-secret');
  const report = reportOf(diagnosis);
  for (const text of [JSON.stringify(report), renderReport(report), renderMarkdown(report), renderHtml(report)]) {
    for (const secret of [basic, 'open sesame', 'cookie-secret', 'dark-blue', 'k3y/with', 'k3y%2Fwith']) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('$AUTHORIZATION');
  }
});

it('what is public stays, and what is short cannot be told from the rest', () => {
  const hide = hider({
    url: 'http://a.example/',
    origin: 'http://b.example',
    method: 'GET',
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Version', '1'],
      ['X-Token', 'abcdefgh'],
      ['X-Longer', 'abcdefghij'],
    ],
    credentials: 'omit',
    mode: 'cors',
    send: false,
  });
  expect(hide('application/json 1 abcdefgh abcdefghij')).toBe(`application/json 1 ${HIDDEN} ${HIDDEN}`);
});
