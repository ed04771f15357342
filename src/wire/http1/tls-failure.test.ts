import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSigned } from '../../../test/fixtures/certificate.ts';
import { CertificateAuthority } from '../../../test/fixtures/certificates.ts';
import { makeTempFolder, type TempFolder } from '../../../test/fixtures/temp-folder.ts';
import { TimerWheel } from '../timer-wheel.ts';
import { ClientConnection, type ClientFailure, type ClientTarget, type ResponseSink } from './client-connection.ts';
import { TLS_FAILURES, tlsFailure, type TlsFailure } from '../../diagnostics/tls-failure.ts';

let folder: TempFolder;
let ours: CertificateAuthority;
let strangers: CertificateAuthority;
let ca: string;
const servers: Server[] = [];

beforeAll(() => {
  folder = makeTempFolder();
  ours = new CertificateAuthority(folder.path, 'ours');
  strangers = new CertificateAuthority(folder.path, 'strangers');
  ca = ours.certificate;
});
afterAll(() => folder.remove());
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks a server that nobody should get an answer from. */
function failure(port: number, target: Partial<ClientTarget> = {}): Promise<ClientFailure> {
  return new Promise((resolve, reject) => {
    const answered = (): void => reject(new Error('an answer came'));
    const sink = { onFailure: resolve, onWhole: answered, onHead: answered } as unknown as ResponseSink;
    const connection = new ClientConnection(
      {
        protocol: 'https',
        host: '127.0.0.1',
        port,
        ca: [ca],
        serverName: 'api.example',
        dangerouslySkipVerify: false,
        ...target,
      },
      new TimerWheel(),
      { released: () => {}, closed: () => {} },
    );
    const timeouts = { connect: 10_000, head: 10_000, idle: 10_000 };
    connection.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'GET', bodyLength: 0 }, sink, timeouts);
  });
}

describe('what is wrong with a TLS server', () => {
  it.each<[TlsFailure, () => TlsOptions]>([
    ['expired', () => ours.issue(['DNS:api.example'], -1)],
    ['not-yet-valid', () => ours.issueTooEarly(['DNS:api.example'])],
    ['wrong-name', () => ours.issue(['DNS:other.example'])],
    ['wrong-name', () => ours.issue(['IP:127.0.0.1'])],
    ['unknown-issuer', () => strangers.issue(['DNS:api.example'])],
    ['self-signed', () => selfSigned('api.example')],
    [
      'no-common-protocol',
      () => ({
        ...ours.issue(['DNS:api.example']),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL@SECLEVEL=0',
      }),
    ],
    [
      'no-common-protocol',
      () => ({ ...ours.issue(['DNS:api.example']), maxVersion: 'TLSv1.2', ciphers: 'NULL-SHA256@SECLEVEL=0' }),
    ],
    ['no-common-protocol', () => ({ ...ours.issue(['DNS:api.example']), ALPNProtocols: ['h2'] })],
  ])('is named: %s', async (kind, options) => {
    const failed = await failure(await listen(createTlsServer(options())));
    expect(failed).toMatchObject({ code: 'upstream-tls', tls: kind, unsent: true });
  });

  it('is named: the authority of the chain is a stranger', async () => {
    const { key, cert } = strangers.issue(['DNS:api.example']);
    const failed = await failure(await listen(createTlsServer({ key, cert: cert + strangers.certificate })));
    expect(failed.tls).toBe('unknown-issuer');
  });

  it('is named with the authorities of the system, too', async () => {
    const port = await listen(createTlsServer(ours.issue(['DNS:api.example'])));
    expect((await failure(port, { ca: undefined })).tls).toBe('unknown-issuer');
  });

  it.each([
    'HTTP/1.1 400 Bad Request\r\n\r\n',
    '220 mail.example ESMTP\r\n',
    'SSH-2.0-OpenSSH_9.2\r\n',
    '\0'.repeat(64),
  ])('is named: it speaks no TLS but %j', async (greeting) => {
    const port = await listen(createServer((socket) => void socket.resume().end(greeting)));
    expect(await failure(port)).toMatchObject({ code: 'upstream-tls', tls: 'not-tls' });
  });

  it('is no matter of TLS if it leaves in the middle, or refuses', async () => {
    const port = await listen(createServer((socket) => void socket.destroy()));
    expect(await failure(port)).toMatchObject({ code: 'upstream-reset', tls: undefined });
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await failure(port)).toMatchObject({ code: 'upstream-refused', tls: undefined });
  });
});

describe('an error of TLS', () => {
  it.each<[string, string, TlsFailure]>([
    ['CERT_REVOKED', 'certificate revoked', 'revoked'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', 'unknown-issuer'],
    ['EPROTO', '80DC:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3.c:354:', 'not-tls'],
    ['EPROTO', '80DC:error:0A000410:SSL routines::sslv3 alert handshake failure:s3.c:1', 'no-common-protocol'],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tlsv1 unrecognized name', 'wrong-name'],
    ['ERR_SSL_BAD_SIGNATURE', 'bad signature', 'other'],
    ['constructor', '', 'other'],
    ['', '', 'other'],
  ])('%s (%s) is %s', (code, message, kind) => {
    expect(tlsFailure(Object.assign(new Error(message), { code }))).toBe(kind);
  });

  it('is told without a word of the error’s own', () => {
    for (const text of Object.values(TLS_FAILURES)) expect(text).toMatch(/^(?:it|its|the) [a-zA-Z' ]+$/);
  });
});
