import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/types.ts';
import { connectClient } from '../../fixtures/raw-client.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';

let gateway: TestGateway;
afterEach(() => gateway.close());

const start = async (config: Omit<Config, 'listen'>): Promise<void> => {
  gateway = await startGateway(config);
};
const ask = async (path: string, init: RequestInit = {}): Promise<string> => {
  const response = await fetch(gateway.url + path, init);
  const text = await response.text();
  const code = text.startsWith('{') ? (JSON.parse(text) as { code: string }).code : '';
  return `${response.status} ${code}`.trim();
};

describe('addresses', () => {
  it('are let in or kept out, by route and for all', async () => {
    await start({
      ipDeny: '127.0.0.9',
      trustedProxies: ['127.0.0.1'],
      routes: [
        { path: '/all', respond: 204 },
        { path: '/ten', respond: 204, ipAllow: ['10.0.0.0/8', '2001:db8::/32'] },
        { path: '/open', respond: 204, ipDeny: false },
      ],
    });
    const from = (address: string): RequestInit => ({ headers: { 'x-forwarded-for': address } });
    expect(await ask('/all')).toBe('204');
    expect(await ask('/all', from('127.0.0.9'))).toBe('403 address-refused');
    expect(await ask('/nowhere', from('127.0.0.9'))).toBe('403 address-refused');
    expect(await ask('/open', from('127.0.0.9'))).toBe('204');
    expect(await ask('/ten')).toBe('403 address-refused');
    expect(await ask('/ten', from('10.1.2.3'))).toBe('204');
    expect(await ask('/ten', from('2001:db8::7'))).toBe('204');
    expect(await ask('/ten', from('11.1.2.3'))).toBe('403 address-refused');
    // Of a stranger nobody believes it.
    const client = await connectClient(gateway.port, '127.0.0.1', '127.0.0.2');
    expect((await client.ask('/ten', { fields: 'X-Forwarded-For: 10.1.2.3\r\n' })).problem).toBe('address-refused');
    client.end();
  });
});

describe('maintenance', () => {
  it('answers 503 with Retry-After, under the policy, and leaves out what says so', async () => {
    await start({
      maintenance: { retryAfter: '90s', message: 'Moving house.' },
      cors: { default: { origins: ['https://app.test'] } },
      routes: [
        { path: '/a', respond: 204 },
        { path: '/health', respond: 204, maintenance: false },
      ],
    });
    const response = await fetch(`${gateway.url}/a`, { headers: { origin: 'https://app.test' } });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '90']);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.test');
    expect(await response.json()).toMatchObject({ code: 'maintenance', detail: 'Moving house.' });
    expect(await ask('/nowhere')).toBe('503 maintenance');
    expect(await ask('/health')).toBe('204');
    // A preflight is answered as ever, or the page would read nothing.
    const preflight = { origin: 'https://app.test', 'access-control-request-method': 'GET' };
    expect(await ask('/a', { method: 'OPTIONS', headers: preflight })).toBe('204');
  });
});

describe('sizes', () => {
  it('are a route’s own, in place of those for all', async () => {
    await start({
      limits: { body: 100 },
      routes: [
        { path: '/all', respond: 204 },
        { path: '/small', respond: 204, bodyLimit: 10 },
        { path: '/large', respond: 204, bodyLimit: 1000 },
        { path: '/any', respond: 204, bodyLimit: 0 },
      ],
    });
    const send = (path: string, bytes: number): Promise<string> =>
      ask(path, { method: 'POST', body: 'x'.repeat(bytes) });
    expect(await send('/all', 100)).toBe('204');
    expect(await send('/all', 101)).toBe('413 body-too-large');
    expect(await send('/small', 11)).toBe('413 body-too-large');
    expect(await send('/large', 1000)).toBe('204');
    expect(await send('/large', 1001)).toBe('413 body-too-large');
    expect(await send('/any', 5000)).toBe('204');
    expect(await send('/nowhere', 101)).toBe('413 body-too-large');
  });
});

describe('other sites', () => {
  it('are kept from changing something, and the log says what to write', async () => {
    await start({
      crossSite: true,
      cors: { app: { origins: ['https://app.test'] }, all: { origins: '*' } },
      routes: [
        { path: '/own', respond: 204 },
        { path: '/listed', respond: 204, cors: 'app' },
        { path: '/everybody', respond: 204, cors: 'all' },
        { path: '/hook', respond: 204, crossSite: false },
        { path: '/friend', respond: 204, crossSite: { allow: 'https://friend.test' } },
      ],
    });
    const post = (path: string, origin: string, site = 'cross-site'): Promise<string> =>
      ask(path, { method: 'POST', headers: { origin, 'sec-fetch-site': site } });
    expect(await post('/own', 'https://evil.test')).toBe('403 cross-site-refused');
    expect(gateway.records.at(-1)?.note).toBe(
      'crossSite: cross-site, origin https://evil.test; to let it in, list it in crossSite.allow or in the CORS policy',
    );
    expect(await post('/own', gateway.url, 'same-origin')).toBe('204');
    expect(await post('/listed', 'https://app.test')).toBe('204');
    expect(await post('/listed', 'https://evil.test')).toBe('403 cross-site-refused');
    expect(await post('/everybody', 'https://evil.test')).toBe('403 cross-site-refused');
    expect(await post('/hook', 'https://evil.test')).toBe('204');
    expect(await post('/friend', 'https://friend.test')).toBe('204');
    expect(await ask('/own', { method: 'POST' })).toBe('204');
    expect(await ask('/own', { headers: { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' } })).toBe('204');
  });
});
