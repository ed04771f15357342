import type { RequestListener } from 'node:http';
import express, { type Express } from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MendBench, type Fixture } from '../fixtures/mended.ts';
import { printedMend } from '../fixtures/printed-mend.ts';
import { startCaddyWith, startHaproxyWith, startNginxWith, startUvicornWith } from '../fixtures/stack-servers.ts';

let bench: MendBench;
beforeAll(async () => {
  bench = await MendBench.open();
});
afterEach(() => bench.clear());
afterAll(() => bench.close());

/** Runs a program's text, as a user would have it in a file, with these names in it. */
function run<T>(text: string, names: Readonly<Record<string, unknown>> = {}): T {
  // eslint-disable-next-line typescript/no-implied-eval
  return (new Function(...Object.keys(names), text) as (...values: unknown[]) => T)(...Object.values(names));
}

/** An Express application; `first` stands before `rest`. */
function expressApp(first: string, rest: string): Promise<Fixture> {
  const app: Express = express();
  app.set('env', 'test');
  run(`${first}\n${rest}`, { app });
  return bench.serve(app);
}

/** An application behind, that knows nothing of CORS. */
function silentApp(status = 200): Promise<{ port: number }> {
  return bench.serve((_, response) => response.writeHead(status).end(status === 200 ? 'done' : 'no'));
}

const JSON_PUT = {
  method: 'PUT',
  headers: [
    ['Content-Type', 'application/json'],
    ['X-Token', 't0ken'],
  ],
  body: '{}',
  send: true,
} as const;

// Each is misconfigured as people do it, and mended with what the doctor prints about it, and nothing else.
describe('situation', () => {
  it('1, Express: no policy at all', async () => {
    const start = (mend = '') => expressApp(mend, "app.get('/api/users', (req, res) => res.send('done'));");
    await bench.mend({ finds: 'doctor-no-policy', start });
  });

  it('2, nginx: add_header without `always` leaves errors out', async () => {
    const { port } = await silentApp(500);
    const start = (http = '', first?: string) => {
      const lines = first ?? `add_header Access-Control-Allow-Origin ${bench.origin};`;
      return bench.kept(startNginxWith(http, `location /api/ {\n${lines}\nproxy_pass http://127.0.0.1:${port};\n}`));
    };
    await bench.mend({ finds: 'doctor-error-no-policy', start, after: { status: 500, body: 'no' } });
  });

  it('3, Caddy in front of an application: both add the header', async () => {
    const { port } = await bench.serve((_, response) =>
      response.writeHead(200, { 'Access-Control-Allow-Origin': bench.origin }).end('done'),
    );
    const start = (before = '', site = '') => {
      const own = `header Access-Control-Allow-Origin ${bench.origin}`;
      const rest = `handle {\n${own}\nreverse_proxy 127.0.0.1:${port}\n}`;
      return bench.kept(startCaddyWith(before, site + rest));
    };
    await bench.mend({ finds: 'doctor-duplicate', start });
  });

  it('4, HAProxy: * with credentials', async () => {
    const { port } = await silentApp();
    const star = '    http-response set-header Access-Control-Allow-Origin *';
    const start = (mend = '') => bench.kept(startHaproxyWith(`${mend}${star}`, port));
    const question = { credentials: 'include' } as const;
    await bench.mend({ finds: 'doctor-wildcard-credentials', start, question, options: { stack: 'haproxy' } });
  });

  it('5, nginx: several origins in one line', async () => {
    const { port } = await silentApp();
    const start = (http = '', first?: string) => {
      const lines = first ?? `add_header Access-Control-Allow-Origin "https://a.example, ${bench.origin}" always;`;
      return bench.kept(startNginxWith(http, `location /api/ {\n${lines}\nproxy_pass http://127.0.0.1:${port};\n}`));
    };
    await bench.mend({ finds: 'doctor-origin-list', start });
  });

  it('6, FastAPI: authentication that answers OPTIONS', async () => {
    const program = `from fastapi import FastAPI, Response
app = FastAPI()
@app.middleware("http")
async def authenticate(request, call_next):
    if "authorization" not in request.headers:
        return Response(status_code=401)
    return await call_next(request)
@app.get("/api/users")
def users():
    return Response("done")
`;
    const start = (mend = '') => bench.kept(startUvicornWith(program + mend));
    const question = { headers: [['Authorization', 'Bearer t0ken']] } as const;
    await bench.mend({ finds: 'doctor-preflight-auth', start, question, left: ['doctor-no-vary'] });
  });

  it('7, plain Node: no route for OPTIONS', async () => {
    const start = (beside = '', first = '') => {
      const route = "request.url === '/api/users' ? { PUT: 200, GET: 200 }[request.method] ?? 405 : 404";
      const listener = `(request, response) => {\n${first}\nconst status = ${route};
        response.writeHead(status).end(status === 200 ? 'done' : '');\n}`;
      return bench.serve(run<RequestListener>(`${beside}\nreturn ${listener}`));
    };
    await bench.mend({
      finds: 'doctor-preflight-unrouted',
      start,
      question: { ...JSON_PUT, credentials: 'include' },
      options: { stack: 'node' },
    });
  });

  it('8, Express: the preflight is redirected to a login', async () => {
    const login = `app.use((req, res, next) => req.headers['x-token'] ? next() : res.redirect('/login?next=' + req.url));`;
    const start = (mend = '') => expressApp(mend, `${login}\napp.put('/api/users', (req, res) => res.send('done'));`);
    await bench.mend({ finds: 'doctor-preflight-redirect', start, question: JSON_PUT });
  });

  it('9, FastAPI: a header is not in the list', async () => {
    const program = (own: string): string => `from fastapi import FastAPI, Response
app = FastAPI()
${own}
@app.put("/api/users")
def users():
    return Response("done")
`;
    const middleware = `from fastapi.middleware.cors import CORSMiddleware
app.add_middleware(CORSMiddleware, allow_origins=["${bench.origin}"], allow_methods=["PUT"], allow_headers=["content-type"])`;
    const start = (mend?: string) => {
      // The mend says that this line is to be removed.
      return bench.kept(startUvicornWith(mend === undefined ? program(middleware) : program('') + mend));
    };
    const diagnosis = await bench.mend({
      finds: 'doctor-header-not-allowed',
      start,
      question: JSON_PUT,
      left: ['doctor-no-vary'],
    });
    expect(diagnosis.findings[0]?.data['name']).toBe('x-token');
  });

  it('11, Express: the method is not in the list', async () => {
    const own = `app.use((req, res, next) => {
      res.set({ 'Access-Control-Allow-Origin': '${bench.origin}', Vary: 'Origin', 'Access-Control-Max-Age': '600' });
      res.set({ 'Access-Control-Allow-Methods': 'GET, POST', 'Access-Control-Allow-Headers': 'Content-Type, X-Token' });
      return req.method === 'OPTIONS' ? res.sendStatus(204) : next();
    });`;
    const start = (mend = own) => expressApp(mend, "app.put('/api/users', (req, res) => res.send('done'));");
    await bench.mend({ finds: 'doctor-method-not-allowed', start, question: JSON_PUT });
  });

  it('12, HAProxy: no-cors was to help', async () => {
    const { port } = await silentApp();
    const start = (mend = '') => bench.kept(startHaproxyWith(mend, port));
    const blind = { mode: 'no-cors' } as const;
    const url = `${(await start()).origin}/api/users`;
    const diagnosis = await bench.ask(url, blind, { stack: 'haproxy' });
    expect(diagnosis.findings[0]?.code).toBe('doctor-opaque');
    expect(await bench.probe(url, blind)).toMatchObject({ status: 0, body: '' });
    // "Remove `mode: 'no-cors'`, and mend CORS at the server": one without the other helps nobody.
    expect(await bench.probe(url)).toMatchObject({ failure: 'TypeError' });
    const mended = `${(await start(...printedMend(diagnosis))).origin}/api/users`;
    expect(await bench.probe(mended)).toMatchObject({ status: 200, body: 'done' });
    await bench.expectNothingLeft(mended);
  });

  it('14, nginx: the origin is written with a slash', async () => {
    const { port } = await silentApp();
    const start = (http = '', first?: string) => {
      const lines = first ?? `add_header Access-Control-Allow-Origin ${bench.origin}/ always;`;
      return bench.kept(startNginxWith(http, `location /api/ {\n${lines}\nproxy_pass http://127.0.0.1:${port};\n}`));
    };
    await bench.mend({ finds: 'doctor-origin-mismatch', start });
  });

  it('16, Caddy: a response header reads null', async () => {
    const { port } = await bench.serve((_, response) => response.setHeader('X-Total-Count', '7').end('done'));
    const start = (before = '', site?: string) => {
      const lines = site ?? `header Access-Control-Allow-Origin ${bench.origin}\nheader Vary Origin\n`;
      return bench.kept(startCaddyWith(before, `${lines}handle {\nreverse_proxy 127.0.0.1:${port}\n}`));
    };
    await bench.mend({
      finds: 'doctor-header-unexposed',
      start,
      before: { status: 200, headers: {} },
      after: { status: 200, body: 'done', headers: { 'x-total-count': '7' } },
    });
  });

  it('17, nginx as a cache without Vary: the image first, then fetch', async () => {
    const own = `app.use((req, res, next) => {
      if (req.headers.origin) res.set('Access-Control-Allow-Origin', req.headers.origin);
      next();
    });`;
    const start = async (mend = own) => {
      const app = await expressApp(
        mend,
        "app.get('/api/users', (req, res) => res.set('Cache-Control', 'max-age=60').type('png').send('done'));",
      );
      // A cache of its own each time: "then purge the cache".
      const http = 'proxy_cache_path FOLDER/cache keys_zone=one:1m;';
      const location = `location / { proxy_cache one; add_header X-Cache $upstream_cache_status always; proxy_pass ${app.origin.replace('localhost', '127.0.0.1')}; }`;
      const front = await bench.kept(startNginxWith(http, location));
      await bench.page.page.evaluate(
        `new Promise((done) => { const image = new Image(); image.onload = image.onerror = done; image.src = '${front.origin}/api/users'; })`,
      );
      return front;
    };
    await bench.mend({ finds: 'doctor-cached-without-vary', start });
  });

  it('18, Express: the API redirects to a login page', async () => {
    const start = (mend = '', status = 302) => {
      const answer = status === 302 ? "res.redirect('/login')" : 'res.status(401).end()';
      return expressApp(
        mend,
        `app.get('/api/users', (req, res) => ${answer}); app.get('/login', (req, res) => res.send('<form>'));`,
      );
    };
    await bench.mend({
      finds: 'doctor-redirect-login',
      // "Have the API answer 401 (with CORS headers) instead of a redirect".
      start: (mend?: string) => start(mend, mend === undefined ? 302 : 401),
      after: { status: 401, body: '' },
    });
  });
});
