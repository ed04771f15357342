import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import type { Server } from 'node:https';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportOf, type Diagnosis, type Question } from '../../src/doctor/index.ts';
import { CertificateAuthority, type KeyPair } from '../fixtures/certificates.ts';
import { PROBE_PAGE, servePages, type ProbePage } from '../fixtures/browser.ts';
import { codesOf } from '../fixtures/examine.ts';
import { MendBench, type Situation } from '../fixtures/mended.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { startHaproxyWith, startNginxWith } from '../fixtures/stack-servers.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

let bench: MendBench;
let folder: TempFolder;
let authority: CertificateAuthority;
let fresh: KeyPair;
/** Its address counts as public in this browser. */
let publicPages: TestServer;
beforeAll(async () => {
  folder = makeTempFolder();
  authority = new CertificateAuthority(folder.path, 'doctor-ca');
  fresh = authority.issue(['DNS:localhost', 'DNS:app.example', 'DNS:api.example']);
  publicPages = await servePages({ tls: fresh });
  bench = await MendBench.open(
    `--ip-address-space-overrides=127.0.0.1:${publicPages.port}=public`,
    // Instead of an authority in the system's store: this key, and no other, is trusted.
    `--ignore-certificate-errors-spki-list=${keyDigest(fresh)}`,
    '--host-resolver-rules=MAP *.example 127.0.0.1',
  );
});
afterEach(() => bench.clear());
afterAll(async () => {
  await bench.close();
  await publicPages.close();
  folder.remove();
});

function keyDigest({ cert }: KeyPair): string {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

const ca = () => readFileSync(authority.file, 'utf8');
const ADDRESSES = { 'app.example': '127.0.0.1', 'api.example': '127.0.0.1' };

/** An API whose policy for a page is right. */
function rightFor(origin: string, credentials = false): RequestListener {
  return (request, response) => {
    response.setHeader('Vary', 'Origin');
    if (request.headers.origin === origin) response.setHeader('Access-Control-Allow-Origin', origin);
    if (credentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (request.method !== 'OPTIONS') return void response.end('done');
    response.setHeader('Access-Control-Allow-Methods', 'PUT, PATCH');
    response.setHeader('Access-Control-Allow-Headers', 'content-type');
    response.setHeader('Access-Control-Max-Age', '600');
    return void response.writeHead(204).end();
  };
}

/** What the first finding tells to do: the text between backticks that the pattern finds in it. */
function told(diagnosis: Diagnosis, pattern: RegExp): string {
  const { message = '', mend = '' } = reportOf(diagnosis).findings[0] ?? {};
  const found = pattern.exec(`${message} ${mend}`)?.[1];
  if (found === undefined) throw new Error(`It isn't said: ${message} ${mend}`);
  return found;
}

const DONE = { status: 200, body: 'done' };
const BLOCKED = { failure: 'TypeError' };
const PUT = { method: 'PUT', headers: [['Content-Type', 'application/json']], body: '{}', send: true } as const;

/** The first finding is this, and Chromium refuses. */
async function expectBlocked(url: string, code: string, asking: Asking = {}): Promise<Diagnosis> {
  const { question = {}, options = {}, page = bench.page } = asking;
  const diagnosis = await bench.ask(url, question, options);
  expect(codesOf(diagnosis)[0]).toBe(code);
  expect(await bench.probe(url, question, page)).toMatchObject(BLOCKED);
  return diagnosis;
}

interface Asking extends Pick<Situation, 'question' | 'options' | 'left'> {
  readonly page?: ProbePage;
}

/** Chromium reads, and the doctor finds nothing more. */
async function expectDone(url: string, asking: Asking = {}): Promise<void> {
  expect(await bench.probe(url, asking.question, asking.page)).toMatchObject(DONE);
  await bench.expectNothingLeft(url, asking);
}

// What no policy mends is done as the finding says it, to the letter.
describe('situation', () => {
  it('8: nginx redirects the preflight to a slash', async () => {
    const app = await bench.serve(rightFor(bench.origin));
    const location = `location /api/users/ { proxy_pass http://127.0.0.1:${app.port}; }`;
    const { origin } = await bench.kept(startNginxWith('', location));
    const diagnosis = await expectBlocked(`${origin}/api/users`, 'doctor-preflight-redirect', { question: PUT });
    // The rest of this nginx answers 404 by itself.
    const left = ['doctor-error-path-no-policy'];
    await expectDone(told(diagnosis, /\(`([^`]+\/)`\)/), { question: PUT, left });
  });

  it('8: the preflight is redirected from http to https', async () => {
    const secure = await bench.serve(rightFor(bench.origin), { tls: fresh });
    const plain = await bench.serve((request, response) =>
      response.writeHead(308, { Location: secure.origin + request.url }).end(),
    );
    const asking = { question: PUT, options: { ca: ca() } };
    const diagnosis = await expectBlocked(`${plain.origin}/api/users`, 'doctor-preflight-redirect', asking);
    await expectDone(told(diagnosis, /\(`(https:[^`]+)`\)/), asking);
  });

  it('10: the page sends what only a response can use', async () => {
    const { origin } = await bench.serve(rightFor(bench.origin));
    const headers = [['Access-Control-Allow-Origin', '*']] as const;
    const asking = { question: { headers } };
    const diagnosis = await expectBlocked(`${origin}/api/users`, 'doctor-client-sends-response-header', asking);
    const name = told(diagnosis, /Remove `([^`]+)`/);
    await expectDone(`${origin}/api/users`, { question: { headers: headers.filter(([each]) => each !== name) } });
  });

  it('11: `patch` in lower case', async () => {
    const { origin } = await bench.serve(rightFor(bench.origin));
    const asking = { question: { ...PUT, method: 'patch' } };
    const diagnosis = await expectBlocked(`${origin}/api/users`, 'doctor-method-case', asking);
    const method = told(diagnosis, /`method: '(\w+)'`/);
    await expectDone(`${origin}/api/users`, { question: { ...PUT, method } });
  });

  it('13: a page from a file', async () => {
    const app = await bench.serve((_, response) => response.end('done'));
    const start = (http = '', first?: string) => {
      const lines = first ?? 'add_header Access-Control-Allow-Origin https://app.example always;';
      return bench.kept(
        startNginxWith(http, `location /api/ {\n${lines}\nproxy_pass http://127.0.0.1:${app.port};\n}`),
      );
    };
    const { origin } = await start();
    const page = await bench.open(pathToFileURL(folder.write('page.html', PROBE_PAGE)).href);
    const asking = { question: { origin: 'null' }, page };
    const diagnosis = await expectBlocked(`${origin}/api/users`, 'doctor-origin-null', asking);
    await page.close();
    // "Serve the page over http, from `http://localhost` for instance, and allow that origin."
    expect(bench.origin.startsWith(told(diagnosis, /from `([^`]+)`/))).toBe(true);
    await bench.mend({ finds: 'doctor-origin-mismatch', start });
  });

  /** An API that knows a visitor by a cookie. */
  function withSession(origin: string, attributes: string): RequestListener {
    const right = rightFor(origin, true);
    return (request, response) => {
      if (request.url === '/login') response.setHeader('Set-Cookie', `sid=1; HttpOnly${attributes}`);
      else if (request.headers.cookie?.includes('sid=1') !== true) response.statusCode = 401;
      right(request, response);
    };
  }

  it('15: the page does not ask with cookies', async () => {
    const { origin } = await bench.serve(withSession(bench.origin, ''));
    const session = async (credentials: Question['credentials']): Promise<number | undefined> => {
      await bench.probe(`${origin}/login`, { credentials });
      return (await bench.probe(`${origin}/api/users`, { credentials })).status;
    };
    const diagnosis = await bench.ask(`${origin}/login`);
    expect(codesOf(diagnosis)[0]).toBe('doctor-cookie');
    expect(await session('same-origin')).toBe(401);
    const credentials = told(diagnosis, /`credentials: '(\w+)'`/) as Question['credentials'];
    expect(await session(credentials)).toBe(200);
    expect(codesOf(await bench.ask(`${origin}/login`, { credentials }))).not.toContain('doctor-cookie');
  });

  it('15: the cookie is not for other sites', async () => {
    const pages = await bench.kept(servePages({ tls: fresh }));
    const origin = pages.origin.replace('localhost', 'app.example');
    const page = await bench.open(`${origin}/`);
    const asking = { origin, credentials: 'include' } as const;
    const login = async (attributes: string): Promise<{ diagnosis: Diagnosis; status: number | undefined }> => {
      const api = await bench.serve(withSession(origin, attributes), { tls: fresh });
      const url = api.origin.replace('localhost', 'api.example');
      await bench.probe(`${url}/login`, asking, page);
      const { status } = await bench.probe(`${url}/api/users`, asking, page);
      return { diagnosis: await bench.ask(`${url}/login`, asking, { resolve: ADDRESSES, ca: ca() }), status };
    };
    const before = await login('');
    expect(codesOf(before.diagnosis)[0]).toBe('doctor-cookie');
    expect(before.status).toBe(401);
    const after = await login(`; ${told(before.diagnosis, /Set it with `([^`]+)`/)}`);
    expect(after.status).toBe(200);
    expect(codesOf(after.diagnosis)).not.toContain('doctor-cookie');
    await page.close();
  });

  it('19: the server is down', async () => {
    const down = await serve(() => {});
    await down.close();
    await expectBlocked(`${down.origin}/api/users`, 'doctor-refused');
    await bench.serve(rightFor(bench.origin), { port: down.port });
    await expectDone(`${down.origin}/api/users`);
  });

  it('19: what stands behind HAProxy is down', async () => {
    const down = await serve(() => {});
    await down.close();
    const { origin } = await bench.kept(startHaproxyWith('', down.port));
    await expectBlocked(`${origin}/api/users`, 'doctor-upstream-down');
    await bench.serve(rightFor(bench.origin), { port: down.port });
    expect(await bench.probe(`${origin}/api/users`)).toMatchObject(DONE);
  });

  it('19: the certificate has expired', async () => {
    const api = await bench.serve(rightFor(bench.origin), { tls: authority.issue(['DNS:localhost'], -1) });
    const asking = { options: { ca: ca() } };
    await expectBlocked(`${api.origin}/api/users`, 'doctor-tls-expired', asking);
    // "Renew the certificate, and have the server load it again."
    (api.server as Server).setSecureContext(fresh);
    await expectDone(`${api.origin}/api/users`, asking);
  });

  it('20: mixed content', async () => {
    const pages = await bench.kept(servePages({ tls: fresh }));
    const origin = pages.origin.replace('localhost', 'app.example');
    const page = await bench.open(`${origin}/`);
    const asking = { question: { origin }, options: { resolve: ADDRESSES, ca: ca() }, page };
    const plain = await bench.serve(rightFor(origin));
    const url = plain.origin.replace('localhost', 'api.example');
    await expectBlocked(`${url}/api/users`, 'doctor-mixed-content', asking);
    // "Serve the API over https, and ask for `https:` in the page."
    const secure = await bench.serve(rightFor(origin), { tls: fresh });
    await expectDone(`${secure.origin.replace('localhost', 'api.example')}/api/users`, asking);
    await page.close();
  });

  it("20: the page's own policy", async () => {
    let policy = "connect-src 'self'";
    const pages = await bench.serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end(PROBE_PAGE);
    });
    const api = await bench.serve(rightFor(pages.origin));
    const open = async (): Promise<Asking & { readonly page: ProbePage }> => ({
      question: { origin: pages.origin },
      options: { page: `${pages.origin}/` },
      page: await bench.open(`${pages.origin}/`),
    });
    const before = await open();
    const diagnosis = await expectBlocked(`${api.origin}/api/users`, 'doctor-csp', before);
    policy = policy.replace(told(diagnosis, / to `([\w-]+)`/), `$& ${told(diagnosis, /Add `([^`]+)`/)}`);
    const after = await open();
    await expectDone(`${api.origin}/api/users`, after);
    await Promise.all([before.page.close(), after.page.close()]);
  });

  it('20: the local network', async () => {
    const origin = publicPages.origin.replace('localhost', 'app.example');
    const api = await bench.serve((_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('done'),
    );
    const page = await bench.open(`${origin}/`);
    const options = { resolve: { 'app.example': '203.0.113.7' } };
    const diagnosis = await expectBlocked(`${api.origin}/api/users`, 'doctor-local-network', {
      question: { origin },
      options,
      page,
    });
    // "… or tell visitors to allow it."
    expect(told(diagnosis, /(tell visitors to allow it)/)).not.toBe('');
    await page.context.grantPermissions(['local-network-access']);
    expect(await bench.probe(`${api.origin}/api/users`, {}, page)).toMatchObject(DONE);
    await page.close();
    // "Serve the page from the same network or machine."
    await expectDone(`${api.origin}/api/users`);
  });
});
