import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ListenerOptions } from '../../../src/config/types.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { curl, handshake, runProgram } from '../../fixtures/openssl.ts';
import { serve } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
const started: TestGateway[] = [];

beforeAll(() => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  const write = (name: string, names: readonly string[]): void => {
    const { cert, key } = ca.issue(names);
    folder.write(`${name}.pem`, cert);
    folder.write(`${name}.key`, key);
  };
  write('first', ['DNS:first.example', 'DNS:localhost', 'IP:127.0.0.1']);
  write('wildcard', ['DNS:*.example.com']);
  write('exact', ['DNS:api.example.com']);
});
afterAll(() => folder.remove());
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.close()));
});

const CERTIFICATES = ['first', 'wildcard', 'exact'].map((name) => ({ cert: `${name}.pem`, key: `${name}.key` }));

async function start(
  tls: Partial<NonNullable<ListenerOptions['tls']>> = {},
  config: Parameters<typeof startGateway>[0] = { routes: [{ respond: { status: 200, body: 'hello' } }] },
): Promise<TestGateway> {
  const listen = { address: '127.0.0.1:0', tls: { certificates: CERTIFICATES, ...tls } };
  const gateway = await startGateway(config, { listen, baseDir: folder.path });
  started.push(gateway);
  return gateway;
}

function open(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca: ca.certificate, servername: 'localhost', ...options });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** The names of the certificate that a client gets. */
async function shown(port: number, servername: string | undefined): Promise<string | undefined> {
  const socket = await open(port, {
    rejectUnauthorized: false,
    ...(servername === undefined ? { servername: '' } : { servername }),
  });
  const names = socket.getPeerCertificate().subjectaltname;
  socket.destroy();
  return names;
}

describe('a listener with TLS', () => {
  it('answers curl, which trusts its authority, and says so in its address', async () => {
    const { port, url } = await start();
    expect(url).toBe(`https://127.0.0.1:${port}`);
    const { text } = await curl(`https://localhost:${port}/`, '--cacert', ca.file);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toMatch(/hello$/);
  });

  it('shows each name its certificate: the exact one, a wildcard, else the first', async () => {
    const { port } = await start();
    expect(await shown(port, 'api.example.com')).toBe('DNS:api.example.com');
    expect(await shown(port, 'API.EXAMPLE.com')).toBe('DNS:api.example.com');
    expect(await shown(port, 'www.example.com')).toBe('DNS:*.example.com');
    expect(await shown(port, 'a.b.example.com')).toContain('first.example');
    expect(await shown(port, 'other.example')).toContain('first.example');
    expect(await shown(port, undefined)).toContain('first.example');
  });

  it('tells upstreams, routes and the log that the scheme is https', async () => {
    const upstream = await startGateway({ routes: [{ respond: 204 }] });
    started.push(upstream);
    const seen: string[] = [];
    const server = await serve((request, response) => {
      seen.push(String(request.headers['x-forwarded-proto']));
      response.setHeader('Set-Cookie', 'a=1; Secure; HttpOnly').end('ok');
    });
    const { port } = await start({}, { routes: [{ proxy: `http://127.0.0.1:${server.port}` }] });
    const { text } = await curl(`https://localhost:${port}/`, '--cacert', ca.file);
    expect(text).toContain('Set-Cookie: a=1; Secure; HttpOnly');
    expect(seen).toEqual(['https']);
    await server.close();
  });

  it('knows the client by its address, and a request on a kept connection', async () => {
    const gateway = await start();
    const url = `https://localhost:${gateway.port}/`;
    const { text } = await curl(url, '--cacert', ca.file, '--next', '--silent', '--include', '--cacert', ca.file, url);
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(gateway.records.map(({ client }) => client)).toEqual(['127.0.0.1', '127.0.0.1']);
    await gateway.quiet();
  });

  it('carries large bodies both ways', async () => {
    const server = await serve((request, response) => request.pipe(response));
    const { port } = await start({}, { routes: [{ proxy: `http://127.0.0.1:${server.port}` }] });
    const body = folder.write('large.bin', Buffer.alloc(5_000_000, 'abcdefghi'));
    const output = `${folder.path}/received.bin`;
    const options = ['--cacert', ca.file, '--data-binary', `@${body}`, '--no-include', '--output', output];
    const { code } = await curl(`https://localhost:${port}/`, ...options);
    expect(code).toBe(0);
    expect(readFileSync(output).equals(readFileSync(body))).toBe(true);
    await server.close();
  });
});

describe('what is spoken', () => {
  it.each([
    ['1.2', ['-tls1_2'], /Protocol\s*: TLSv1\.2|New, TLSv1\.2/],
    ['1.3', ['-tls1_3'], /New, TLSv1\.3/],
  ])('is TLS %s', async (_, options, expected) => {
    const { port } = await start();
    const { text } = await handshake(port, '-servername', 'localhost', '-CAfile', ca.file, ...options);
    expect(text).toMatch(expected);
    expect(text).toContain('Verify return code: 0 (ok)');
  });

  it.each([['-tls1'], ['-tls1_1']])('is not %s', async (version) => {
    const gateway = await start();
    // Level 0, or the client wouldn't even ask.
    const { text, code } = await handshake(gateway.port, version, '-cipher', 'ALL:@SECLEVEL=0');
    expect(code).not.toBe(0);
    expect(text).toMatch(/alert protocol version|unsupported protocol/);
    await vi.waitFor(() => expect([...gateway.gateway.lostConnections.values()]).toEqual([1]));
  });

  it('is 1.3 alone if the config says so', async () => {
    const { port } = await start({ minVersion: 1.3 });
    expect((await handshake(port, '-tls1_2')).text).toMatch(/alert protocol version/);
    expect((await handshake(port, '-tls1_3')).text).toMatch(/New, TLSv1\.3/);
  });

  it.each([
    ['without forward secrecy', 'AES128-GCM-SHA256'],
    ['without authenticated encryption', 'ECDHE-ECDSA-AES128-SHA256'],
    ['without authentication', 'aNULL'],
    ['of yesterday', 'DES-CBC3-SHA:RC4-SHA'],
  ])('is no suite %s', async (_, ciphers) => {
    const { port } = await start();
    const { text, code } = await handshake(port, '-tls1_2', '-cipher', `${ciphers}:@SECLEVEL=0`);
    expect(code).not.toBe(0);
    expect(text).not.toMatch(/Cipher\s+: [A-Z]/);
  });

  it("isn't negotiated again in the middle", async () => {
    const { port } = await start();
    const { text } = await handshake(port, '-tls1_2', '-legacy_renegotiation');
    expect(text).not.toContain('Secure Renegotiation IS NOT supported');
    const renegotiation = await runProgram('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2'], 'R\n');
    expect(renegotiation.text).toMatch(/no renegotiation|RENEGOTIATING[^]*error/);
  });

  it('is agreed on by ALPN', async () => {
    const { port } = await start();
    expect((await handshake(port, '-alpn', 'h2,http/1.1')).text).toContain('ALPN protocol: http/1.1');
    expect((await handshake(port)).text).toContain('No ALPN negotiated');
    expect((await handshake(port, '-alpn', 'smtp')).text).toMatch(/no application protocol/);
  });
});

describe('a session', () => {
  it.each([['-tls1_2'], ['-tls1_3']])('is resumed with a ticket (%s)', async (version) => {
    const { port } = await start();
    const session = `${folder.path}/session${version}`;
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const ask = (...options: string[]): ReturnType<typeof runProgram> => {
      const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'api.example.com', '-ign_eof', version];
      return runProgram('openssl', [...args, ...options], request);
    };
    expect((await ask('-sess_out', session)).text).toContain('\nNew, TLSv1');
    expect((await ask('-sess_in', session)).text).toContain('\nReused, TLSv1');
  });
});

describe('what is not TLS', () => {
  it.each(['GET', 'OPTIONS', 'POST'])('is told so if it is HTTP: %s', async (method) => {
    const gateway = await start();
    const { text } = await curl(`http://127.0.0.1:${gateway.port}/`, '-X', method, '-d', 'x'.repeat(100_000));
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text).toContain('Write https:// instead of http://');
    await gateway.quiet();
    expect([...gateway.gateway.lostConnections]).toEqual([['plain-http', 1]]);
  });

  it.each([
    ['garbage', '\0\x01\x02\x03'],
    ['a broken record', '\x16\x03\x01\xff\xff'.padEnd(70_000, 'x')],
    ['the beginning of a hello, and no more', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['nothing', ''],
  ])('is closed: %s', async (_, bytes) => {
    const gateway = await start({}, { timeouts: { handshake: '300ms' }, routes: [{ respond: 204 }] });
    const socket = connectTcp(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes, 'latin1');
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    await gateway.quiet();
    expect([...gateway.gateway.lostConnections.values()]).toEqual([1]);
    expect(gateway.lines).toEqual([]);
  });

  it('is survived: a client that resets in the middle of its handshake', async () => {
    const gateway = await start();
    for (let i = 0; i < 20; i++) {
      const socket = connectTcp(gateway.port, '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => {});
      socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1');
      if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      socket.resetAndDestroy();
    }
    await gateway.quiet();
    const { text } = await curl(`https://localhost:${gateway.port}/`, '--cacert', ca.file);
    expect(text).toContain('200 OK');
  });

  it('is logged if that is wanted', async () => {
    const log = { access: 'off', debug: true } as const;
    const gateway = await start({}, { log, routes: [{ respond: 204 }] });
    await curl(`http://127.0.0.1:${gateway.port}/`);
    await vi.waitFor(() =>
      expect(gateway.lines.join('')).toContain(
        'debug connection from 127.0.0.1 lost before its first request: plain-http',
      ),
    );
  });
});

describe('an end', () => {
  it('comes at once, though handshakes are under way', async () => {
    const gateway = await start();
    const socket = connectTcp(gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('\x16\x03\x01\x02\x00\x01', 'latin1');
    await vi.waitFor(() => expect(gateway.gateway.connections.clients).toBe(1));
    await gateway.gateway.close();
    expect(gateway.gateway.connections.clients).toBe(0);
  });

  it('lets a request be answered', async () => {
    const server = await serve((_, response) => void setTimeout(() => response.end('late'), 200));
    const gateway = await start({}, { routes: [{ proxy: `http://127.0.0.1:${server.port}` }] });
    const asked = curl(`https://localhost:${gateway.port}/`, '--cacert', ca.file);
    await vi.waitFor(() => expect(server.seen).toHaveLength(1));
    await gateway.gateway.close();
    expect((await asked).text).toMatch(/Connection: close\r\n[^]*late$/);
    await server.close();
  });
});
