import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Config, ListenerTlsOptions } from '../../../src/config/types.ts';
import { CertificateAuthority, type KeyPair } from '../../fixtures/certificates.ts';
import { curl, handshake } from '../../fixtures/openssl.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
let clients: CertificateAuthority;
let strangers: CertificateAuthority;
let good: KeyPair;
let upstream: TestServer;
const gateways: TestGateway[] = [];
const sockets: TLSSocket[] = [];

beforeAll(async () => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  clients = new CertificateAuthority(folder.path, 'clients');
  strangers = new CertificateAuthority(folder.path, 'strangers');
  const { cert, key } = ca.issue(['DNS:localhost', 'DNS:other.example', 'IP:127.0.0.1']);
  folder.write('cert.pem', cert);
  folder.write('key.pem', key);
  good = clients.issue(['DNS:client'], 30, '/C=DE/O=Bäcker, Söhne/CN=someone');
  folder.write('good.pem', good.cert + good.key);
  upstream = await serve((request, response) => {
    const names = Object.keys(request.headers).filter((name) => name.includes('client-cert'));
    response.end(JSON.stringify(Object.fromEntries(names.map((name) => [name, request.headers[name]]))));
  });
});
afterAll(async () => {
  await upstream.close();
  folder.remove();
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});

async function start(
  tls: Partial<ListenerTlsOptions> = { clientCa: 'clients.pem' },
  config: Partial<Config> = {},
): Promise<TestGateway> {
  const gateway = await startGateway(
    { ...config, routes: [{ proxy: `http://127.0.0.1:${upstream.port}` }] },
    {
      listen: { address: '127.0.0.1:0', tls: { certificates: { cert: 'cert.pem', key: 'key.pem' }, ...tls } },
      baseDir: folder.path,
    },
  );
  gateways.push(gateway);
  return gateway;
}

async function open({ port }: TestGateway, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: ca.certificate, servername: 'localhost', ...options });
  sockets.push(socket);
  // With TLS 1.2 it comes before the handshake is over.
  sessions.set(socket, new Promise((resolve) => socket.once('session', resolve)));
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

/** A session that a client may resume later. */
const sessions = new Map<TLSSocket, Promise<Buffer>>();

/** What the upstream is told of the client, undefined if the connection is lost. */
async function ask(socket: TLSSocket, lines = ''): Promise<Record<string, string> | undefined> {
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
  socket.on('error', () => {});
  socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n${lines}Connection: close\r\n\r\n`, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  const body = /\r\n\r\n(\{.*\})$/.exec(text)?.[1];
  return body === undefined ? undefined : (JSON.parse(body) as Record<string, string>);
}

const fingerprint = ({ cert }: KeyPair): string =>
  new X509Certificate(cert).fingerprint256.replaceAll(':', '').toLowerCase();

const told = (): Record<string, string> => ({
  'x-client-cert-verified': 'true',
  'x-client-cert-subject': String.raw`CN=someone,O=B\C3\A4cker\, S\C3\B6hne,C=DE`,
  'x-client-cert-fingerprint': fingerprint(good),
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('with clientAuth: require (%s)', (version) => {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version };

  it('who shows a good certificate gets in, and the upstream is told who it is', async () => {
    const gateway = await start();
    expect(await ask(await open(gateway, { ...only, ...good }))).toEqual(told());
    // Under each of the names that the listener knows.
    expect(await ask(await open(gateway, { ...only, ...good, servername: 'other.example' }))).toEqual(told());
    expect(await ask(await open(gateway, { ...only, ...good, servername: '' }))).toEqual(told());
  });

  it.each<[string, () => KeyPair | object, RegExp]>([
    ['none', () => ({}), /^certificate-missing$/],
    ["another authority's", () => strangers.issue(['DNS:client']), /SELF_SIGNED|UNABLE_TO/],
    ["the server's own", () => ca.issue(['DNS:client']), /UNABLE_TO|SELF_SIGNED/],
    ['one that has expired', () => clients.issue(['DNS:client'], -1), /CERT_HAS_EXPIRED/],
  ])('who shows %s is turned away before a request', async (_, pair, why) => {
    const gateway = await start();
    const asked = upstream.seen.length;
    const answer = open(gateway, { ...only, ...pair() }).then((socket) => ask(socket));
    expect(await answer.catch(() => undefined)).toBeUndefined();
    await vi.waitFor(() => expect([...gateway.gateway.lostConnections.keys()].join(' ')).toMatch(why));
    expect([upstream.seen.length, gateway.records.length]).toEqual([asked, 0]);
    await gateway.quiet();
  });

  it('a session is resumed with its certificate', async () => {
    const gateway = await start();
    const first = await open(gateway, { ...only, ...good });
    await ask(first);
    const second = await open(gateway, { ...only, session: await sessions.get(first) });
    expect(second.isSessionReused()).toBe(true);
    expect(await ask(second)).toEqual(told());
  });

  it.each<[string, () => KeyPair | object]>([
    ['that has shown none', () => ({})],
    ["that has shown another authority's", () => strangers.issue(['DNS:client'])],
  ])('a session of a client %s lets nobody in', async (_, pair) => {
    const gateway = await start();
    const given: Buffer[] = [];
    const socket = connect({
      port: gateway.port,
      host: '127.0.0.1',
      ca: ca.certificate,
      servername: 'localhost',
      ...only,
      ...pair(),
    });
    sockets.push(socket);
    socket.on('session', (session: Buffer) => given.push(session));
    await new Promise((resolve) => socket.once('secureConnect', resolve));
    expect(await ask(socket)).toBeUndefined();
    expect(given.length).toBeGreaterThan(0);
    for (const session of given) {
      const answer = open(gateway, { ...only, session }).then((resumed) => ask(resumed));
      expect(await answer.catch(() => undefined)).toBeUndefined();
    }
    expect(gateway.records).toEqual([]);
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('with clientAuth: request (%s)', (version) => {
  const only: ConnectionOptions = { minVersion: version, maxVersion: version };
  const request = { clientCa: 'clients.pem', clientAuth: 'request' } as const;

  it('everybody gets in, and the upstream is told what is to be made of it', async () => {
    const gateway = await start(request);
    expect(await ask(await open(gateway, { ...only, ...good }))).toEqual(told());
    expect(await ask(await open(gateway, only))).toEqual({ 'x-client-cert-verified': 'false' });
    const stranger = strangers.issue(['DNS:client'], 30, '/CN=admin');
    expect(await ask(await open(gateway, { ...only, ...stranger }))).toEqual({
      'x-client-cert-verified': 'false',
      'x-client-cert-fingerprint': fingerprint(stranger),
    });
  });

  it('a session without a certificate is not verified by being resumed', async () => {
    const gateway = await start(request);
    const first = await open(gateway, only);
    await ask(first);
    const second = await open(gateway, { ...only, session: await sessions.get(first) });
    expect(second.isSessionReused()).toBe(true);
    expect(await ask(second)).toEqual({ 'x-client-cert-verified': 'false' });
  });
});

const FORGED = [
  'X-Client-Cert-Verified: true',
  'x-client-cert-subject: CN=admin',
  'X-CLIENT-CERT-FINGERPRINT: 00',
  'Client-Cert: :MIIB:',
  'Client-Cert-Chain: :MIIB:',
]
  .map((line) => `${line}\r\n`)
  .join('');

describe('what a client says of its own certificate', () => {
  it('is taken away, whatever the listener asks for', async () => {
    const certified = await start();
    expect(await ask(await open(certified, good), FORGED)).toEqual(told());
    const asking = await start({ clientCa: 'clients.pem', clientAuth: 'request' });
    expect(await ask(await open(asking), FORGED)).toEqual({ 'x-client-cert-verified': 'false' });
    const plain = await start({});
    expect(await ask(await open(plain), FORGED)).toEqual({});
  });

  it('is believed of a trusted proxy, unless its own certificate is asked for', async () => {
    const config = { trustedProxies: ['127.0.0.1'] };
    const passing = await start({}, config);
    expect(await ask(await open(passing), FORGED)).toMatchObject({ 'x-client-cert-subject': 'CN=admin' });
    const certified = await start(undefined, config);
    expect(await ask(await open(certified, good), FORGED)).toEqual(told());
  });

  it("can't end a line, or look like another name", async () => {
    const gateway = await start();
    const pair = clients.issue(['DNS:client'], 30, '/CN=a\r\nX-Evil: 1,CN=admin\\+b');
    const answer = await ask(await open(gateway, pair));
    expect(answer?.['x-client-cert-subject']).toBe(
      String.raw`CN=a\0D\0AX-Evil: 1\,CN\=admin\+b`.replace(String.raw`\=`, '='),
    );
    expect(Object.keys(answer ?? {})).toHaveLength(3);
  });
});

describe('the authorities of clients', () => {
  it('are read again when their file changes: old sessions and clients of the old ones stay out', async () => {
    writeFileSync(join(folder.path, 'changing.pem'), clients.certificate);
    const gateway = await start({ clientCa: 'changing.pem' });
    const first = await open(gateway, good);
    expect(await ask(first)).toEqual(told());
    writeFileSync(join(folder.path, 'changing.pem'), strangers.certificate);
    await expect.poll(() => gateway.lines.join(''), { timeout: 20_000 }).toContain('read again');
    const attempt = async (options: ConnectionOptions): Promise<unknown> => {
      const answer = open(gateway, options).then((socket) => ask(socket));
      return answer.catch(() => undefined);
    };
    expect(await attempt({ session: await sessions.get(first) })).toBeUndefined();
    expect(await attempt({ session: await sessions.get(first), ...good })).toBeUndefined();
    expect(await attempt(strangers.issue(['DNS:client']))).toMatchObject({ 'x-client-cert-verified': 'true' });
    expect(await attempt({ ...strangers.issue(['DNS:client']), servername: '' })).toBeDefined();
  });

  it('are told to clients, which choose by them', async () => {
    const gateway = await start();
    expect((await handshake(gateway.port)).text).toMatch(/Acceptable client certificate CA names\nCN = clients\n/);
  });

  it("that curl's certificate is of let curl in", async () => {
    const gateway = await start();
    const url = `https://localhost:${gateway.port}/`;
    const { text } = await curl(url, '--cacert', ca.file, '--cert', join(folder.path, 'good.pem'));
    expect(text).toContain('"x-client-cert-verified":"true"');
    expect((await curl(url, '--cacert', ca.file)).text).toMatch(/^HTTP\/1\.1 403 [^]*has shown none\.\n$/);
  });
});
