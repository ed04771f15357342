import { afterAll, beforeAll, expect, it } from 'vitest';
import { codesOf, examineFrom, PAGE } from '../../test/fixtures/examine.ts';
import { serve, type TestServer } from '../../test/fixtures/servers.ts';
import { renderHtml, renderMarkdown, renderReport, reportOf, type Diagnosis } from './index.ts';
import { reportSchema } from './report/schema.ts';
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

/** Everything that a user may pass on. */
function forms(diagnosis: Diagnosis): string[] {
  const report = reportOf(diagnosis);
  return [JSON.stringify(report), renderReport(report, { color: true }), renderMarkdown(report), renderHtml(report)];
}

it('secrets in a URL appear in no report, wherever they are sent on to', async () => {
  const api = await serve((request, response) => {
    response.setHeader('Set-Cookie', 'sid=fresh-session; Path=/');
    response.setHeader('X-Session-Token', 'fresh-token');
    const login = `/login?next=${encodeURIComponent(request.url ?? '')}&code=fresh-code`;
    const isLogin = request.url?.startsWith('/login') === true;
    response.writeHead(isLogin || request.method === 'OPTIONS' ? 200 : 302, isLogin ? {} : { Location: login });
    response.end(request.url);
  });
  try {
    const url = `${api.origin}/a?page=2&token=t0ken%2Fwith%3Fsigns&api_key=k3y-of-mine`;
    const via = [`http://inner-user:inner-pass@127.0.0.1:${api.port}`];
    const diagnosis = await examineFrom(url, { method: 'PUT', headers: [['X-Other', '1']] }, { via, audit: true });
    expect(api.seen.some((seen) => seen.url.includes('token=t0ken%2Fwith%3Fsigns&api_key=k3y-of-mine'))).toBe(true);
    const seen = JSON.stringify(diagnosis);
    const secrets = [
      't0ken',
      'with%3Fsigns',
      'k3y-of-mine',
      'fresh-session',
      'fresh-token',
      'inner-pass',
      'fresh-code',
    ];
    for (const secret of secrets) expect(seen).toContain(secret);
    for (const text of forms(diagnosis)) {
      for (const secret of secrets) expect(text).not.toContain(secret);
      expect(text).toContain('page=2');
      expect(text).toContain('$API_KEY');
    }
  } finally {
    await api.close();
  }
});

it('a user name and a password in a URL appear in no report', async () => {
  const diagnosis = await examineFrom('https://me-myself:open-sesame@a.example/b');
  expect(codesOf(diagnosis)).toContain('doctor-request-fault');
  for (const text of forms(diagnosis)) {
    expect(text).not.toMatch(/me-myself|open-sesame/);
    expect(text).toContain('a.example/b');
  }
});

it('a secret that is a word of ours spoils neither the data nor the mend', async () => {
  const app = await serve((_, response) => response.setHeader('X-Powered-By', 'Express').end());
  try {
    const headers = ['cors', 'blocked', 'doctor', 'localhost', 'error', 'express'];
    const diagnosis = await examineFrom(app.origin, {
      headers: headers.map((value, index) => [`X-H${index}`, value] as const),
    });
    const report = reportSchema.parse(reportOf(diagnosis));
    expect(report).toMatchObject({ outcome: 'blocked', request: { mode: 'cors', origin: PAGE } });
    expect(report.findings[0]?.code).toBe('doctor-no-policy');
    expect(report.fix?.files[0]?.text).toContain(`new Set(['${PAGE}'])`);
  } finally {
    await app.close();
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
