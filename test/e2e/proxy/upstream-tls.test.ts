import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { UpstreamTlsOptions } from '../../../src/config/types.ts';
import { CertificateAuthority, type KeyPair } from '../../fixtures/certificates.ts';
import { startRawUpstream } from '../../fixtures/raw-upstream.ts';
import { startProxy, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ours: CertificateAuthority;
let good: KeyPair;
const closers: (() => Promise<unknown>)[] = [];
const names: (string | undefined)[] = [];
const resumed: boolean[] = [];

beforeAll(() => {
  folder = makeTempFolder();
  ours = new CertificateAuthority(folder.path, 'ours');
  good = ours.issue(['DNS:localhost', 'IP:127.0.0.1', 'DNS:api.internal']);
});
afterAll(() => folder.remove());
afterEach(async () => {
  names.length = 0;
  resumed.length = 0;
  for (const close of closers.splice(0)) await close();
});

async function serve(options: TlsOptions): Promise<number> {
  const server = createHttpsServer({ ...options, keepAliveTimeout: 60_000 }, (req, res) => {
    if (req.url === '/refuse') return void res.writeHead(413, { Connection: 'close' }).end('too much');
    let size = 0;
    req.on('data', (chunk: Buffer) => (size += chunk.length));
    req.on('end', () => res.end(`${req.headers.host} ${size}`));
  });
  server.on('secureConnection', (socket) => {
    names.push(socket.servername || undefined);
    resumed.push(socket.isSessionReused());
  });
  return listen(server);
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
      server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

async function gatewayTo(url: string, tls: UpstreamTlsOptions = {}): Promise<TestGateway> {
  const gateway = await startProxy(url, { upstream: { tls } });
  closers.unshift(gateway.close);
  return gateway;
}

async function outcome(url: string, tls: UpstreamTlsOptions = {}): Promise<string> {
  const gateway = await gatewayTo(url, tls);
  const client = await gateway.connect();
  const answer = await client.ask('/');
  client.end();
  await gateway.quiet(1);
  if (answer.status === 502) expect(gateway.records[0]?.upstreamFailure).toBeTruthy();
  return `${answer.status} ${answer.problem || answer.body.text}`;
}

describe('the certificate of an upstream', () => {
  it('is fine when an authority of ours has issued it', async () => {
    const port = await serve(good);
    expect(await outcome(`https://127.0.0.1:${port}`, { ca: ours.file })).toBe('200 gateway.test 0');
    expect(await outcome(`https://localhost:${port}`, { ca: ours.file })).toBe('200 gateway.test 0');
    // An address is no name to ask for (RFC 6066 §3).
    expect(names).toEqual([undefined, 'localhost']);
  });

  it('is refused when nobody we know has issued it', async () => {
    const port = await serve(good);
    expect(await outcome(`https://127.0.0.1:${port}`)).toBe('502 upstream-tls');
    const strangers = new CertificateAuthority(folder.path, 'strangers');
    expect(await outcome(`https://127.0.0.1:${port}`, { ca: strangers.file })).toBe('502 upstream-tls');
  });

  it('is refused when it is for another name', async () => {
    const port = await serve(ours.issue(['DNS:other.example']));
    expect(await outcome(`https://127.0.0.1:${port}`, { ca: ours.file })).toBe('502 upstream-tls');
    expect(await outcome(`https://localhost:${port}`, { ca: ours.file })).toBe('502 upstream-tls');
  });

  it('is checked against the name that the config says', async () => {
    const port = await serve(good);
    const url = `https://127.0.0.1:${port}`;
    expect(await outcome(url, { ca: ours.file, serverName: 'api.internal' })).toBe('200 gateway.test 0');
    expect(names).toEqual(['api.internal']);
    expect(await outcome(url, { ca: ours.file, serverName: 'other.internal' })).toBe('502 upstream-tls');
  });

  it('is refused when it has expired', async () => {
    const port = await serve(ours.issue(['DNS:localhost'], -1));
    expect(await outcome(`https://localhost:${port}`, { ca: ours.file })).toBe('502 upstream-tls');
  });

  it('is not looked at where the config dangerously says so', async () => {
    const port = await serve(ours.issue(['DNS:other.example'], -1));
    expect(await outcome(`https://127.0.0.1:${port}`, { dangerouslySkipVerify: true })).toBe('200 gateway.test 0');
  });
});

describe('the TLS handshake with an upstream', () => {
  it('fails with a reason of its own when the other side speaks no TLS', async () => {
    const upstream = await startRawUpstream((peer) => void peer.send('HTTP/1.1 400 Bad Request\r\n\r\n'));
    closers.push(upstream.close);
    expect(await outcome(`https://127.0.0.1:${upstream.port}`)).toBe('502 upstream-tls');
  });

  it.each([
    ['closes', (end: () => void) => end()],
    ['resets', (_: () => void, reset: () => void) => reset()],
  ])('that the other side %s in the middle is a 502', async (_, leave) => {
    const upstream = await startRawUpstream(async (peer) => {
      await peer.take(1);
      leave(
        () => peer.end(),
        () => peer.reset(),
      );
    });
    closers.push(upstream.close);
    expect(await outcome(`https://127.0.0.1:${upstream.port}`)).toBe('502 upstream-reset');
  });

  it('that never ends is a 504', async () => {
    const upstream = await startRawUpstream(() => {});
    closers.push(upstream.close);
    const gateway = await startProxy(`https://127.0.0.1:${upstream.port}`, {
      upstream: { timeouts: { connect: '200ms' } },
    });
    closers.unshift(gateway.close);
    const client = await gateway.connect();
    const answer = await client.ask('/');
    expect([answer.status, answer.problem]).toEqual([504, 'upstream-connect-timeout']);
    client.end();
    await gateway.quiet();
  });

  it('needs TLS 1.2 at least', async () => {
    const port = await listen(
      createTlsServer({ ...good, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' }),
    );
    expect(await outcome(`https://localhost:${port}`, { ca: ours.file })).toBe('502 upstream-tls');
  });
});

describe('over TLS', () => {
  it('connections are kept and reused', async () => {
    const port = await serve(good);
    const gateway = await gatewayTo(`https://localhost:${port}`, { ca: ours.file });
    const client = await gateway.connect();
    for (let i = 0; i < 10; i++) expect((await client.ask('/')).status).toBe(200);
    expect(names).toHaveLength(1);
    client.end();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('a session is resumed by the next connection: %s', async (maxVersion) => {
    const port = await serve({ ...good, maxVersion });
    const gateway = await gatewayTo(`https://localhost:${port}`, { ca: ours.file });
    const client = await gateway.connect();
    // The server closes after each answer.
    for (let i = 0; i < 3; i++) expect((await client.ask('/refuse')).status).toBe(413);
    expect(resumed).toEqual([false, true, true]);
    client.end();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'no session outlives a certificate for another name: %s',
    async (maxVersion) => {
      const port = await serve({ ...ours.issue(['DNS:other.example']), maxVersion });
      const gateway = await gatewayTo(`https://localhost:${port}`, { ca: ours.file });
      const client = await gateway.connect();
      for (let i = 0; i < 3; i++) expect((await client.ask('/')).problem).toBe('upstream-tls');
      expect(resumed).not.toContain(true);
      client.end();
    },
  );

  it('large bodies pass, begun before the handshake is over', async () => {
    const port = await serve(good);
    const gateway = await gatewayTo(`https://localhost:${port}`, { ca: ours.file });
    const size = 20_000_000;
    const client = await gateway.connect();
    client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 'x'));
    expect((await client.answer()).body.text).toBe(`a ${size}`);
    client.end();
    await gateway.quiet(1);
  });

  it('a tunnel carries bytes both ways, and its end', async () => {
    const server = createTlsServer(good, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello');
        socket.on('data', (chunk) => socket.write(chunk));
      });
    });
    const gateway = await gatewayTo(`https://localhost:${await listen(server)}`, { ca: ours.file });
    const client = await gateway.connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect((await client.answer()).status).toBe(101);
    expect(await client.take(5)).toBe('hello');
    const size = 5_000_000;
    client.send(Buffer.alloc(size, 'x'));
    expect((await client.take(size)).length).toBe(size);
    client.end();
    await client.gone;
    await gateway.quiet();
  });

  it('a refusal of an upload under way is heard', async () => {
    const port = await serve(good);
    const gateway = await gatewayTo(`https://localhost:${port}`, { ca: ours.file });
    const size = 50_000_000;
    for (let i = 0; i < 5; i++) {
      const client = await gateway.connect();
      client.send(`PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`).send(Buffer.alloc(size, 'x'));
      const answer = await client.answer();
      expect([answer.status, answer.body.text]).toEqual([413, 'too much']);
      client.socket.destroy();
    }
    await gateway.quiet();
  });
});
