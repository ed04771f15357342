import type { HeaderLines } from '../../../src/cors/index.ts';
import type { ArrivedRequest, Observation, VerdictCase } from './case.ts';
import type { RigOrigins } from './generate.ts';
import { merge, targetUrl } from './play.ts';
import { RIG_PAGE } from './rig-page.ts';
import { startRawServer, type RawAnswer, type RawRequest } from './rig-server.ts';

/** What the page sees of a request. */
type Found = Omit<Observation, 'preflighted' | 'actualSent'>;

/** Servers that play cases to a browser, and note what arrives. */
export interface Rig {
  readonly origins: RigOrigins;
  /** The address of the page that plays the cases of `plan`. */
  readonly url: string;
  /** What to play next. The promise is kept once the page has posted its results: what was observed, by case. */
  plan(cases: readonly VerdictCase[]): Promise<ReadonlyMap<string, Observation>>;
  close(): Promise<void>;
}

/** Starts the servers of a rig, on loopback. */
export async function startRig(): Promise<Rig> {
  const play = new Play();
  const servers = await Promise.all([0, 1, 2].map(() => startRawServer((request) => play.answer(request))));
  const [page = 0, other = 0, third = 0] = servers.map(({ port }) => port);
  const origins = {
    page: `http://localhost:${page}`,
    other: `http://localhost:${other}`,
    third: `http://localhost:${third}`,
    foreign: `http://127.0.0.1:${other}`,
  };
  return {
    origins,
    url: `${origins.page}/run`,
    plan: (cases) => play.plan(cases),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** The cookie is the host's, of every port. */
const PAGE_HEADERS: HeaderLines = [
  ['Content-Type', 'text/html'],
  ['Set-Cookie', 'rig=1; Path=/'],
];

const NOT_FOUND: RawAnswer = { status: 404, headers: [] };
const TAKEN: RawAnswer = { status: 200, headers: [] };

class Play {
  #cases = new Map<string, VerdictCase>();
  /** What arrived, by case and request of it. */
  readonly #arrived = new Map<string, ArrivedRequest[][]>();
  #finish: (found: ReadonlyMap<string, Observation>) => void = () => {};

  plan(cases: readonly VerdictCase[]): Promise<ReadonlyMap<string, Observation>> {
    this.#cases = new Map(cases.map((found) => [found.id, found]));
    for (const { id } of cases) this.#arrived.set(id, [[]]);
    return new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  answer(request: RawRequest): RawAnswer {
    const [, kind, id = '', hop] = request.path.split('/');
    switch (kind) {
      case 'case':
        return this.#answerCase(request, id, hop === undefined ? 'target' : `hop${hop.slice(1)}`);
      case 'run':
      case 'frame':
        return { status: 200, headers: PAGE_HEADERS, body: RIG_PAGE };
      case 'plan':
        return { ...TAKEN, body: asciiJson([...this.#cases.values()].map((found) => jobsOf(found))) };
      case 'mark':
        this.#arrived.get(id)?.push([]);
        return TAKEN;
      case 'result':
        this.#take(JSON.parse(request.body) as Readonly<Record<string, readonly Found[]>>);
        return TAKEN;
      default:
        return NOT_FOUND;
    }
  }

  #answerCase(request: RawRequest, id: string, at: string): RawAnswer {
    const found = this.#cases.get(id);
    const place = at === 'target' ? found : found?.redirects?.[Number(at.slice(3))];
    const isPreflight = request.method === 'OPTIONS' && request.headers.has('access-control-request-method');
    this.#arrived
      .get(id)
      ?.at(-1)
      ?.push(arrivalOf(request, at, isPreflight));
    const answer = (isPreflight ? place?.preflight : place?.response) ?? NOT_FOUND;
    return request.method === 'HEAD' || isPreflight ? answer : { ...answer, body: 'x' };
  }

  #take(results: Readonly<Record<string, readonly Found[]>>): void {
    const observed = Object.entries(results).map(([id, found]) => {
      const arrived = this.#arrived.get(id) ?? [];
      const [first, ...then] = found.map((one, i) => observation(one, arrived[i] ?? []));
      // oxlint-disable-next-line unicorn/no-thenable -- the format calls it so
      return [id, then.length === 0 ? first : { ...first, then }] as [string, Observation];
    });
    this.#finish(new Map(observed));
  }
}

/** The server writes bytes: what isn't ASCII is escaped. */
function asciiJson(value: unknown): string {
  const escape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replace(/[^ -~]/g, escape);
}

function jobsOf(found: VerdictCase): unknown {
  const url = found.redirects?.[0]?.url ?? targetUrl(found);
  let { request } = found;
  const jobs = [{ url, request }];
  for (const step of found.then ?? []) {
    request = step.request ?? request;
    jobs.push({ url, request });
  }
  return { id: found.id, framed: found.page.frame === 'sandbox', jobs };
}

function arrivalOf({ method, headers }: RawRequest, at: string, isPreflight: boolean): ArrivedRequest {
  const origin = headers.get('origin');
  if (isPreflight) {
    const names = headers.get('access-control-request-headers');
    const asked = { origin: origin ?? '', method: headers.get('access-control-request-method') ?? '' };
    return { at, preflight: names === undefined ? asked : { ...asked, headers: names } };
  }
  const cookie = headers.get('cookie')?.includes('rig=1') === true;
  return { at, method, origin: origin ?? null, ...(cookie ? { cookie } : {}) };
}

function observation(found: Found, arrived: readonly ArrivedRequest[]): Observation {
  const preflight = arrived.find((one) => one.preflight !== undefined)?.preflight;
  const last = arrived.findLast((one) => one.preflight === undefined);
  return {
    ...found,
    preflighted: preflight !== undefined,
    ...(preflight === undefined ? {} : { preflightHeaders: preflight }),
    actualSent: last !== undefined,
    ...(last === undefined ? {} : { actual: { method: '', origin: null, ...last } }),
    requests: merge(arrived),
  };
}
