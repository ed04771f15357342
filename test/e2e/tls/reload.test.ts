import { renameSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config, ListenerOptions } from '../../../src/config/types.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { curl } from '../../fixtures/openssl.ts';
import { startGateway, type TestGateway } from '../../fixtures/start-gateway.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
let gateway: TestGateway;
const sockets: TLSSocket[] = [];

beforeEach(() => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  issue('a', 'a.example');
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await gateway.close();
  folder.remove();
});

/** Writes a certificate for this name and its key. */
function issue(file: string, name: string): void {
  const { cert, key } = ca.issue([`DNS:${name}`, 'DNS:localhost']);
  folder.write(`${file}.pem`, cert);
  folder.write(`${file}.key`, key);
}

const tls = (...files: readonly string[]): Pick<ListenerOptions, 'tls'> => ({
  tls: { certificates: files.map((file) => ({ cert: `${file}.pem`, key: `${file}.key` })) },
});

const config: Omit<Config, 'listen'> = { log: { access: 'off' }, routes: [{ respond: { body: 'hello' } }] };

async function start(options: Pick<ListenerOptions, 'tls'>): Promise<void> {
  gateway = await startGateway(config, { listen: { address: '127.0.0.1:0', ...options }, baseDir: folder.path });
}

function reload(options: Pick<ListenerOptions, 'tls'>): Promise<unknown> {
  const listen = { address: `127.0.0.1:${gateway.port}`, ...options };
  return gateway.gateway.reload({ ...config, listen }, { baseDir: folder.path });
}

async function open(servername = 'localhost', session?: Buffer): Promise<TLSSocket> {
  const options = { port: gateway.port, host: '127.0.0.1', ca: ca.certificate, servername };
  const socket = connect({ ...options, ...(session === undefined ? {} : { session }) });
  sockets.push(socket);
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

async function ask(socket: TLSSocket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  const [data] = await new Promise<[Buffer]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
  return data.toString();
}

async function shown(name?: string): Promise<string | undefined> {
  const socket = await open(name);
  const { subjectaltname } = socket.getPeerCertificate();
  socket.destroy();
  return subjectaltname;
}

describe('a reload', () => {
  it('brings other certificates, and connections that stand stay', async () => {
    await start(tls('a'));
    const kept = await open();
    issue('b', 'b.example');
    await reload(tls('b', 'a'));
    expect(await shown()).toContain('b.example');
    expect(await shown('a.example')).toContain('a.example');
    expect(await ask(kept)).toContain('200 OK');
  });

  it('keeps sessions: a ticket of before is good', async () => {
    await start(tls('a'));
    const first = await open();
    const session = new Promise<Buffer>((resolve) => first.once('session', resolve));
    await ask(first);
    issue('b', 'b.example');
    await reload(tls('a', 'b'));
    expect((await open('localhost', await session)).isSessionReused()).toBe(true);
  });

  it('turns TLS on and off where it listens', async () => {
    await start({});
    expect((await curl(`http://127.0.0.1:${gateway.port}/`)).text).toContain('200 OK');
    await reload(tls('a'));
    expect((await curl(`http://127.0.0.1:${gateway.port}/`)).text).toContain('Write https://');
    const url = `https://localhost:${gateway.port}/`;
    expect((await curl(url, '--cacert', ca.file)).text).toContain('200 OK');
    const kept = await open();
    await reload({});
    expect((await curl(`http://127.0.0.1:${gateway.port}/`)).text).toContain('200 OK');
    expect(await ask(kept)).toContain('200 OK');
  });

  it('lets a handshake under way come to its end', async () => {
    await start(tls('a'));
    const raw = connectTcp(gateway.port, '127.0.0.1');
    await new Promise((resolve) => raw.once('connect', resolve));
    await expect.poll(() => gateway.gateway.connections.clients).toBe(1);
    issue('b', 'b.example');
    await reload(tls('b'));
    const socket = connect({ socket: raw, ca: ca.certificate, servername: 'localhost' });
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.getPeerCertificate().subjectaltname).toContain('a.example');
    expect(await ask(socket)).toContain('200 OK');
    socket.destroy();
    await gateway.quiet();
  });

  it('changes nothing if a certificate is wrong', async () => {
    await start(tls('a'));
    folder.write('b.pem', 'nonsense');
    folder.write('b.key', 'nonsense');
    await expect(reload(tls('b'))).rejects.toThrow('certificate-empty');
    expect(await shown()).toContain('a.example');
  });
});

describe('files that change', () => {
  const log = (): string => gateway.lines.join('');

  /** Puts files in the place of others as certificate tools do. */
  function replace(from: string, to: string, ...kinds: readonly string[]): void {
    for (const kind of kinds) renameSync(join(folder.path, `${from}.${kind}`), join(folder.path, `${to}.${kind}`));
  }

  it('are read again, without anybody asking', async () => {
    await start(tls('a'));
    const kept = await open();
    issue('new', 'new.example');
    replace('new', 'a', 'pem', 'key');
    await expect.poll(() => shown(), { timeout: 20_000 }).toContain('new.example');
    expect(await shown('new.example')).toContain('new.example');
    expect(log()).toMatch(/^info certificate \S+a\.pem read again, valid until 20/);
    expect(await ask(kept)).toContain('200 OK');
  });

  it('that are wrong are not used, and the log says why', async () => {
    await start(tls('a'));
    issue('new', 'new.example');
    replace('new', 'a', 'pem');
    await expect.poll(log, { timeout: 20_000 }).toContain("doesn't belong to the certificate");
    expect(log()).toMatch(/^error certificate \S+a\.pem not read again, the old one stays in use: /);
    expect(await shown()).toContain('a.example');
    // Once the key is there too, all is well.
    replace('new', 'a', 'key');
    await expect.poll(() => shown(), { timeout: 20_000 }).toContain('new.example');
  });
});
