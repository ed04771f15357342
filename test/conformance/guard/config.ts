import type { Config } from '../../../src/config/types.ts';
import { API_KEY, SECRET } from './third-party.ts';

/** The page's origin. */
export const APP = 'https://app.example.com';

/** Variables of the config below. */
export const ENV: Readonly<Record<string, string>> = { SECRET, API_KEY };

/** Where the parts of the play are. */
export interface Stage {
  /** The third party's. */
  readonly port: number;
  /** Nobody's. */
  readonly closed: number;
  /** The same third party, with certificates of an authority that nobody knows, and of its own. */
  readonly untrusted: number;
  readonly selfSigned: number;
}

/** One configuration for every case of the contract, in the gateway and at the edge. */
export function contractConfig({ port, closed, untrusted, selfSigned }: Stage): Config {
  const target = `http://127.0.0.1:${port}/v1`;
  const allowPrivate = '127.0.0.1';
  const secrets = {
    headers: { authorization: 'Bearer ${SECRET}', 'x-client': 'one' },
    query: { api_key: '${API_KEY}' },
  } as const;
  return {
    cors: {
      app: { origins: [APP], methods: ['PUT'], headers: ['content-type', 'x-version'], expose: ['x-total'] },
      // Of requests that match no route.
      default: { origins: ['https://default.example.com'] },
      strict: { origins: [APP], enforce: true },
    },
    routes: [
      { path: '/hello', respond: { body: '{"hello":true}', headers: { 'X-Total': '1' } }, cors: 'app' },
      { path: '/nothing', respond: 204, cors: 'strict' },
      { path: '/old/*', redirect: { to: '/new/*', status: 307 }, cors: 'app' },
      { path: '/only', method: ['GET', 'PUT'], respond: 200, cors: 'app' },
      {
        path: '/api/*',
        guard: {
          target,
          allow: ['GET|POST|PUT|OPTIONS /echo/**', 'GET /habits', 'GET|POST|HEAD /go/*', '* /status/*', 'GET /gzip'],
          ...secrets,
          requestHeaders: ['x-version'],
          allowPrivate,
          maxBody: '1000B',
        },
        cors: 'app',
      },
      {
        path: '/open-minded/*',
        guard: {
          target,
          allow: ['* /**'],
          requestHeaders: ['cookie', 'origin', 'authorization'],
          responseHeaders: ['set-cookie', 'server'],
          redirects: 'rewrite',
          maxResponse: '2000B',
          allowPrivate: ['127.0.0.0/8'],
        },
        timeouts: { connect: '1s', head: '1s' },
        cors: 'app',
      },
      {
        path: '/limited/*',
        guard: { target, allow: 'GET /**', rateLimit: { requests: 2, per: '1h', by: 'client' }, allowPrivate },
        cors: 'app',
      },
      // What fails is told of with the URL, as runtimes have it: the secret is in there.
      ...Object.entries({
        down: `http://127.0.0.1:${closed}`,
        nowhere: 'https://api.invalid',
        untrusted: `https://127.0.0.1:${untrusted}`,
        'self-signed': `https://127.0.0.1:${selfSigned}`,
      }).map(([name, url]) => ({
        path: `/${name}/*`,
        guard: { ...secrets, target: url, allow: 'GET /**', allowPrivate },
        cors: 'app',
      })),
      {
        path: '/proxy/*',
        guard: {
          hosts: [`http://127.0.0.1:${port}/v1`, 'http://*.example.org'],
          origins: [APP, 'https://*.example.com'],
          denyOrigins: ['https://old.example.com'],
          requireHeader: ['x-requested-with', 'origin'],
          allowPrivate,
          maxRedirects: 2,
        },
        cors: { origins: [APP, 'https://old.example.com', 'https://other.test'] },
      },
    ],
  };
}
