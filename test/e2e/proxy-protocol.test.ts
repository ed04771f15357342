import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Config, ListenerOptions } from '../../src/config/types.ts';
import { CertificateAuthority } from '../fixtures/certificates.ts';
import { curl } from '../fixtures/openssl.ts';
import { findProgram } from '../fixtures/programs.ts';
import { serve, type TestServer } from '../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../fixtures/temp-folder.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
let upstream: TestServer;
const gateways: TestGateway[] = [];
const sockets: Socket[] = [];
const balancers: ChildProcess[] = [];

beforeAll(async () => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  const { cert, key } = ca.issue(['DNS:localhost']);
  folder.write('cert.pem', cert);
  folder.write('key.pem', key);
  folder.write('both.pem', cert + key);
  upstream = await serve((request, response) => {
    const { 'x-forwarded-for': client, 'x-forwarded-proto': scheme, 'x-real-ip': real } = request.headers;
    response.end(`${String(client)} ${String(real)} ${String(scheme)}`);
  });
});
afterAll(async () => {
  await upstream.close();
  folder.remove();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const balancer of balancers.splice(0)) {
    balancer.kill('SIGKILL');
    await once(balancer, 'exit');
  }
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

const TLS = { certificates: { cert: 'cert.pem', key: 'key.pem' } };

/** A gateway that says whom it takes for its client. */
async function start(
  options: Omit<ListenerOptions, 'address'> = { proxyProtocol: ['127.0.0.1'] },
  config: Partial<Config> = {},
): Promise<TestGateway> {
  const gateway = await startGateway(
    { ...config, routes: [{ proxy: `http://127.0.0.1:${upstream.port}` }] },
    { listen: { address: '127.0.0.1:0', ...options }, baseDir: folder.path },
  );
  gateways.push(gateway);
  return gateway;
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const V1 = 'PROXY TCP4 203.0.113.5 127.0.0.1 56324 443\r\n';
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const V2 = `${SIGNATURE}\x21\x11\0\x0c\xcb\0\x71\x05\x7f\0\0\x01\xdb\xe4\x01\xbb`;
const V2_SSL = `${SIGNATURE}\x21\x11\0\x14\xcb\0\x71\x05\x7f\0\0\x01\xdb\xe4\x01\xbb\x20\0\x05\x01\0\0\0\0`;

async function open({ port }: TestGateway): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Everything that comes until the connection is closed. */
function readAll(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

/** Sends these pieces, each in a packet of its own. */
async function send(gateway: TestGateway, ...pieces: readonly string[]): Promise<string> {
  const socket = await open(gateway);
  const answer = readAll(socket);
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return answer;
}

describe('a listener for the PROXY protocol', () => {
  it.each([
    ['version 1', V1, '203.0.113.5 203.0.113.5 http'],
    ['version 1, IPv6', 'PROXY TCP6 2001:db8::5 ::1 56324 443\r\n', '2001:db8::5 2001:db8::5 http'],
    ['version 1, unknown', 'PROXY UNKNOWN\r\n', '127.0.0.1 127.0.0.1 http'],
    ['version 2', V2, '203.0.113.5 203.0.113.5 http'],
    ['version 2, of a client with TLS', V2_SSL, '203.0.113.5 203.0.113.5 https'],
    ['version 2, the proxy itself', `${SIGNATURE}\x20\0\0\0`, '127.0.0.1 127.0.0.1 http'],
  ])('takes from %s who the client is', async (_, header, expected) => {
    const gateway = await start();
    expect(await send(gateway, header + GET)).toMatch(new RegExp(`^HTTP/1.1 200 OK\r\n[^]*\r\n${expected}$`));
    expect(await send(gateway, ...header.match(/[^]{1,9}/g)!, GET)).toContain(expected);
    const [client = ''] = expected.split(' ');
    expect(gateway.records.map((record) => record.client)).toEqual([client, client]);
    expect([...gateway.gateway.lostConnections]).toEqual([]);
  });

  it('keeps a connection, and what it knows of it', async () => {
    const gateway = await start();
    const socket = await open(gateway);
    const answers = readAll(socket);
    socket.write(V1 + GET.replace('Connection: close\r\n', ''));
    await once(socket, 'data');
    socket.write(GET);
    expect((await answers).match(/203\.0\.113\.5 203/g)).toHaveLength(2);
  });

  it('carries a body that comes with the header in one piece', async () => {
    const gateway = await start();
    const request = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello';
    expect(await send(gateway, V1 + request)).toContain('203.0.113.5');
  });

  it.each([
    ['no header', GET],
    ['a broken line', `PROXY TCP4 203.0.113.5\r\n${GET}`],
    ['a line without an end', `PROXY UNKNOWN ${'x'.repeat(200)}`],
    ['a wrong version', `${V2.replace('\x21', '\x31')}${GET}`],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('closes a connection of a proxy that begins with %s', async (_, bytes) => {
    const gateway = await start();
    const asked = upstream.seen.length;
    expect(await send(gateway, bytes)).toBe('');
    await gateway.quiet();
    expect([...gateway.gateway.lostConnections]).toEqual([['proxy-header', 1]]);
    expect([gateway.records.length, upstream.seen.length]).toEqual([0, asked]);
  });

  it('waits for a header no longer than for a handshake', async () => {
    const gateway = await start(undefined, { timeouts: { handshake: '200ms' } });
    expect(await send(gateway, V1.slice(0, 20))).toBe('');
    await gateway.quiet();
    expect([...gateway.gateway.lostConnections]).toEqual([['timeout', 1]]);
  });

  it('notices who leaves in the middle of the header', async () => {
    const gateway = await start();
    const socket = await open(gateway);
    socket.end(V2.slice(0, 20));
    await readAll(socket);
    await gateway.quiet();
    expect([...gateway.gateway.lostConnections]).toEqual([['closed', 1]]);
  });

  it('believes nobody else: what a stranger sends is not HTTP', async () => {
    const gateway = await start({ proxyProtocol: ['10.0.0.0/8'] });
    expect(await send(gateway, GET)).toContain('127.0.0.1 127.0.0.1 http');
    expect(await send(gateway, V1 + GET)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await send(gateway, V2 + GET)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("doesn't believe what such a client says of itself", async () => {
    const gateway = await start(undefined, { trustedProxies: ['127.0.0.1'] });
    const forged = GET.replace('Host', 'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nHost');
    expect(await send(gateway, V1 + forged)).toContain('203.0.113.5 203.0.113.5 http');
  });

  it('counts no connections of a balancer against the limit of one address', async () => {
    const gateway = await start(undefined, { limits: { connectionsPerAddress: 1 } });
    const held = [await open(gateway), await open(gateway)];
    for (const socket of held) socket.write(V1);
    expect(await send(gateway, V1 + GET)).toContain('200 OK');
  });
});

describe('with TLS behind the header', () => {
  it('the client is known, and the scheme is its own', async () => {
    const gateway = await start({ proxyProtocol: ['127.0.0.1'], tls: TLS });
    for (const header of [V1, V2]) {
      const raw = await open(gateway);
      raw.write(header, 'latin1');
      const socket = connectTls({ socket: raw, ca: ca.certificate, servername: 'localhost' });
      sockets.push(socket);
      const answer = readAll(socket);
      socket.write(GET);
      expect(await answer).toContain('203.0.113.5 203.0.113.5 https');
    }
  });

  it('strangers speak TLS at once, and plain HTTP is answered', async () => {
    const gateway = await start({ proxyProtocol: ['10.0.0.0/8'], tls: TLS });
    const { text } = await curl(`https://localhost:${gateway.port}/`, '--cacert', ca.file);
    expect(text).toContain('127.0.0.1 127.0.0.1 https');
    expect(await send(gateway, GET)).toContain('Write https://');
  });
});

/** A port that is free at the moment. */
async function freePort(): Promise<number> {
  const server = await serve(() => {});
  await server.close();
  return server.port;
}

async function run(program: string, args: readonly string[], port: number): Promise<void> {
  const child = spawn(findProgram(program), args, { stdio: 'ignore' });
  balancers.push(child);
  await vi.waitUntil(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(true));
        socket.on('error', () => resolve(false));
        sockets.push(socket);
      }),
    { timeout: 10_000 },
  );
}

/** HAProxy in front. @param bind options of its own address @param server options towards the gateway */
async function haproxy(target: TestGateway, { bind = '', server }: { bind?: string; server: string }): Promise<number> {
  const port = await freePort();
  const file = folder.write(
    'haproxy.cfg',
    `defaults
  mode tcp
  timeout connect 5s
  timeout client 20s
  timeout server 20s
listen front
  bind 127.0.0.1:${port} ${bind}
  server gateway 127.0.0.1:${target.port} ${server}
`,
  );
  await run('haproxy', ['-db', '-f', file], port);
  return port;
}

describe('HAProxy', () => {
  it.each(['send-proxy', 'send-proxy-v2'])('says who the client is with %s', async (server) => {
    const gateway = await start();
    const port = await haproxy(gateway, { server });
    // From another address of this machine, so that it can't be the balancer's own.
    const { text } = await curl(`http://127.0.0.1:${port}/`, '--interface', '127.0.0.9');
    expect(text).toContain('127.0.0.9 127.0.0.9 http');
  });

  it('says that the client spoke TLS with it, and may send a checksum', async () => {
    const gateway = await start();
    const bind = `ssl crt ${folder.path}/both.pem`;
    const port = await haproxy(gateway, { bind, server: 'send-proxy-v2-ssl-cn proxy-v2-options crc32c' });
    const { text } = await curl(`https://localhost:${port}/`, '--cacert', ca.file, '--interface', '127.0.0.9');
    expect(text).toContain('127.0.0.9 127.0.0.9 https');
  });

  it('passes TLS through', async () => {
    const gateway = await start({ proxyProtocol: ['127.0.0.0/8'], tls: TLS });
    const port = await haproxy(gateway, { server: 'send-proxy-v2' });
    const { text } = await curl(`https://localhost:${port}/`, '--cacert', ca.file, '--interface', '127.0.0.9');
    expect(text).toContain('127.0.0.9 127.0.0.9 https');
  });

  it('checks the health of the gateway: by itself, and not for a client', async () => {
    const gateway = await start();
    const port = await haproxy(gateway, { server: 'send-proxy-v2 check check-send-proxy inter 50ms' });
    expect((await curl(`http://127.0.0.1:${port}/`)).text).toContain('200 OK');
    expect(gateway.gateway.lostConnections.get('proxy-header')).toBeUndefined();
  });
});

describe('nginx', () => {
  it('says who the client is with proxy_protocol in a stream', async () => {
    const gateway = await start();
    const port = await freePort();
    const file = folder.write(
      'nginx.conf',
      `load_module modules/ngx_stream_module.so;
       daemon off; master_process off; pid ${folder.path}/nginx.pid; error_log ${folder.path}/error.log;
       events {}
       stream { server { listen 127.0.0.1:${port}; proxy_pass 127.0.0.1:${gateway.port}; proxy_protocol on; } }`,
    );
    await run('nginx', ['-p', '/usr/share/nginx', '-c', file, '-e', `${folder.path}/error.log`], port);
    const { text } = await curl(`http://127.0.0.1:${port}/`, '--interface', '127.0.0.9');
    expect(text).toContain('127.0.0.9 127.0.0.9 http');
  });
});
