import { describe, expect, it, vi } from 'vitest';
import { PolicyError } from '../policy.ts';
import { withCors } from './fetch.ts';

const A = 'https://a.test';
const API = 'https://api.test/users';
const options = { origins: [A], methods: ['PUT'], credentials: true } as const;

function from(origin: string, init: RequestInit = {}): Request {
  return new Request(API, { ...init, headers: { Origin: origin, ...(init.headers as Record<string, string>) } });
}

function preflight(origin: string, method: string): Request {
  return from(origin, { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': method } });
}

describe('withCors', () => {
  it('answers preflights without asking the handler', async () => {
    const handler = vi.fn(() => new Response('no'));
    const response = await withCors(handler, options)(preflight(A, 'PUT'));
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('PUT');
    expect((await withCors(handler, options)(preflight('https://evil.test', 'PUT'))).status).toBe(403);
    expect(handler).not.toHaveBeenCalled();
  });

  it('replaces the CORS headers that the handler set and keeps its Vary', async () => {
    const handler = (): Response =>
      new Response('x', { headers: { 'Access-Control-Allow-Origin': '*', Vary: 'Accept', 'X-Y': '1' } });
    const response = await withCors(handler, options)(from(A));
    expect(response.headers.get('access-control-allow-origin')).toBe(A);
    expect(response.headers.get('vary')).toBe('Accept, Origin');
    expect(response.headers.get('x-y')).toBe('1');
    expect(await response.text()).toBe('x');
  });

  it('gives an exception the same headers, and tells what was thrown', async () => {
    const onError = vi.fn();
    const failing = withCors(() => Promise.reject(new Error('secret')), options, { onError });
    const response = await failing(from(A));
    expect(response.status).toBe(500);
    expect(response.headers.get('access-control-allow-origin')).toBe(A);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.text()).not.toContain('secret');
    expect(onError).toHaveBeenCalledOnce();
  });

  it('decorates responses that cannot be changed', async () => {
    const response = await withCors(() => Response.redirect('https://api.test/x', 302), options)(from(A));
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('https://api.test/x');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('leaves a response alone that a handler hands out again', async () => {
    const shared = new Response(null, { status: 204 });
    const handle = withCors(() => shared, options);
    await handle(from(A));
    expect(shared.headers.has('access-control-allow-origin')).toBe(false);
    expect((await handle(from('https://evil.test'))).headers.has('access-control-allow-origin')).toBe(false);
  });

  it('keeps every Set-Cookie and never exposes it', async () => {
    const handler = (): Response => {
      const response = new Response('x', { headers: { 'X-One': '1' } });
      response.headers.append('Set-Cookie', 'a=1');
      response.headers.append('Set-Cookie', 'b=2');
      return response;
    };
    const response = await withCors(handler, { ...options, expose: '*' })(from(A));
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('access-control-expose-headers')).toBe('x-one');
  });

  it('refuses foreign origins where the policy is enforced, and never the own one', async () => {
    const handle = withCors(() => new Response('x'), { ...options, enforce: true });
    expect((await handle(from('https://evil.test', { method: 'POST' }))).status).toBe(403);
    expect((await handle(from('https://api.test', { method: 'POST' }))).status).toBe(200);
  });

  it('hands further arguments to the handler', async () => {
    const handler = (_: Request, env: { readonly name: string }): Response => new Response(env.name);
    expect(await (await withCors(handler, options)(from(A), { name: 'env' })).text()).toBe('env');
  });

  it('throws at once if the options are wrong', () => {
    expect(() => withCors(() => new Response(), { origins: 'https://a.test/' })).toThrow(PolicyError);
  });

  it('leaves CORS to the handler if it is told so', async () => {
    const handler = (): Response => new Response('x', { headers: { 'Access-Control-Allow-Origin': '*' } });
    const response = await withCors(handler, { upstream: 'pass' })(from(A));
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });
});
