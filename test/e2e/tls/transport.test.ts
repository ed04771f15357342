import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Config, ListenerOptions } from '../../../src/config/types.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { curl } from '../../fixtures/openssl.ts';
import { connectClient } from '../../fixtures/raw-client.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
let upstream: TestServer;
const gateways: TestGateway[] = [];

beforeAll(async () => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  const { cert, key } = ca.issue(['DNS:localhost', 'DNS:www.example.com', 'IP:127.0.0.1']);
  folder.write('cert.pem', cert);
  folder.write('key.pem', key);
  upstream = await serve((request, response) => {
    response.setHeader('Strict-Transport-Security', 'max-age=1');
    response.end(`${request.method} ${request.url}`);
  });
});
afterAll(async () => {
  await upstream.close();
  folder.remove();
});
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

const tls = { certificates: { cert: 'cert.pem', key: 'key.pem' } };

async function start(options: Omit<ListenerOptions, 'address'>, config: Partial<Config> = {}): Promise<TestGateway> {
  const routes = config.routes ?? [{ proxy: `http://127.0.0.1:${upstream.port}` }];
  const gateway = await startGateway(
    { ...config, routes },
    { listen: { address: '127.0.0.1:0', ...options }, baseDir: folder.path },
  );
  gateways.push(gateway);
  return gateway;
}

/** One header of an answer, '-' if it hasn't got it. */
function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1] ?? '-';
}

describe('redirectToHttps', () => {
  const toHttps = { redirectToHttps: 8443 };

  it.each([
    ['a page', 'GET', '/a/b?c=%20d&e', 'www.example.com:8080', 'https://www.example.com:8443/a/b?c=%20d&e'],
    ['a form', 'POST', '/', 'localhost', 'https://localhost:8443/'],
    ['an address of IPv6', 'PUT', '/', '[::1]:80', 'https://[::1]:8443/'],
    ['slashes', 'DELETE', '//evil.example/x', 'a.example', 'https://a.example:8443//evil.example/x'],
  ])('sends %s to the same address', async (_, method, path, host, location) => {
    const gateway = await start(toHttps);
    const body = method === 'POST' || method === 'PUT' ? ['--data-binary', 'x'.repeat(100_000)] : [];
    const args = ['-X', method, '-H', `Host: ${host}`, '-H', 'Expect:', '--path-as-is', ...body];
    const { text } = await curl(`http://127.0.0.1:${gateway.port}${path}`, ...args);
    expect(text).toMatch(/^HTTP\/1\.1 308 Permanent Redirect\r\n/);
    expect(headerOf(text, 'location')).toBe(location);
    expect(headerOf(text, 'cache-control')).toBe('max-age=3600');
  });

  it('is followed by curl, method and body kept', async () => {
    const secure = await start({ tls });
    const plain = await start({ redirectToHttps: secure.port });
    const options = ['--location', '--cacert', ca.file, '-X', 'PUT', '-d', 'body'];
    const { text } = await curl(`http://localhost:${plain.port}/x?y`, ...options);
    expect(text).toMatch(/308[^]*200 OK[^]*PUT \/x\?y$/);
  });

  it('leaves out the port that https has anyway', async () => {
    const gateway = await start({ redirectToHttps: 443 });
    const { text } = await curl(`http://127.0.0.1:${gateway.port}/`, '-H', 'Host: a.example');
    expect(headerOf(text, 'location')).toBe('https://a.example/');
  });

  it('answers a preflight, and says on the redirect who may follow it', async () => {
    const cors = { default: { origins: ['https://app.example.com'], methods: ['PUT'] } };
    const gateway = await start(toHttps, { cors });
    const origin = ['-H', 'Origin: https://app.example.com'];
    const preflight = ['-X', 'OPTIONS', '-H', 'Access-Control-Request-Method: PUT', ...origin];
    expect((await curl(`http://127.0.0.1:${gateway.port}/`, ...preflight)).text).toMatch(/^HTTP\/1\.1 204/);
    const { text } = await curl(`http://127.0.0.1:${gateway.port}/`, '-X', 'PUT', ...origin);
    expect(text).toMatch(/^HTTP\/1\.1 308/);
    expect(headerOf(text, 'access-control-allow-origin')).toBe('https://app.example.com');
  });

  it('holds where no route matches, and not for OPTIONS *', async () => {
    const gateway = await start(toHttps, { routes: [{ path: '/only', respond: 204 }] });
    const client = await connectClient(gateway.port);
    client.send('GET /other HTTP/1.1\r\nHost: a.example\r\n\r\n');
    expect((await client.answer()).status).toBe(308);
    client.send('OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n');
    expect((await client.answer('OPTIONS')).status).toBe(404);
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect((await client.answer()).status).toBe(400);
    client.socket.destroy();
  });

  it('believes a trusted proxy, and nobody else', async () => {
    const trusting = await start({ redirectToHttps: 443 }, { trustedProxies: ['127.0.0.1'] });
    const forwarded = ['-H', 'X-Forwarded-Proto: https', '-H', 'X-Forwarded-Host: a.example'];
    expect((await curl(`http://127.0.0.1:${trusting.port}/`, ...forwarded)).text).toContain('200 OK');
    const back = await curl(
      `http://127.0.0.1:${trusting.port}/`,
      '-H',
      'X-Forwarded-Proto: http',
      ...forwarded.slice(2),
    );
    expect(headerOf(back.text, 'location')).toBe('https://a.example/');
    const strict = await start({ redirectToHttps: 443 });
    expect((await curl(`http://127.0.0.1:${strict.port}/`, ...forwarded)).text).toMatch(/^HTTP\/1\.1 308/);
  });
});

describe('hsts', () => {
  const ask = async (gateway: TestGateway, host: string, ...options: string[]): Promise<string> => {
    const resolve = ['--resolve', `${host}:${gateway.port}:127.0.0.1`, '--cacert', ca.file];
    const scheme = gateway.url.startsWith('https') ? 'https' : 'http';
    const { text } = await curl(`${scheme}://${host}:${gateway.port}/`, ...resolve, ...options);
    return headerOf(text, 'strict-transport-security');
  };

  it.each<[ListenerOptions['hsts'], string]>([
    ['1y', 'max-age=31536000'],
    ['180d', 'max-age=15552000'],
    ['1h30m', 'max-age=5400'],
    [0, 'max-age=0'],
    [{ maxAge: '2y', includeSubDomains: true, preload: true }, 'max-age=63072000; includeSubDomains; preload'],
  ])('%j is said over https, instead of what the upstream says', async (hsts, expected) => {
    const gateway = await start({ tls, hsts: hsts! });
    expect(await ask(gateway, 'www.example.com')).toBe(expected);
  });

  it.each(['localhost', '127.0.0.1'])('is never said for %s', async (host) => {
    const gateway = await start({ tls, hsts: '1y' }, { routes: [{ respond: 200 }] });
    expect(await ask(gateway, host)).toBe('-');
  });

  it("is said on errors of the gateway's own", async () => {
    const gateway = await start({ tls, hsts: '1y' }, { routes: [{ path: '/none', respond: 200 }] });
    expect(await ask(gateway, 'www.example.com')).toBe('max-age=31536000');
    expect(await ask(gateway, 'www.example.com', '-H', 'X-Long: '.padEnd(40_000, 'x'))).toBe('max-age=31536000');
  });

  it('is never said over http, also not by the redirect to https', async () => {
    const config = { trustedProxies: ['127.0.0.1'], routes: [{ respond: 200 }] };
    const gateway = await start({ hsts: '1y' }, config);
    expect(await ask(gateway, 'www.example.com')).toBe('-');
    expect(await ask(gateway, 'www.example.com', '-H', 'X-Forwarded-Proto: https')).toBe('max-age=31536000');
    const redirecting = await start({ hsts: '1y', redirectToHttps: true }, config);
    expect(await ask(redirecting, 'www.example.com')).toBe('-');
  });

  it('is said no longer after a reload without it', async () => {
    const gateway = await start({ tls, hsts: '1y' });
    const listen = { address: `127.0.0.1:${gateway.port}`, tls };
    await gateway.gateway.reload({ listen, routes: [{ respond: 200 }] }, { baseDir: folder.path });
    expect(await ask(gateway, 'www.example.com')).toBe('-');
  });
});
