import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Question } from '../../../src/doctor/index.ts';
import type { FindingRecord } from '../../../src/observe/access-log.ts';
import { codesOf, examineFrom, PAGE } from '../../fixtures/examine.ts';
import { rawRequest } from '../../fixtures/raw-request.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

/** Paths say what the upstream answers. */
const ANSWERS: Readonly<Record<string, readonly [status: number, headers: Record<string, string | string[]>]>> = {
  plain: [200, {}],
  twice: [200, { 'Access-Control-Allow-Origin': ['*', PAGE] }],
  elsewhere: [200, { 'Access-Control-Allow-Origin': 'https://other.example' }],
  everybody: [200, { 'Access-Control-Allow-Origin': '*' }],
  list: [200, { 'Access-Control-Allow-Origin': `${PAGE}, https://other.example` }],
  moody: [200, { 'Access-Control-Allow-Origin': PAGE, 'Access-Control-Allow-Credentials': 'True' }],
  login: [302, { Location: 'https://me:hush@login.example/login?token=hush#hush' }],
  moved: [302, { Location: 'https://other.example/?token=hush' }],
  fails: [500, {}],
  auth: [401, {}],
  unrouted: [404, {}],
  gets: [204, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'GET' }],
  bare: [204, { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Methods': 'PUT' }],
};

const answer: RequestListener = (request, response) => {
  const [status, headers] = ANSWERS[/\/(\w+)$/.exec(request.url ?? '')?.[1] ?? ''] ?? [404, {}];
  response.writeHead(status, headers).end();
};

let upstream: TestServer;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await serve(answer);
});
afterAll(() => upstream.close());

// One for each test: a gateway explains only so much within a second.
beforeEach(async () => {
  const proxy = `http://127.0.0.1:${upstream.port}`;
  gateway = await startGateway({
    explain: true,
    cors: {
      partners: { origins: ['https://localhost:5173', 'https://app.example.com'], methods: 'PATCH' },
      pages: { origins: [PAGE], methods: ['PUT'], headers: ['content-type'] },
      quiet: { origins: [PAGE], explain: false },
      everybody: { origins: '*' },
      pass: { upstream: 'pass' },
    },
    routes: [
      { path: '/raw/*', proxy },
      { path: '/partners/*', proxy, cors: 'partners' },
      { path: '/pages/*', proxy, cors: 'pages' },
      { path: '/quiet/*', proxy, cors: 'quiet' },
      { path: '/everybody/*', proxy, cors: 'everybody' },
      { path: '/pass/*', proxy, cors: 'pass' },
      { path: '/inline/*', proxy, cors: { origins: 'https://other.example', enforce: true } },
      { path: '/down/*', proxy: 'http://127.0.0.1:9' },
      { path: '/fixed', respond: 200, method: 'GET' },
      { path: '/old', redirect: 'https://other.example/new' },
    ],
  });
});
afterEach(() => gateway.close());

/** What the log says of the first exchange that it finds something about. */
function found(): FindingRecord | undefined {
  return gateway.records.find(({ finding }) => finding !== undefined)?.finding;
}

const preflighted: Partial<Question> = { method: 'PUT', headers: [['X-Token', 'hush']] };
const cookies: Partial<Question> = { credentials: 'include', cookie: 'sid=hush' };

/** What a page asks for, the code, the config's key, and a part of what to write. */
const CASES: readonly (readonly [
  path: string,
  Partial<Question>,
  code: string,
  key: string | undefined,
  mend: string,
])[] = [
  ['/raw/plain', {}, 'doctor-no-policy', 'routes[0].cors', '`cors: pages`'],
  ['/raw/twice', {}, 'doctor-duplicate', 'routes[0].cors', "in place of the upstream's own"],
  ['/raw/elsewhere', {}, 'doctor-origin-mismatch', 'routes[0].cors', '`cors: pages`'],
  ['/raw/list', {}, 'doctor-origin-list', 'routes[0].cors', '`cors: pages`'],
  ['/raw/everybody', cookies, 'doctor-wildcard-credentials', 'routes[0].cors', 'credentials: true'],
  ['/raw/moody', cookies, 'doctor-credentials-malformed', 'routes[0].cors', 'credentials: true'],
  ['/raw/login', {}, 'doctor-redirect-login', undefined, 'answer 401'],
  ['/raw/moved', {}, 'doctor-redirect-no-policy', 'routes[0].cors', '`cors: pages`'],
  ['/raw/fails', {}, 'doctor-error-no-policy', 'routes[0].cors', '`cors: pages`'],
  ['/raw/auth', preflighted, 'doctor-preflight-auth', 'routes[0].cors', 'methods: [PUT], headers: [x-token] }'],
  ['/raw/unrouted', preflighted, 'doctor-preflight-unrouted', 'routes[0].cors', 'headers: [x-token]'],
  ['/raw/login', preflighted, 'doctor-preflight-redirect', undefined, 'CORS in front of authentication'],
  ['/raw/gets', preflighted, 'doctor-method-not-allowed', 'routes[0].cors', 'methods: [PUT]'],
  ['/raw/bare', preflighted, 'doctor-header-not-allowed', 'routes[0].cors', 'headers: [x-token]'],
  [
    '/pass/plain',
    {},
    'doctor-no-policy',
    'cors.pass.upstream',
    `\`origins: [${PAGE}]\` in place of \`upstream: pass\``,
  ],
  ['/inline/plain', {}, 'doctor-origin-mismatch', 'routes[6].cors.origins', `add \`${PAGE}\``],
  ['/inline/plain', preflighted, 'doctor-origin-mismatch', 'routes[6].cors.origins', `add \`${PAGE}\``],
  ['/partners/plain', {}, 'doctor-origin-mismatch', 'cors.partners.origins', 'scheme'],
  [
    '/quiet/plain',
    { origin: 'https://x.test' },
    'doctor-origin-not-listed',
    'cors.quiet.origins',
    'add `https://x.test`',
  ],
  [
    '/quiet/plain',
    { ...preflighted, origin: 'https://x.test' },
    'doctor-origin-not-listed',
    'cors.quiet.origins',
    'add',
  ],
  ['/pages/plain', { origin: 'null' }, 'doctor-origin-null', undefined, 'Serve the page over HTTP'],
  ['/pages/plain', { method: 'DELETE' }, 'doctor-method-not-allowed', 'cors.pages.methods', '`methods: [PUT, DELETE]`'],
  [
    '/partners/plain',
    { origin: 'https://app.example.com', method: 'patch' },
    'doctor-method-case',
    undefined,
    "`method: 'PATCH'`",
  ],
  [
    '/pages/plain',
    preflighted,
    'doctor-header-not-allowed',
    'cors.pages.headers',
    '`headers: [content-type, x-token]`',
  ],
  ['/quiet/plain', preflighted, 'doctor-method-not-allowed', 'cors.quiet.methods', '`methods: [PUT]`'],
  ['/pages/plain', cookies, 'doctor-credentials-missing', 'cors.pages.credentials', '`credentials: true`'],
  ['/everybody/plain', cookies, 'doctor-wildcard-credentials', 'cors.everybody.origins', `\`origins: [${PAGE}]\``],
  ['/down/x', {}, 'doctor-upstream-down', 'routes[7].cors', 'Start or mend `127.0.0.1:9` (ECONNREFUSED).'],
  ['/down/x', preflighted, 'doctor-upstream-down', 'routes[7].cors', 'Start or mend `127.0.0.1:9` (ECONNREFUSED).'],
  ['/nowhere', {}, 'doctor-no-policy', undefined, 'Add a route for `GET /nowhere`'],
  ['/fixed', preflighted, 'doctor-preflight-unrouted', undefined, 'add `PUT` to `method`'],
  ['/old', {}, 'doctor-redirect-no-policy', 'routes[9].cors', '`cors: pages`'],
];

describe('what the log finds is what the doctor finds', () => {
  it.each(CASES)('%s %j: %s', async (path, question, code, key, mend) => {
    const diagnosis = await examineFrom(gateway.url + path, question);
    expect(diagnosis.outcome).toBe('blocked');
    const finding = found();
    expect(finding).toMatchObject({ code, ...(key === undefined ? {} : { key }) });
    expect(finding?.key).toBe(key);
    expect(finding?.mend).toContain(mend);
    expect(codesOf(diagnosis)[0]).toBe(code);
    expect(JSON.stringify(gateway.records)).not.toContain('hush');
  });
});

describe('nothing is found', () => {
  it.each([
    ['/pages/plain', 'GET'],
    ['/pages/plain', 'PUT'],
    ['/everybody/plain', 'GET'],
    ['/raw/everybody', 'GET'],
  ])('where the page may read: %s %s', async (path, method) => {
    await rawRequest(gateway.port, path, { method, headers: { Origin: PAGE } });
    expect(gateway.records).toHaveLength(1);
    expect(found()).toBeUndefined();
  });

  it.each([
    ['of a page of the same origin', { Origin: 'SELF' }],
    ['where no Origin came', {}],
    ['of a navigation', { Origin: PAGE, 'Sec-Fetch-Mode': 'navigate' }],
    ['of an image', { Origin: PAGE, 'Sec-Fetch-Mode': 'no-cors' }],
  ])('%s', async (_, headers: Record<string, string>) => {
    const { port } = gateway;
    const own = { ...headers, ...(headers['Origin'] === 'SELF' ? { Origin: `http://127.0.0.1:${port}` } : {}) };
    await rawRequest(port, '/raw/plain', { headers: own });
    expect(gateway.records).toHaveLength(1);
    expect(found()).toBeUndefined();
  });
});

describe('a WebSocket', () => {
  const handshake = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    Origin: PAGE,
  };

  it.each([
    ['/inline/plain', 'live-websocket-origin', 'routes[6].cors.origins', `add \`${PAGE}\``],
    ['/raw/auth', 'live-websocket-failed', undefined, 'refuses: its path, its login'],
    ['/down/x', 'live-websocket-failed', undefined, 'Start or mend `127.0.0.1:9`'],
    ['/fixed', 'live-websocket-failed', undefined, 'Only a route that proxies'],
  ])('that is not opened has its reason: %s', async (path, code, key, mend) => {
    const socket = await gateway.connect();
    const lines = Object.entries({ Host: `127.0.0.1:${gateway.port}`, ...handshake });
    socket.send(`GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    await expect.poll(() => gateway.records.length).toBe(1);
    socket.end();
    expect(found()).toMatchObject({ code, ...(key === undefined ? {} : { key }) });
    expect(found()?.mend).toContain(mend);
    // No browser checks CORS there.
    expect(gateway.records[0]?.cors?.reason).not.toBe('no-policy');
  });
});

describe('what strangers send', () => {
  it('never fills the log', async () => {
    const headers = { Origin: `https://${'x'.repeat(5000)}.example` };
    await rawRequest(gateway.port, '/quiet/plain', { headers });
    const finding = found();
    expect(finding?.code).toBe('doctor-origin-not-listed');
    expect(`${finding?.message}${finding?.mend}`.length).toBeLessThan(2100);
  });

  it('is explained only so often within a second, and logged all the same', async () => {
    await Promise.all(
      Array.from({ length: 200 }, () =>
        rawRequest(gateway.port, '/pages/plain', { headers: { Origin: 'https://a.b' } }),
      ),
    );
    expect(gateway.records).toHaveLength(200);
    const explained = gateway.records.filter(({ finding }) => finding !== undefined).length;
    // 50 a second; on a slow machine 200 requests take a few of them.
    const seconds =
      (Date.parse(gateway.records.at(-1)?.time ?? '') - Date.parse(gateway.records[0]?.time ?? '')) / 1000;
    expect(explained).toBeGreaterThanOrEqual(50);
    expect(explained).toBeLessThanOrEqual(50 * (Math.ceil(seconds) + 1));
    expect(gateway.records.every(({ cors }) => cors?.reason === 'origin-not-allowed')).toBe(true);
  });
});

it('without `explain` nothing is found', async () => {
  const plain = await startGateway({ routes: [{ respond: 200 }] });
  try {
    await rawRequest(plain.port, '/', { headers: { Origin: PAGE } });
    expect(plain.records[0]).not.toHaveProperty('finding');
  } finally {
    await plain.close();
  }
});
