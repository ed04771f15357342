import type { HeaderLines } from '../../../src/cors/index.ts';
import type { Random } from '../../fixtures/random.ts';
import type { CaseHop, CaseRequest, CaseResponse, CaseThen, VerdictCase } from './case.ts';

/** The origins that a rig serves: the page's own, two others of its site, and one of another site. */
export interface RigOrigins {
  readonly page: string;
  readonly other: string;
  readonly third: string;
  readonly foreign: string;
}

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'patch', 'put', 'FOO', 'OPTIONS'];

const REQUEST_HEADERS: readonly (readonly [string, string])[] = [
  ['X-A', '1'],
  ['x-b', '2'],
  ['Content-Type', 'application/json'],
  ['Content-Type', 'text/plain;charset=utf-8'],
  ['Content-Type', 'text/plain, x/x'],
  ['Authorization', 'Bearer t'],
  ['Accept', 'application/json'],
  ['Accept', 'a(b)'],
  ['Accept', 'a'.repeat(129)],
  ['Accept-Language', 'de;q=0.5'],
  ['Accept-Language', 'de_AT'],
  ['Range', 'bytes=0-'],
  ['Range', 'bytes=5-2'],
  ['User-Agent', 'x'],
  ['DPR', '2'],
  ['Save-Data', 'on'],
  ['Cookie', 'a=1'],
  ['Sec-X', '1'],
  ['X-HTTP-Method-Override', 'TRACE'],
  ['Access-Control-Allow-Origin', '*'],
];

const BODIES: readonly NonNullable<CaseRequest['body']>[] = [
  { kind: 'text', text: 'x' },
  { kind: 'urlencoded', text: 'a=b' },
  { kind: 'formdata', text: 'x' },
  { kind: 'bytes', text: 'x' },
  { kind: 'blob', text: '{}', type: 'application/json' },
];

/** A situation in which most is right and something may be out of order. Its id begins with `gen-`. */
export function generateCase(random: Random, origins: RigOrigins, index: number): VerdictCase {
  const id = `gen-${index}`;
  const isOpaque = random.chance(0.1);
  const page = isOpaque ? ({ origin: 'null', frame: 'sandbox' } as const) : { origin: origins.page };
  const request = generateRequest(random);
  const places = [origins.other, origins.other, origins.other, origins.third, origins.foreign, origins.page];
  const target = { origin: random.pick(places) };
  const server = new Server(random, page.origin, request);
  const plan = { id, group: 'generated', page, request, target, observed: {} };
  const answers = { preflight: server.preflight(), response: server.response() };
  const chance = random.next();
  if (chance < 0.25 && !hasUnsettledCookies(request)) {
    return { ...plan, ...answers, redirects: generateRedirects(random, server, { id, target, places }) };
  }
  // oxlint-disable-next-line unicorn/no-thenable -- the format calls it so
  if (chance > 0.85) return { ...plan, ...answers, then: generateThen(random, request) };
  return { ...plan, ...answers };
}

/**
 * Whether it's unsettled if cookies survive a redirect of this: recordings say no, but Chromium as the tests drive it, with
 * its restart of such requests turned off, sends them.
 */
export function hasUnsettledCookies({ mode, credentials }: CaseRequest): boolean {
  return mode === 'no-cors' && credentials === 'same-origin';
}

function generateThen(random: Random, request: CaseRequest): CaseThen[] {
  const steps = 1 + random.int(2);
  return Array.from({ length: steps }, () => ({
    afterMs: 20,
    ...(random.chance(0.5) ? {} : { request: random.chance(0.5) ? generateRequest(random) : request }),
  }));
}

function generateRequest(random: Random): CaseRequest {
  const mode = random.chance(0.12) ? 'no-cors' : random.chance(0.03) ? 'same-origin' : 'cors';
  const method = mode === 'no-cors' ? random.pick(['GET', 'POST', 'HEAD', 'PUT']) : random.pick(METHODS);
  const headers = Array.from({ length: random.chance(0.4) ? 1 + random.int(3) : 0 }, () =>
    random.pick(REQUEST_HEADERS),
  );
  const takesBody = !/^(?:GET|HEAD)$/i.test(method) && random.chance(0.6);
  return {
    method,
    headers,
    credentials: random.pick(['same-origin', 'omit', 'include']),
    mode,
    ...(takesBody ? { body: random.pick(BODIES) } : {}),
    ...(random.chance(0.05) ? { cache: random.pick(['no-store', 'no-cache', 'reload']) } : {}),
    ...(random.chance(0.05) ? { redirect: random.pick(['manual', 'error']) } : {}),
    ...(random.chance(0.1) ? { referrerPolicy: random.pick(['no-referrer', 'origin', 'same-origin']) } : {}),
  };
}

interface Route {
  readonly id: string;
  readonly target: VerdictCase['target'];
  readonly places: readonly string[];
}

function generateRedirects(random: Random, server: Server, { id, target, places }: Route): CaseHop[] {
  const count = 1 + random.int(3);
  const urls = Array.from({ length: count }, (_, i) => `${random.pick(places)}/case/${id}/h${i}`);
  return urls.map((url, i) => {
    const next = urls[i + 1] ?? `${target.origin}/case/${id}`;
    const location = random.chance(0.08) && server.mayRefuseUserinfo ? next.replace('//', '//u:p@') : next;
    const response = server.response();
    const headers: HeaderLines = [
      ...(random.chance(0.95) ? [['Location', location] as const] : []),
      ...response.headers,
    ];
    return {
      url,
      preflight: server.preflight(),
      response: { status: random.pick([301, 302, 303, 307, 308]), headers },
    };
  });
}

/** A server that wants to grant the request, and sometimes slips. */
class Server {
  readonly #random: Random;
  readonly #origin: string;
  readonly #request: CaseRequest;

  constructor(random: Random, origin: string, request: CaseRequest) {
    this.#random = random;
    this.#origin = origin;
    this.#request = request;
  }

  /** Which of two reasons not to follow a redirect is reported isn't the model's matter. */
  get mayRefuseUserinfo(): boolean {
    return this.#request.redirect !== 'error';
  }

  preflight(): CaseResponse {
    const random = this.#random;
    const names = [...new Set(this.#request.headers.map(([name]) => name)), 'content-type'];
    const status = random.chance(0.9) ? random.pick([200, 204]) : random.pick([301, 401, 404, 500]);
    return {
      status,
      headers: [
        ...this.#origins(),
        ...this.#maybe('Access-Control-Allow-Methods', [
          this.#request.method.toUpperCase(),
          'PUT, patch, FOO',
          '*',
          'GET (x)',
        ]),
        ...this.#maybe('Access-Control-Allow-Headers', [
          names.join(', '),
          '*',
          names.join(',').toUpperCase(),
          'x-a x-b',
        ]),
        ...this.#maybe('Access-Control-Max-Age', ['600', '0', '-1', 'junk']),
        ...(status === 301 ? [['Location', '/elsewhere'] as const] : []),
      ],
    };
  }

  response(): CaseResponse {
    return {
      status: this.#random.chance(0.9) ? 200 : this.#random.pick([204, 206, 400, 404, 500]),
      headers: [
        ['Content-Type', 'text/plain'],
        ...this.#origins(),
        ['X-One', '1'],
        ['ETag', '"e"'],
        ...this.#maybe('Access-Control-Expose-Headers', ['X-One', '*', 'x-one, etag', '*, (x)']),
        ...(this.#random.chance(0.2) ? [['Cross-Origin-Resource-Policy', this.#resourcePolicy()] as const] : []),
      ],
    };
  }

  #resourcePolicy(): string {
    return this.#random.pick(['same-origin', 'same-site', 'cross-origin', 'junk']);
  }

  #origins(): HeaderLines {
    const random = this.#random;
    const name = 'Access-Control-Allow-Origin';
    const own = this.#origin;
    const right: HeaderLines = [[name, random.chance(0.7) ? own : random.chance(0.6) ? '*' : 'null']];
    const slips: HeaderLines[] = [
      [],
      [[name, `${own}/`]],
      [[name, own.toUpperCase()]],
      [[name, `${own}, ${own}`]],
      [
        [name, own],
        [name, own],
      ],
      [[name, 'https://other.example']],
      [[name, ` ${own}\t`]],
      [[name, '**']],
    ];
    const credentials = random.chance(0.8) ? 'true' : random.pick(['True', 'false', 'true, true']);
    const lines = random.chance(0.8) ? right : random.pick(slips);
    return random.chance(0.85) ? [...lines, ['Access-Control-Allow-Credentials', credentials]] : lines;
  }

  /** The first value mostly, another one sometimes, and now and then none. */
  #maybe(name: string, values: readonly [string, ...string[]]): HeaderLines {
    if (this.#random.chance(0.15)) return [];
    return [[name, this.#random.chance(0.7) ? values[0] : this.#random.pick(values)]];
  }
}
