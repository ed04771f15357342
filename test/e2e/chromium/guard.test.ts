import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf, launchChromium, openProbe, servePages, type ProbePage } from '../../fixtures/browser.ts';
import { startDnsServer, type DnsServer } from '../../fixtures/dns-server.ts';
import { startGateway, type TestGateway, type TestServer } from '../../fixtures/servers.ts';
import { startThirdParty, type ThirdParty } from '../../fixtures/third-party.ts';

const HOST = 'api.third-party.test';
const KEY = 'the-key-of-the-api';

let browser: Browser;
let api: ThirdParty;
/** The same with a certificate that nobody should accept any more. */
let expired: ThirdParty;
let dns: DnsServer;
let pages: TestServer;
let gateway: TestGateway;
let page: ProbePage;
/** All that the page's network panel could show: heads and bodies of every response. */
const received: Promise<string>[] = [];

beforeAll(async () => {
  const hasKey = (request: IncomingMessage): boolean => request.headers.authorization === `Bearer ${KEY}`;
  api = await startThirdParty({ names: [HOST], hasKey, handler: document });
  expired = await startThirdParty({ names: [HOST], days: -1 });
  dns = await startDnsServer({
    [HOST]: { a: ['127.0.0.1'] },
    'inside.third-party.test': { a: ['10.0.0.1'] },
  });
  [browser, pages] = await Promise.all([launchChromium(`--host-resolver-rules=MAP ${HOST} 127.0.0.1`), servePages()]);
  const common = { resolver: [dns.address], allowPrivate: [HOST], tls: { ca: api.ca } };
  const target = `https://${HOST}:${api.port}`;
  gateway = await startGateway({
    cors: {
      app: {
        origins: pages.origin,
        methods: ['PUT'],
        headers: ['content-type', 'x-mine'],
        expose: ['etag', 'x-ratelimit-remaining', 'retry-after'],
      },
    },
    routes: [
      {
        path: '/api/*',
        cors: 'app',
        guard: {
          ...common,
          target: `${target}/private`,
          allow: ['GET /**', 'POST /stream', 'POST|PUT /echo', 'POST /early'],
          headers: { authorization: `Bearer ${KEY}` },
          maxBody: '3MB',
          maxResponse: '1MB',
        },
        timeouts: { head: '500ms' },
      },
      {
        path: '/limited/*',
        cors: 'app',
        guard: { ...common, target, allow: ['GET /**'], rateLimit: { requests: 1, per: '1h' } },
      },
      {
        path: '/expired/*',
        cors: 'app',
        guard: { ...common, target: `https://${HOST}:${expired.port}`, allow: ['* /**'], tls: { ca: expired.ca } },
      },
      { path: '/stranger/*', cors: 'app', guard: { ...common, target, allow: ['* /**'], tls: { ca: expired.ca } } },
      {
        path: '/elsewhere/*',
        cors: 'app',
        guard: { ...common, target: `https://nowhere.third-party.test`, allow: ['* /**'] },
      },
      {
        path: '/inside/*',
        cors: 'app',
        guard: { ...common, target: `https://inside.third-party.test`, allow: ['* /**'] },
      },
      {
        path: '/proxy/*',
        cors: 'app',
        guard: { ...common, hosts: [target], requireHeader: ['x-mine'] },
      },
    ],
  });
  page = await openProbe(browser, pages.origin);
  page.page.on('response', (response) => {
    const head = response.allHeaders().then(
      (headers) => JSON.stringify(headers),
      () => '',
    );
    // A stream that was broken off has no body to show.
    received.push(
      Promise.all([response.url(), head, response.text().catch(() => '')]).then((parts) => parts.join('\n')),
    );
  });
});

afterAll(async () => {
  await browser.close();
  await Promise.all([gateway.close(), pages.close(), api.close(), expired.close(), dns.close()]);
});

beforeEach(() => {
  (api.seen as unknown[]).length = 0;
});

/** A page of the third party's, whose script would like to be the gateway's. */
function document(request: IncomingMessage, response: ServerResponse): void {
  if (request.url?.endsWith('/page') === true) {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'theirs=1' });
    response.end('<!doctype html><title>before</title><script>document.title = "script ran"</script>theirs');
  } else if (request.url?.endsWith('/script.js') === true) {
    response.writeHead(200, { 'Content-Type': 'text/javascript', 'Service-Worker-Allowed': '/' });
    response.end('document.title = "script ran"');
  } else {
    response.writeHead(200, {
      'Content-Type': 'application/json',
      'Set-Cookie': 'theirs=1; Path=/',
      Server: 'third-party/1.0',
      'X-RateLimit-Remaining': '41',
      ETag: '"v1"',
    });
    response.end(JSON.stringify({ path: request.url }));
  }
}

describe("a page and somebody else's API", () => {
  it('are kept apart by the browser when the page asks it directly', async () => {
    const finding = await page.probe(`https://${HOST}:${api.port}/repos/a/b`);
    expect(finding.failure).toBe('TypeError');
    expect(page.errors.join('\n')).toContain('blocked by CORS policy');
    expect(api.seen).toHaveLength(1);
  });

  it('talk JSON through the guard, which brings the key', async () => {
    const finding = await page.probe(`${gateway.origin}/api/repos/a/b?page=2`, { headers: { 'x-mine': 'dropped' } });
    expect([finding.status, finding.body]).toEqual([200, '{"path":"/private/repos/a/b?page=2"}']);
    expect(finding.headers).toMatchObject({ etag: '"v1"', 'x-ratelimit-remaining': '41' });
    expect(api.seen).toHaveLength(1);
    const { headers, serverName } = api.seen[0] as ThirdParty['seen'][number];
    expect(headers).toMatchObject({ authorization: `Bearer ${KEY}`, host: `${HOST}:${api.port}` });
    expect(serverName).toBe(HOST);
    expect(Object.keys(headers).filter((name) => /^(?:cookie|origin|referer|sec-|x-|forwarded)/.test(name))).toEqual(
      [],
    );
    expect(await page.context.cookies()).toEqual([]);
  });

  it('talk over the open form, where the header is there that it asks for', async () => {
    const url = `https://${HOST}:${api.port}/repos/a/b`;
    const ask = async (path: string, headers = { 'x-mine': '1' }): Promise<unknown> => {
      const finding = await page.probe(gateway.origin + path, { headers });
      return finding.status === 200 ? finding.body : codeOf(finding);
    };
    expect(await ask(`/proxy/${url}`)).toBe('{"path":"/repos/a/b"}');
    expect(await ask(`/proxy/${encodeURIComponent(url)}`)).toBe('{"path":"/repos/a/b"}');
    expect(await ask(`/proxy?url=${encodeURIComponent(url)}`)).toBe('{"path":"/repos/a/b"}');
    expect(await ask(`/proxy/${url}`, {} as never)).toBe('guard-header-missing');
    expect(await ask('/proxy/https://example.com/')).toBe('guard-host-refused');
  });

  it('upload what arrives byte for byte', async () => {
    const finding = await page.page.evaluate<{ status: number }>(`(async () => {
      const body = new Uint8Array(2_500_000).map((_, index) => (index * 31 + (index >> 8)) & 255);
      const response = await fetch(${JSON.stringify(`${gateway.origin}/api/echo`)}, { method: 'PUT', body });
      return { status: response.status };
    })()`);
    expect(finding.status).toBe(200);
    const sent = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31 + (index >> 8)) & 255);
    const arrived = await api.seen[0]?.body;
    expect(arrived?.length).toBe(sent.length);
    expect(arrived?.sha256).toBe(createHash('sha256').update(sent).digest('hex'));
  });
});

describe('a stream', () => {
  it('of events arrives event by event, each before the next is sent', async () => {
    await page.page.evaluate(`(() => {
      window.events = [];
      window.source = new EventSource(${JSON.stringify(`${gateway.origin}/api/stream`)});
      source.onmessage = ({ data }) => events.push(data);
    })()`);
    const stream = await api.nextStream();
    for (let i = 1; i <= 10; i++) {
      stream.write(`data: event ${i}\n\n`);
      await expect.poll(() => page.page.evaluate('events.length')).toBe(i);
    }
    expect(await page.page.evaluate('events.at(-1)')).toBe('event 10');
    const ended = new Promise((resolve) => stream.once('close', resolve));
    await page.page.evaluate('source.close()');
    // The API needn't go on for a page that has left.
    await ended;
  });

  it('of tokens answers a POST chunk by chunk, and ends when the page stops it', async () => {
    await page.page.evaluate(`(() => {
      window.text = '';
      window.stop = new AbortController();
      window.failure = '';
      (async () => {
        const response = await fetch(${JSON.stringify(`${gateway.origin}/api/stream`)}, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ stream: true, prompt: 'count' }),
          signal: stop.signal,
        });
        for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) text += chunk;
      })().catch((error) => { failure = error.name; });
    })()`);
    const stream = await api.nextStream();
    expect((await api.seen[0]?.body)?.text).toBe('{"stream":true,"prompt":"count"}');
    let sent = '';
    for (const token of ['One', ', two', ', three']) {
      stream.write(token);
      sent += token;
      await expect.poll(() => page.page.evaluate('text')).toBe(sent);
    }
    const ended = new Promise((resolve) => stream.once('close', resolve));
    await page.page.evaluate('stop.abort()');
    await ended;
    await expect.poll(() => page.page.evaluate('failure')).toBe('AbortError');
    await expect.poll(() => gateway.records.some(({ aborted }) => aborted === 'client-closed')).toBe(true);
  });
});

describe('what goes wrong is readable to the page', () => {
  const cases: readonly [path: string, status: number, code: string, method?: string][] = [
    ['/api/repos', 403, 'guard-not-allowed', 'PUT'],
    ['/api/reset', 502, 'upstream-reset'],
    ['/api/garbage', 502, 'upstream-malformed'],
    ['/api/stall', 504, 'upstream-head-timeout'],
    ['/api/big?bytes=1000001', 502, 'response-too-large'],
    ['/api/redirect?to=http://169.254.169.254/', 502, 'guard-redirect-refused'],
    ['/api/redirect?to=/private/redirect', 502, 'guard-redirect-refused'],
    ['/expired/', 502, 'upstream-tls'],
    ['/stranger/', 502, 'upstream-tls'],
    ['/elsewhere/', 502, 'guard-dns-failed'],
    ['/inside/', 403, 'guard-address-refused'],
  ];

  it.each(cases)('%s: %i %s', async (path, status, code, method: string = 'GET') => {
    const finding = await page.probe(gateway.origin + path, { method });
    expect([finding.status, codeOf(finding)]).toEqual([status, code]);
    expect(finding.body).not.toMatch(/127\.0\.0\.1|10\.0\.0\.1|the-key/);
  });

  it('a certificate that has expired, and one that nobody here trusts, by their names', async () => {
    expect((await page.probe(`${gateway.origin}/expired/`)).body).toContain('expired');
    expect((await page.probe(`${gateway.origin}/stranger/`)).body).not.toContain('expired');
  });

  it('an upload that is too large', async () => {
    const finding = await page.page.evaluate<{ status: number; code: string }>(`(async () => {
      const response = await fetch(${JSON.stringify(`${gateway.origin}/api/echo`)}, { method: 'PUT', body: new Uint8Array(3_000_001) });
      return { status: response.status, code: (await response.json()).code };
    })()`);
    expect(finding).toEqual({ status: 413, code: 'body-too-large' });
  });

  it('a limit, and when to come again', async () => {
    expect((await page.probe(`${gateway.origin}/limited/a`)).status).toBe(200);
    const finding = await page.probe(`${gateway.origin}/limited/a`);
    expect([finding.status, codeOf(finding)]).toEqual([429, 'rate-limited']);
    expect(Number(finding.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('a page of an origin that is not listed', async () => {
    const other = await openProbe(browser, `http://127.0.0.1:${pages.port}`);
    const finding = await other.probe(`${gateway.origin}/proxy/https://${HOST}:${api.port}/`);
    expect(finding.failure).toBe('TypeError');
    expect(api.seen).toEqual([]);
    await other.close();
  });

  it('a response that breaks off in the middle is no whole one', async () => {
    const finding = await page.probe(`${gateway.origin}/api/cut`);
    expect(finding.failure).toBe('TypeError');
  });
});

describe('the key', () => {
  it('is nowhere but at the API', async () => {
    const before = received.length;
    for (const path of [
      '/api/repos/a/b',
      '/api/echo',
      '/api/reset',
      '/api/nothing',
      '/expired/',
      '/api/private/stall',
    ]) {
      await page.probe(`${gateway.origin}${path}`, { method: path === '/api/echo' ? 'PUT' : 'GET' });
    }
    expect(received.length).toBeGreaterThan(before);
    expect(api.seen.some(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    // `/echo` answers with the head of the request as the API got it: what an API gives away is given away.
    const texts = (await Promise.all(received)).filter((text) => !text.startsWith(`${gateway.origin}/api/echo`));
    const rest = [await page.page.content(), ...page.errors, gateway.log(), JSON.stringify(gateway.records)];
    for (const text of [...texts, ...rest]) {
      for (const spelling of [KEY, encodeURIComponent(KEY), Buffer.from(KEY).toString('base64')]) {
        expect(text).not.toContain(spelling);
      }
    }
    expect(gateway.log()).toContain('/api/repos/a/b');
  });
});

describe("somebody else's document", () => {
  it("is no page of the gateway's origin when it's opened", async () => {
    const tab = await page.context.newPage();
    await tab.goto(`${gateway.origin}/limited/page`).catch(() => {});
    await tab.goto(`${gateway.origin}/api/page`);
    expect(await tab.textContent('body')).toContain('theirs');
    expect(await tab.title()).toBe('before');
    expect(await tab.evaluate('self.origin')).toBe('null');
    await tab.close();
  });

  it("doesn't run as a script, a worker or a service worker", async () => {
    const home = await page.context.newPage();
    // A page of the gateway's own origin, as a frontend behind it would be.
    await home.route(`${gateway.origin}/home`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>home</title>' }),
    );
    await home.goto(`${gateway.origin}/home`);
    const outcome = await home.evaluate<string[]>(`Promise.all([
      new Promise((resolve) => {
        const script = document.createElement('script');
        script.src = '/api/script.js';
        script.onload = () => resolve('loaded');
        script.onerror = () => resolve('refused');
        document.head.append(script);
      }),
      new Promise((resolve) => {
        const worker = new Worker('/api/script.js');
        worker.onerror = () => resolve('refused');
        worker.onmessage = () => resolve('ran');
      }),
      navigator.serviceWorker.register('/api/script.js').then(() => 'registered', () => 'refused'),
    ])`);
    expect(outcome).toEqual(['refused', 'refused', 'refused']);
    expect(await home.title()).toBe('home');
    expect(api.seen).toEqual([]);
    await home.close();
  });
});
