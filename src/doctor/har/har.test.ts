import { describe, expect, it } from 'vitest';
import { examineHar, type HarOptions } from './examine-har.ts';
import { hideUrl } from './hide.ts';
import { readHar, type Recording } from './read-har.ts';

const PAGE = 'https://app.example.com';
const API = 'https://api.example.com';
const ALLOW = { 'Access-Control-Allow-Origin': PAGE };

type Lines = Readonly<Record<string, string>>;

interface Parts {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Lines;
  readonly status?: number;
  readonly answer?: Lines;
  readonly at?: number;
  readonly more?: object;
  readonly response?: object;
}

const lines = (headers: Lines) => Object.entries(headers).map(([name, value]) => ({ name, value }));

function entry({ method = 'GET', url = `${API}/a`, headers = { Origin: PAGE }, ...parts }: Parts = {}): object {
  const { status = 200, answer = {}, at = 0, more = {}, response = {} } = parts;
  return {
    startedDateTime: new Date(1_800_000_000_000 + at).toISOString(),
    time: 5,
    request: { method, url, headers: lines(headers), httpVersion: 'HTTP/1.1' },
    response: { status, statusText: 'X', headers: lines(answer), httpVersion: 'HTTP/1.1', ...response },
    ...more,
  };
}

function preflight(parts: Parts & { readonly asks?: string; readonly names?: string }): object {
  const { asks = 'PUT', names, ...rest } = parts;
  const asked = {
    'Access-Control-Request-Method': asks,
    ...(names === undefined ? {} : { 'Access-Control-Request-Headers': names }),
  };
  const grants = { ...ALLOW, 'Access-Control-Allow-Methods': 'PUT', 'Access-Control-Max-Age': '60' };
  return entry({ method: 'OPTIONS', status: 204, answer: grants, ...rest, headers: { Origin: PAGE, ...asked } });
}

function examine(entries: readonly object[], options: HarOptions = {}, browser = 'Firefox', pages: object[] = []) {
  const text = JSON.stringify({ log: { creator: { name: browser, version: '1' }, pages, entries } });
  const diagnosis = examineHar(readHar(text) as Recording, options);
  const said = diagnosis.judged.map(({ diagnosis: { outcome, findings }, preflight: state, credentials }) => ({
    outcome,
    state,
    credentials,
    codes: findings.map(({ code }) => code.replace('doctor-', '')),
  }));
  return { ...diagnosis, said };
}

const put = { method: 'PUT', answer: ALLOW } as const;

describe('a preflight', () => {
  it('belongs to the nearest request of its method, before it or after it', () => {
    const twice = [entry({ ...put, at: 1 }), preflight({ at: 2 }), entry({ ...put, at: 20 })];
    expect(examine(twice).said.map(({ state }) => state)).toEqual(['recorded', 'remembered']);
    const proxy = [preflight({ at: 0 }), entry({ ...put, at: 3 }), entry({ ...put, at: 90_000 })];
    expect(examine(proxy).said.map(({ state }) => state)).toEqual(['recorded', 'missing']);
  });

  it('that fails is all that a proxy records', () => {
    const { said } = examine([preflight({ status: 404, answer: {} })]);
    expect(said).toMatchObject([{ outcome: 'blocked', codes: ['preflight-unrouted'] }]);
    expect(examine([preflight({})]).said).toMatchObject([{ outcome: 'undecided', codes: ['har-untold'] }]);
  });

  it('that is missing is inferred: it passed if the request was answered, else it was refused', () => {
    const [answered] = examine([entry(put)]).said;
    expect(answered).toMatchObject({ outcome: 'readable', state: 'missing' });
    expect(answered?.codes).toContain('har-no-preflight');
    const [not] = examine([entry({ ...put, status: 0 })]).said;
    expect(not).toMatchObject({ outcome: 'blocked', codes: ['har-no-preflight'] });
  });

  it('is not due for what the browser sets itself', () => {
    const own = { Origin: PAGE, 'Cache-Control': 'no-cache', Pragma: 'no-cache', 'User-Agent': 'x', 'sec-ch-ua': '1' };
    expect(examine([entry({ headers: own, answer: ALLOW })]).said[0]?.state).toBe('not-needed');
    expect(examine([entry({ headers: { ...own, 'X-Key': '1' }, answer: ALLOW })]).said[0]?.state).toBe('missing');
  });
});

describe('the credentials mode', () => {
  const any = { 'Access-Control-Allow-Origin': '*' };

  it('is include where cookies went', () => {
    const cookie = entry({ headers: { Origin: PAGE, Cookie: 'a=1' }, answer: any });
    expect(examine([cookie]).said).toMatchObject([{ credentials: 'recorded', codes: ['wildcard-credentials'] }]);
  });

  it('is include where nothing else explains what the browser did', () => {
    const refused = entry({ answer: any, response: { _error: 'net::ERR_FAILED' } });
    const { said } = examine([refused], {}, 'WebInspector');
    expect(said).toMatchObject([{ credentials: 'inferred', codes: ['wildcard-credentials'] }]);
    const unsent = [
      preflight({ answer: { ...any, 'Access-Control-Allow-Methods': 'PUT' } }),
      entry({ ...put, status: 0 }),
    ];
    expect(examine(unsent).said).toMatchObject([{ credentials: 'inferred', codes: ['wildcard-credentials'] }]);
  });

  it('is what the user says where it is not recorded, and otherwise assumed, with a note', () => {
    expect(examine([entry({ answer: any })], { credentials: 'include' }).said[0]?.outcome).toBe('blocked');
    expect(examine([entry({ answer: any })]).said).toMatchObject([
      { outcome: 'readable', credentials: 'assumed', codes: ['har-credentials'] },
    ]);
  });
});

describe("the page's origin", () => {
  const nobody = {
    url: `${API}/a`,
    headers: { 'Sec-Fetch-Mode': 'cors' },
    answer: { 'Access-Control-Allow-Origin': '*' },
  };
  const asked = (...args: Parameters<typeof examine>) =>
    examine(...args).judged.map(({ diagnosis }) => diagnosis.question.origin);

  it.each([
    ['Origin', { ...nobody, headers: { Origin: PAGE, Referer: 'https://other.example/' } }, {}, []],
    ['Referer', { ...nobody, headers: { ...nobody.headers, Referer: `${PAGE}/x?y` } }, {}, []],
    ['the document', { ...nobody, more: { _initiator: { type: 'parser', url: `${PAGE}/` } } }, {}, []],
    ['the page', { ...nobody, more: { pageref: 'p' } }, {}, [{ id: 'p', title: `${PAGE}/` }]],
    ['the user', nobody, { origin: PAGE }, []],
  ] as const)('comes from %s', (_, parts, options, pages) => {
    expect(asked([entry(parts)], options, 'Firefox', [...pages])).toEqual([PAGE]);
  });

  it('is not made up', () => expect(examine([entry(nobody)])).toMatchObject({ judged: [], unknownPage: 1 }));

  it('stays over a redirect that takes Origin away', () => {
    const chain = [
      entry({ status: 302, answer: { ...ALLOW, Location: 'https://cdn.example/b' } }),
      entry({ url: 'https://cdn.example/b', headers: { Origin: 'null' }, answer: ALLOW }),
    ];
    expect(examine(chain).said).toMatchObject([{ outcome: 'blocked', codes: ['redirect-null-origin'] }]);
    expect(asked(chain)).toEqual([PAGE]);
  });
});

describe('what the recording contradicts or leaves open', () => {
  it.each([
    ['the browser let the page read', { response: { _error: null } }, 'readable', 'har-differs'],
    [
      'the browser refused',
      { answer: { ...ALLOW, 'Access-Control-Allow-Credentials': 'true' }, response: { _error: 'net::ERR_FAILED' } },
      'blocked',
      'har-differs',
    ],
    ['an ad blocker', { status: 0, response: { _error: 'net::ERR_BLOCKED_BY_CLIENT' } }, 'blocked', 'har-stopped'],
    ['a certificate', { status: 0, response: { _error: 'net::ERR_CERT_DATE_INVALID' } }, 'blocked', 'tls-expired'],
    ['a name', { status: 0, response: { _error: 'net::ERR_NAME_NOT_RESOLVED' } }, 'blocked', 'dns'],
    ['304', { status: 304 }, 'undecided', 'har-untold'],
    [
      'a redirect that nobody follows',
      { status: 302, answer: { ...ALLOW, Location: '/b' } },
      'undecided',
      'har-untold',
    ],
    ['plain http', { url: 'http://api.example.com/a', status: 0 }, 'blocked', 'mixed-content'],
  ] as const)('%s', (_, parts, outcome, code) => {
    const { said } = examine([entry(parts)], {}, 'WebInspector');
    expect(said).toMatchObject([{ outcome }]);
    expect(said[0]?.codes).toContain(code);
  });

  it('a service worker answers without CORS', () => {
    const worker = entry({ response: { _fetchedViaServiceWorker: true } });
    expect(examine([worker]).said).toMatchObject([{ outcome: 'readable', codes: [] }]);
  });

  it('what is cancelled is no finding', () => {
    const gone = entry({ status: 0, response: { _error: 'net::ERR_ABORTED' } });
    expect(examine([gone])).toMatchObject({ judged: [], cancelled: 1 });
  });

  it('images, documents and scripts are none of CORS, and what a script asks with no-cors is opaque', () => {
    const loads = ['image', 'document', 'script'].map((type) =>
      entry({ headers: { Referer: PAGE }, more: { _resourceType: type } }),
    );
    expect(examine(loads)).toMatchObject({ judged: [], withoutCors: 3 });
    const beacon = entry({ headers: { Referer: `${PAGE}/`, 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'empty' } });
    expect(examine([beacon]).said).toMatchObject([{ outcome: 'opaque' }]);
  });
});

describe('what is read', () => {
  it.each([
    ['', 'empty'],
    ['{"log": {"entries": [{"request"', 'truncated'],
    ['<html>', 'json'],
    ['{"log": {}}', 'shape'],
    ['[1]', 'shape'],
    ['null', 'shape'],
  ])('%j is no recording: %s', (text, fault) => expect(readHar(text)).toEqual({ fault }));

  it('is what can be understood', () => {
    const odd = [
      null,
      1,
      {},
      { request: { method: 'A B', url: API } },
      entry({ url: 'data:,x' }),
      entry({ url: 'nowhere' }),
    ];
    expect(readHar(`\uFEFF${JSON.stringify({ log: { entries: [...odd, entry()] } })}`)).toMatchObject({
      entries: [{ index: 6, method: 'GET' }],
      skipped: 6,
    });
  });

  it('takes several lines in one value apart, and pseudo-headers away', () => {
    const answer = { 'Access-Control-Allow-Origin': `${PAGE}\n${PAGE}` };
    const found = readHar(
      JSON.stringify({ log: { entries: [entry({ answer, headers: { ':authority': 'x', a: '1' } })] } }),
    );
    expect(found).toMatchObject({
      entries: [{ headers: [['a', '1']], answer: { headers: [{ length: 2 }, { length: 2 }] } }],
    });
  });
});

describe('a URL in a report', () => {
  it.each([
    ['https://u:p@a.test/b?token=abc&n=1#x', 'https://a.test/b?token=[hidden]&n=[hidden]'],
    ['/login?next', '/login?next'],
    ['/x?0123456789abcdef', '/x?[hidden]'],
    ['https://a.test/reset/eyJhbGciOiJIUzI1NiJ9.e30.x/', 'https://a.test/reset/[hidden]/'],
    ['https://a.test/k/sk_live_0123456789abcdefghij', 'https://a.test/k/[hidden]'],
    [
      'https://a.test/users/550e8400-e29b-41d4-a716-446655440000',
      'https://a.test/users/550e8400-e29b-41d4-a716-446655440000',
    ],
    ['https://app-1234567890.eu-central-1.example.com/x', 'https://app-1234567890.eu-central-1.example.com/x'],
  ])('%s', (url, shown) => expect(hideUrl(url)).toBe(shown));
});
