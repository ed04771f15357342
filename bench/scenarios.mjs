// What is measured. A scenario's variants and proxies take turns with each other.
import { CHUNKED_BODY } from './backends/messages.mjs';
import { filler, SMALL_JSON } from './backends/nginx.mjs';

const APP = 'https://app.example.com';
const MAIN = ['nginx', 'haproxy', 'caddy', 'oneorigin'];

/** What Chrome sends with a page's `fetch()` to its own origin; wrk adds `Host`. */
const BROWSER = {
  Connection: 'keep-alive',
  'sec-ch-ua': '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Windows"',
  'User-Agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  Accept: 'application/json, text/plain, */*',
  'Sec-Fetch-Site': 'same-origin',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Dest': 'empty',
  Referer: 'https://app.example.com/users',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
  Cookie: 'session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=all',
};

const CROSS_ORIGIN = { ...BROWSER, Origin: APP, 'Sec-Fetch-Site': 'same-site' };

const PREFLIGHT = {
  Connection: 'keep-alive',
  Accept: '*/*',
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'authorization,content-type',
  Origin: APP,
  'User-Agent': BROWSER['User-Agent'],
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Site': 'same-site',
  'Sec-Fetch-Dest': 'empty',
  Referer: 'https://app.example.com/',
  'Accept-Encoding': BROWSER['Accept-Encoding'],
  'Accept-Language': BROWSER['Accept-Language'],
};

const policy = { origins: [APP] };
const paths = ['/api/users/42'];
const smallJson = { status: 200, body: SMALL_JSON };

const originsOf = (count) => Array.from({ length: count }, (_, i) => `https://tenant-${i}.example.com`);

/** At most so many different requests are sent in turns, spread over all there are. */
const DIFFERENT = 1000;
const spread = (all) => Array.from({ length: DIFFERENT }, (_, i) => all[Math.floor((i * all.length) / DIFFERENT)]);

/**
 * As many different requests whatever the number of routes or origins: a load that comes from one cold place after another
 * costs every proxy something, and that isn't what is asked here.
 */
const numbered = (all) => all.map((path, i) => `${path}?n=${i}`);

const thousands = (count) => count.toLocaleString('en');

/**
 * @typedef {object} Variant
 * @property {string} [name]
 * @property {Partial<import('./proxies/index.mjs').Setup> & { withFiles?: boolean }} [setup]
 * @property {import('./lib/wrk.mjs').Load} load also the check before it, and the warm-up
 * @property {{ status: number, body?: string, cors?: 'actual' | 'preflight' }} expect
 */

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title
 * @property {'http' | 'events' | 'websocket' | 'idle' | 'startup'} kind
 * @property {string} needs what a proxy must be able to do
 * @property {readonly string[]} [only] by default all that can
 * @property {'nginx' | 'node'} [backend] default: nginx
 * @property {number} [clients] of scenarios that hold connections
 * @property {number} [cores] that the proxies run on. Default: 1
 * @property {readonly Variant[]} variants
 */

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  {
    name: 'get-policy',
    title: 'GET of a small JSON, a browser’s headers, under a CORS policy',
    kind: 'http',
    needs: 'proxy',
    variants: [{ setup: { policy }, load: { headers: CROSS_ORIGIN, paths }, expect: { ...smallJson, cors: 'actual' } }],
  },
  {
    name: 'get',
    title: 'The same without `Origin`, and without a policy',
    kind: 'http',
    needs: 'proxy',
    variants: [{ load: { headers: BROWSER, paths }, expect: smallJson }],
  },
  {
    name: 'get-log',
    title: 'The GET under a policy, with the access log on (to /dev/null)',
    kind: 'http',
    needs: 'log',
    variants: [
      {
        setup: { policy, log: true },
        load: { headers: CROSS_ORIGIN, paths },
        expect: { ...smallJson, cors: 'actual' },
      },
    ],
  },
  {
    name: 'preflight',
    title: 'Preflights, answered by the proxy (nginx: `return 204`)',
    kind: 'http',
    needs: 'proxy',
    variants: [
      {
        setup: { policy },
        load: { method: 'OPTIONS', headers: PREFLIGHT, paths },
        expect: { status: 204, cors: 'preflight' },
      },
    ],
  },
  {
    name: 'post-10k',
    title: 'POST of 10 KiB JSON under the policy',
    kind: 'http',
    needs: 'proxy',
    variants: [
      {
        setup: { policy },
        load: {
          method: 'POST',
          headers: { ...CROSS_ORIGIN, 'Content-Type': 'application/json' },
          body: filler(10_240),
          paths,
        },
        expect: { ...smallJson, cors: 'actual' },
      },
    ],
  },
  {
    name: 'body-64k',
    title: 'Responses of 64 KiB',
    kind: 'http',
    needs: 'body',
    variants: [{ load: { headers: BROWSER, paths: ['/api/64k.json'] }, expect: { status: 200, body: filler(65_536) } }],
  },
  {
    name: 'body-1m',
    title: 'Responses of 1 MiB',
    kind: 'http',
    needs: 'body',
    variants: [
      { load: { headers: BROWSER, paths: ['/api/1m.json'] }, expect: { status: 200, body: filler(1_048_576) } },
    ],
  },
  {
    name: 'chunked',
    title: 'Chunked responses: 16 chunks of 1 KiB',
    kind: 'http',
    needs: 'proxy',
    backend: 'node',
    variants: [
      { load: { headers: BROWSER, paths: ['/api/chunked'] }, expect: { status: 200, body: CHUNKED_BODY.join('') } },
    ],
  },
  {
    name: 'file-4k',
    title: 'Static files of 4 KiB',
    kind: 'http',
    needs: 'files',
    variants: [
      {
        setup: { withFiles: true },
        load: { headers: BROWSER, paths: ['/4k.json'] },
        expect: { status: 200, body: filler(4096) },
      },
    ],
  },
  {
    name: 'file-1m',
    title: 'Static files of 1 MiB',
    kind: 'http',
    needs: 'files',
    variants: [
      {
        setup: { withFiles: true },
        load: { headers: BROWSER, paths: ['/1m.json'] },
        expect: { status: 200, body: filler(1_048_576) },
      },
    ],
  },
  {
    name: 'events',
    title: 'Server-sent events: 1,000 clients, ten events a second each, under the policy',
    kind: 'events',
    needs: 'events',
    backend: 'node',
    clients: 1000,
    variants: [
      {
        setup: { policy, events: true },
        load: { headers: { ...CROSS_ORIGIN, Accept: 'text/event-stream' }, paths: ['/api/events'] },
        expect: { status: 200, cors: 'actual' },
      },
    ],
  },
  {
    name: 'websocket',
    title: 'WebSocket echo: 1,000 clients, ten messages of 64 bytes a second each',
    kind: 'websocket',
    needs: 'websocket',
    backend: 'node',
    clients: 1000,
    variants: [{ load: { headers: CROSS_ORIGIN, paths: ['/api/socket'] }, expect: { status: 101 } }],
  },
  {
    name: 'routes',
    title: 'The GET without a policy, with so many routes, all of them asked for in turns',
    kind: 'http',
    needs: 'routes',
    variants: [1, 100, 10_000].map((count) => ({
      name: count === 1 ? '1 route' : `${thousands(count)} routes`,
      setup: { routes: count },
      load: { headers: BROWSER, paths: numbered(spread(Array.from({ length: count }, (_, i) => `/r${i}/users/42`))) },
      expect: smallJson,
    })),
  },
  {
    name: 'origins',
    title: 'The GET under a policy that lists so many origins, all of them asking in turns',
    kind: 'http',
    needs: 'origins',
    variants: [1, 100, 10_000].map((count) => ({
      name: count === 1 ? '1 origin' : `${thousands(count)} origins`,
      setup: { policy: { origins: originsOf(count) } },
      load: { headers: CROSS_ORIGIN, paths: numbered(spread(paths)), origins: spread(originsOf(count)) },
      expect: { ...smallJson, cors: 'actual' },
    })),
  },
  {
    name: 'workers',
    title:
      'The GET under a policy, by two processes (HAProxy, Caddy: threads) on two cores, which load and backend share',
    kind: 'http',
    needs: 'workers',
    cores: 2,
    variants: [
      {
        setup: { policy, workers: 2 },
        load: { headers: CROSS_ORIGIN, paths },
        expect: { ...smallJson, cors: 'actual' },
      },
    ],
  },
  {
    name: 'idle',
    title: 'Memory of 10,000 idle connections, after one request on each',
    kind: 'idle',
    needs: 'proxy',
    only: [...MAIN, 'http-proxy'],
    clients: 10_000,
    variants: [{ load: { headers: BROWSER, paths }, expect: smallJson }],
  },
  {
    name: 'startup',
    title: 'Start-up to the first answer',
    kind: 'startup',
    needs: 'proxy',
    variants: [{ setup: { policy }, load: { headers: BROWSER, paths }, expect: smallJson }],
  },
];
