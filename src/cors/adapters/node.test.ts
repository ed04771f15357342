import express from 'express';
import fastify from 'fastify';
import { createServer, request as send, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fastifyCors } from './fastify.ts';
import { cors } from './node.ts';

const A = 'https://a.test';
const EVIL = 'https://evil.test';
const options = { origins: [A], methods: ['PUT'], credentials: true, expose: '*' } as const;

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly raw: readonly string[];
}

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | string[]>;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

function ask(port: number, { method = 'GET', path = '/', headers = {} }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = send({ port, host: '127.0.0.1', method, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, raw: response.rawHeaders }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

const preflight = (origin: string, method = 'PUT'): Ask => ({
  method: 'OPTIONS',
  headers: { Origin: origin, 'Access-Control-Request-Method': method },
});

async function nodeServer(): Promise<number> {
  const handle = cors(options);
  return listen((request, response) => {
    if (!handle(request, response)) return;
    if (request.url === '/raw') response.writeHead(404, 'Nope', ['Vary', 'Accept', 'X-A', '1', 'X-A', '2']);
    else if (request.url === '/object') {
      response.writeHead(401, { 'Access-Control-Allow-Origin': '*', 'Set-Cookie': ['a=1', 'b=2'] });
    } else if (request.url === '/hints') response.writeEarlyHints({ link: '</x>; rel=preload' });
    response.end('body');
  });
}

async function expressServer(): Promise<number> {
  const app = express();
  app.use(cors(options));
  app.put('/', (_, response) => void response.vary('Accept').json({}));
  app.get('/throws', () => {
    throw new Error('secret');
  });
  app.options('/plain', (_, response) => void response.send('mine'));
  app.set('env', 'test');
  return listen(app);
}

async function fastifyServer(): Promise<number> {
  const app = fastify();
  await app.register(fastifyCors(options));
  app.put('/', (_, reply) => reply.header('Vary', 'Accept').header('Access-Control-Allow-Origin', '*').send({}));
  app.get('/throws', () => {
    throw new Error('oh');
  });
  app.options('/plain', () => 'mine');
  await app.listen({ port: 0, host: '127.0.0.1' });
  closing.push(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

const servers = { 'node:http': nodeServer, express: expressServer, fastify: fastifyServer };

describe.each(Object.entries(servers))('cors under %s', (_, start) => {
  it('answers preflights', async () => {
    const port = await start();
    const granted = await ask(port, preflight(A));
    expect(granted.status).toBe(204);
    expect(granted.headers).toMatchObject({
      'access-control-allow-origin': A,
      'access-control-allow-methods': 'PUT',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    });
    expect(granted.headers['content-length']).toBeUndefined();
    const refused = await ask(port, preflight(EVIL));
    expect(refused.status).toBe(403);
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('lets an allowed origin read, and no other', async () => {
    const port = await start();
    const own = await ask(port, { method: 'PUT', headers: { Origin: A } });
    expect(own.status).toBe(200);
    expect(own.headers).toMatchObject({ 'access-control-allow-origin': A, 'access-control-allow-credentials': 'true' });
    const foreign = await ask(port, { method: 'PUT', headers: { Origin: EVIL } });
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
    expect(foreign.headers.vary).toMatch(/\bOrigin\b/);
  });

  it('fails closed on two Origin lines', async () => {
    const port = await start();
    const answer = await ask(port, { method: 'PUT', headers: { Origin: [A, A] } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('cors under node:http', () => {
  it('has its headers on heads that are written with their own, as an object', async () => {
    const answer = await ask(await nodeServer(), { path: '/object', headers: { Origin: A } });
    expect(answer.status).toBe(401);
    expect(answer.headers['access-control-allow-origin']).toBe(A);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it('and as a raw list', async () => {
    const answer = await ask(await nodeServer(), { path: '/raw', headers: { Origin: A } });
    expect(answer.status).toBe(404);
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': A, vary: 'Accept, Origin', 'x-a': '1, 2' });
    expect(answer.headers['access-control-expose-headers']).toBe('vary,x-a');
  });

  it('survives early hints', async () => {
    const answer = await ask(await nodeServer(), { path: '/hints', headers: { Origin: A } });
    expect(answer.headers['access-control-allow-origin']).toBe(A);
  });
});

describe.each([
  ['express', expressServer],
  ['fastify', fastifyServer],
] as const)('cors under %s', (_, start) => {
  it('has its headers on errors that the framework writes', async () => {
    const port = await start();
    const thrown = await ask(port, { path: '/throws', headers: { Origin: A } });
    expect(thrown.status).toBe(500);
    expect(thrown.headers['access-control-allow-origin']).toBe(A);
    const missing = await ask(port, { path: '/missing', headers: { Origin: A } });
    expect(missing.status).toBe(404);
    expect(missing.headers['access-control-allow-origin']).toBe(A);
  });

  it('leaves OPTIONS requests alone that are no preflights', async () => {
    const answer = await ask(await start(), { method: 'OPTIONS', path: '/plain', headers: { Origin: A } });
    expect(answer.body).toBe('mine');
    expect(answer.headers['access-control-allow-origin']).toBe(A);
  });

  it('completes Vary and writes one Access-Control-Allow-Origin', async () => {
    const answer = await ask(await start(), { method: 'PUT', headers: { Origin: A } });
    expect(answer.headers.vary).toBe('Accept, Origin');
    const lines = answer.raw.filter((name) => name.toLowerCase() === 'access-control-allow-origin');
    expect(lines).toHaveLength(1);
  });
});
