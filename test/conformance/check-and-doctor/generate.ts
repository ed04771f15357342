import type { Config, RouteOptions } from '../../../src/config/types.ts';
import { createPolicy, type PolicyOptions } from '../../../src/cors/index.ts';
import type { SimulatedRequest } from '../../../src/cli/simulation.ts';
import type { Random } from '../../fixtures/random.ts';

/** What a generated config may lead to. */
export interface World {
  /** A server that answers as `answerOf` says. */
  readonly upstream: string;
  /** A server that no config speaks for. */
  readonly elsewhere: string;
  /** Where nothing listens. */
  readonly down: string;
  readonly files: string;
}

/** The origin that most policies let in, and that asks most. */
const USUAL = 'https://app.example.com';

const ORIGINS = [
  'https://app.example.com',
  'https://a.b.example.com',
  'http://app.example.com',
  'https://app.example.com:8443',
  'http://localhost:5173',
  'http://127.0.0.1:5173',
  'https://pr-12--site.netlify.app',
  'https://evil.example',
  'null',
];

const ENTRIES: readonly NonNullable<PolicyOptions['origins']>[] = [
  'https://app.example.com',
  'https://*.example.com',
  'http://localhost:*',
  'https://my-app-*.vercel.app',
  'http://127.0.0.1:5173',
  'https://app.example.com:8443',
  'https://other.example.com',
  { regex: 'https://pr-\\d+--site\\.netlify\\.app' },
];

const METHODS = ['GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'put', 'patch', 'get'];
const NAMES = ['content-type', 'authorization', 'x-token', 'x-version', 'x-other'];
const PATHS = [
  '/a',
  '/a/x',
  '/b/1',
  '/b',
  '/c/d/e',
  '/c',
  '/d',
  '/nowhere/else',
  '/%61/x',
  '//a',
  '/a?q=1',
  '/c/x;y=1',
];

const HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain'],
  ['Authorization', 'Bearer 1'],
  ['X-Token', '1'],
  ['X-Version', '2'],
  ['X-Version', '3'],
  ['X-Other', 'a'],
  ['Accept', 'application/json'],
  ['Accept-Language', 'de'],
  ['Range', 'bytes=0-1'],
  ['Cookie', 'a=1'],
  ['Access-Control-Allow-Origin', '*'],
];

function some<T>(random: Random, items: readonly T[], most: number): T[] {
  const left = [...items];
  const taken: T[] = [];
  for (let count = random.int(most + 1); count > 0 && left.length > 0; count--) {
    taken.push(...left.splice(random.int(left.length), 1));
  }
  return taken;
}

/** Options that are valid in themselves: a config with many policies would else hardly ever be. */
function policy(random: Random): PolicyOptions {
  for (;;) {
    const options = anyPolicy(random);
    if ('policy' in createPolicy(options)) return options;
  }
}

function anyPolicy(random: Random): PolicyOptions {
  if (random.chance(0.08)) return { upstream: 'pass' };
  const open = random.chance(0.15);
  const first = random.chance(0.6) ? USUAL : random.pick(ENTRIES);
  const origins = open ? '*' : [first, ...some(random, ENTRIES, 2)].flat();
  return {
    origins: [...new Set([origins].flat())],
    ...(!open && random.chance(0.5) ? { credentials: true } : {}),
    ...(random.chance(0.7) ? { methods: random.pick(['*', 'PUT', ['PUT', 'DELETE'], ['PATCH']]) } : {}),
    ...(random.chance(0.7)
      ? { headers: random.pick(['*', ['*', 'authorization'], NAMES.slice(0, 3), ['x-token']]) }
      : {}),
    ...(random.chance(0.4) ? { expose: random.pick(['*', ['x-id', 'etag'], ['x-none']]) } : {}),
    ...(random.chance(0.3) ? { maxAge: random.pick([600, '2h', false] as const) } : {}),
    ...(random.chance(0.2) ? { enforce: true } : {}),
    ...(random.chance(0.2) ? { explain: random.chance(0.5) } : {}),
    ...(!open && random.chance(0.1) ? { dangerouslyAllowNullOrigin: true } : {}),
    ...(random.chance(0.7) ? { dangerouslyAllowInsecureOrigins: true } : {}),
  } as PolicyOptions;
}

/** CORS headers that an upstream sends by itself, right or wrong. */
export function ownHeaders(random: Random): Record<string, string> {
  const allow = 'Access-Control-Allow-';
  const lines: Record<string, string> = { 'X-Id': '1', ETag: '"1"' };
  if (random.chance(0.6)) lines[`${allow}Origin`] = random.pick(['*', ...ORIGINS, 'https://app.example.com/', 'a, b']);
  if (random.chance(0.4)) lines[`${allow}Credentials`] = random.pick(['true', 'True', 'false']);
  if (random.chance(0.4)) lines[`${allow}Methods`] = random.pick(['*', 'PUT, DELETE', 'PATCH', 'GET;PUT']);
  if (random.chance(0.4)) lines[`${allow}Headers`] = random.pick(['*', NAMES.join(', '), 'x-token', 'a b']);
  if (random.chance(0.3)) lines['Access-Control-Expose-Headers'] = random.pick(['*', 'X-Id', 'x-id, etag']);
  if (random.chance(0.1)) lines['Vary'] = 'Origin';
  return lines;
}

/** A policy that lets most through, or a redirect is hardly ever followed. */
const ELSEWHERE: PolicyOptions = { origins: USUAL, credentials: true, methods: '*', headers: ['*', 'authorization'] };

const STATUSES = [200, 200, 201, 204, 204, 400, 401, 403, 404, 500, 503];

function action(random: Random, world: World): Partial<RouteOptions> {
  switch (random.int(9)) {
    case 0:
    case 1:
      return { respond: { status: random.pick(STATUSES), headers: { 'X-Id': '1', ETag: '"1"' }, body: 'x' } };
    case 2:
      return { redirect: { to: random.pick(['/a/x', '/b/1', '/c/d', '/d', '/gone']), status: redirectStatus(random) } };
    case 3:
      return random.chance(0.7)
        ? { redirect: { to: `${world.elsewhere}/x`, status: redirectStatus(random) }, cors: ELSEWHERE }
        : { proxy: world.down };
    case 4:
      return { files: world.files };
    case 5: {
      const allow = random.pick(['* /**', '* /**', 'GET /**', 'GET|PUT|DELETE /*', 'POST /x']);
      return { guard: { target: world.upstream, allow, allowPrivate: '127.0.0.1' } };
    }
    default:
      return { proxy: world.upstream };
  }
}

function redirectStatus(random: Random): 301 | 302 | 303 | 307 | 308 {
  return random.pick([301, 302, 303, 307, 308] as const);
}

const ROUTES = ['/a', '/a/*', '/b/:id', '/b', '/c/*', '/c', '/d', '/*'];

/** A config, valid or not. */
export function generateConfig(random: Random, world: World): Config {
  const names = ['default', 'one', 'two', 'three'].filter(() => random.chance(0.6));
  const cors = Object.fromEntries(names.map((name) => [name, policy(random)]));
  const routes = [...new Set([random.pick(ROUTES), ...some(random, ROUTES, 8)])].flatMap((path): RouteOptions[] => {
    const own = random.chance(0.2) ? policy(random) : undefined;
    const named = random.pick([undefined, false, ...names]);
    const route = { path, ...action(random, world) };
    const chosen = own ?? (random.chance(0.5) ? named : undefined);
    return [
      {
        ...route,
        ...(chosen === undefined || route.cors === ELSEWHERE ? {} : { cors: chosen }),
        ...(random.chance(0.25)
          ? { method: random.pick([['GET'], ['GET', 'PUT'], ['POST', 'OPTIONS'], ['DELETE']]) }
          : {}),
        ...(random.chance(0.15) ? { header: { 'x-version': random.pick(['2', true] as const) } } : {}),
      } as RouteOptions,
    ];
  });
  return {
    listen: '127.0.0.1:0',
    log: { access: 'off' },
    ...(random.chance(0.3) ? { explain: true } : {}),
    ...(names.length === 0 ? {} : { cors }),
    routes,
  };
}

/** What a page asks of a gateway. */
export function generateRequest(random: Random, gateway: string): SimulatedRequest {
  const headers = new Map(some(random, HEADERS, 3).map((line) => [line[0], line] as const));
  return {
    origin: random.chance(0.05) ? gateway : random.chance(0.5) ? USUAL : random.pick(ORIGINS),
    method: random.pick(METHODS),
    target: random.pick(PATHS),
    headers: [...headers.values()],
    credentials: random.pick(['omit', 'same-origin', 'include', 'include'] as const),
    gateway,
  };
}
