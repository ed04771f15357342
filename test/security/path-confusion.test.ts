import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain, startRawUpstream, type RawUpstream } from '../fixtures/raw-upstream.ts';
import { startGateway, type TestGateway } from '../fixtures/start-gateway.ts';
import { readings } from './path-readings.ts';

const ROUTES = ['admin', 'public', 'rest'] as const;
type RouteName = (typeof ROUTES)[number];

let gateway: TestGateway;
const upstreams: RawUpstream[] = [];
/** The request lines that each upstream got. */
let seen: { readonly route: RouteName; readonly line: string }[] = [];

beforeAll(async () => {
  for (const route of ROUTES) {
    upstreams.push(
      await startRawUpstream(async (peer) => {
        for (;;) {
          const head = await peer.head();
          seen.push({ route, line: head.start });
          peer.send(plain(route));
        }
      }),
    );
  }
  const [admin, open, rest] = upstreams.map(({ url }) => url) as [string, string, string];
  gateway = await startGateway({
    routes: [
      { path: '/admin/*', proxy: admin },
      { path: '/public/*', proxy: open },
      { path: '/*', proxy: rest },
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  for (const upstream of upstreams) await upstream.close();
});

/** The route that a path belongs to when it's taken as it stands. */
function routeOf(path: string): RouteName {
  const first = path.split('/')[1];
  return first === 'admin' || first === 'public' ? first : 'rest';
}

const TARGETS = [
  '/admin/x',
  '/admin',
  '/admin/',
  '/public/x',
  '/x',
  // Dot segments, plain and escaped.
  '/public/../admin/x',
  '/public/..',
  '/public/../',
  '/../admin/x',
  '/./admin/x',
  '/public/./x',
  '/public/.',
  '/x/../admin',
  '/x/../../admin',
  '/public/%2e%2e/admin/x',
  '/public/%2E%2E/admin/x',
  '/public/.%2e/admin/x',
  '/public/%2e./admin/x',
  '/%2e/admin/x',
  '/public/...',
  '/public/.../admin',
  '/public/..admin',
  '/public/..%20/admin',
  // Escaped separators.
  '/public%2fx',
  '/public%2F..%2Fadmin/x',
  '/public/..%2fadmin/x',
  '/public%2f%2e%2e%2fadmin',
  '/admin%2fx',
  '/%2fadmin/x',
  '/x%2f..%2fadmin',
  '/public/%2fadmin',
  // Backslashes.
  '/public\\..\\admin\\x',
  '/public/..\\admin/x',
  '/\\admin/x',
  '/admin\\x',
  '/public%5c..%5cadmin',
  '/%5cadmin/x',
  '/admin%5cx',
  '/public/a\\b',
  // Repeated slashes.
  '//admin/x',
  '///admin/x',
  '/public//x',
  '//public/x',
  '/public//../admin',
  '/admin//x',
  '//x',
  '/%2f/admin',
  // Path parameters.
  '/admin;a=b/x',
  '/admin;/x',
  '/;/admin/x',
  '/public;/../admin',
  '/public/..;/admin/x',
  '/public/..;a=b/admin/x',
  '/public/;/x',
  '/x;/admin',
  '/%3b/admin',
  '/admin%3b/x',
  '/;a/admin',
  // Escapes of what needs none.
  '/%61dmin/x',
  '/%61%64%6d%69%6e/x',
  '/a%64min',
  '/%70ublic/x',
  '/admin/%78',
  '/public/%61',
  // Escaped more than once.
  '/%2561dmin/x',
  '/%252561dmin/x',
  '/public/%252e%252e/admin/x',
  '/public%252f..%252fadmin/x',
  '/public/%252e%252e%252fadmin',
  '/%252fadmin',
  '/%255cadmin',
  '/public/100%25',
  '/public/a%252fb',
  // More bytes than needed, and none of ASCII.
  '/public/%c0%ae%c0%ae/admin/x',
  '/public/%c0%af%c0%ae%c0%ae%c0%afadmin',
  '/%c1%a1dmin/x',
  '/public/%e0%80%ae%e0%80%ae/admin',
  '/public/%f0%80%80%ae/admin',
  '/%ef%bc%8fadmin',
  '/\xc3\xa9',
  '/%c3%a9',
  '/%ff',
  '/%u0061dmin/x',
  // Control characters.
  '/admin%00/x',
  '/public/x%00/../admin',
  '/%00admin',
  '/admin%0d%0a/x',
  '/admin%09/x',
  '/%0aadmin/x',
  '/admin%7f/x',
  // Case and trailing dots are part of a name; queries aren't part of the path.
  '/Admin/x',
  '/ADMIN/x',
  '/admin./x',
  '/admin../x',
  '/admin%20/x',
  '/admin+/x',
  '/admin?/../public',
  '/public?/admin',
  '/?/admin/x',
  '/public/x?a=../../admin&b=%2e%2e%2f',
  // Broken escapes.
  '/%',
  '/%6',
  '/%zz/admin',
  '/%%36%31dmin/x',
  '/admin%',
  // Absolute-form.
  'http://a.test/admin/x',
  'http://a.test/public/../admin/x',
  'http://a.test//admin/x',
  'http://a.test/%61dmin',
  'http://a.test',
  'http://a.test?/admin',
  'http://a.test\\admin',
  'http://a.test%2fadmin',
  'http://admin/public/x',
  '//a.test/admin/x',
];

describe('a path that looks like another', () => {
  it('is tried in a hundred spellings', () => {
    expect(new Set(TARGETS).size).toBe(TARGETS.length);
    expect(TARGETS.length).toBeGreaterThan(100);
  });

  for (const target of TARGETS) {
    it(`is refused, or means one route to everybody: ${JSON.stringify(target)}`, async () => {
      seen = [];
      const client = await gateway.connect();
      const { status, problem } = await client.ask(target);
      client.end();
      await client.closed;
      if (status !== 200) {
        expect(status).toBe(400);
        expect(['malformed-request', 'ambiguous-path']).toContain(problem);
        expect(seen).toEqual([]);
        return;
      }
      const sent = target.replace(/^http:\/\/[^/?]*/, '').replace(/^(?!\/)/, '/');
      expect(seen).toHaveLength(1);
      const { route, line } = seen[0] as (typeof seen)[number];
      expect(line).toBe(`GET ${sent} HTTP/1.1`);
      const path = sent.replace(/\?.*/, '');
      for (const reading of readings(path)) expect([reading, routeOf(reading)]).toEqual([reading, route]);
    });
  }

  it('is not refused without a need', async () => {
    const client = await gateway.connect();
    for (const target of [
      '/public/100%25',
      '/public/a%252fb',
      '/public//x',
      '/public/a%2fb',
      '/%c3%a9',
      '/public/;/x',
      '/public/...',
    ]) {
      expect([target, (await client.ask(target)).status]).toEqual([target, 200]);
    }
    client.end();
    await client.closed;
  });
});
