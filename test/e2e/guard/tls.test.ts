import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GuardOptions } from '../../../src/actions/guard/options.ts';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { selfSigned } from '../../fixtures/certificate.ts';
import { PAGE, startGuarded, type Guarded } from '../../fixtures/guarded.ts';
import type { RawAnswer } from '../../fixtures/raw-client.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let ours: CertificateAuthority;
let stage: Guarded;
let server: Server;
const names: (string | undefined)[] = [];

beforeAll(() => {
  folder = makeTempFolder();
  ours = new CertificateAuthority(folder.path, 'ours');
});
afterAll(() => folder.remove());
afterEach(async () => {
  names.length = 0;
  await stage.close();
  await new Promise((resolve) => server.close(resolve));
});

/** A third party that speaks TLS with this certificate, and what a page gets of it. */
async function ask(
  tls: TlsOptions | undefined,
  guard: GuardOptions & { readonly host?: string } = {},
): Promise<RawAnswer> {
  if (tls === undefined)
    server = createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
  else {
    const https = createHttpsServer(tls, (req, res) => res.end(`hello ${req.headers.host}`));
    https.on('secureConnection', (socket) => names.push(socket.servername || undefined));
    server = https;
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { host = 'api.test', ...rest } = guard;
  stage = await startGuarded({ guard: { target: `https://${host}:${port}`, tls: { ca: ours.file }, ...rest } });
  return stage.client.ask('/api/x', { fields: `Origin: ${PAGE}\r\n` });
}

const portOf = (): number => (server.address() as AddressInfo).port;

describe('a guard over TLS', () => {
  it('verifies the name, and says it to the server that it reaches by its address', async () => {
    const answer = await ask(ours.issue(['DNS:api.test']));
    expect([answer.status, answer.body.text]).toEqual([200, `hello api.test:${portOf()}`]);
    expect(names).toEqual(['api.test']);
  });

  it('verifies an address where that is the name', async () => {
    const answer = await ask(ours.issue(['IP:127.0.0.1']), { host: '127.0.0.1', allowPrivate: '127.0.0.1' });
    expect([answer.status, names]).toEqual([200, [undefined]]);
  });

  it.each<[string, () => TlsOptions | undefined, GuardOptions, string]>([
    ['has expired', () => ours.issue(['DNS:api.test'], -1), {}, 'its certificate has expired'],
    [
      'is for another name',
      () => ours.issue(['DNS:else.test', 'IP:127.0.0.1']),
      {},
      'its certificate is for another name',
    ],
    ['is signed by itself', () => selfSigned('api.test'), {}, 'its certificate is signed by nobody but itself'],
    [
      'is of an authority that nobody knows',
      () => new CertificateAuthority(folder.path, `theirs-${Math.random()}`).issue(['DNS:api.test']),
      {},
      'the issuer of its certificate is not trusted',
    ],
    [
      'is of no system’s authority',
      () => ours.issue(['DNS:api.test']),
      { tls: {} },
      'the issuer of its certificate is not trusted',
    ],
  ])('names what is wrong with a certificate that %s', async (_, certificate, guard, what) => {
    const answer = await ask(certificate(), guard);
    expect([answer.status, answer.problem]).toEqual([502, 'upstream-tls']);
    expect(answer.body.text).toContain(what);
    expect(answer.body.text).not.toMatch(/127\.0\.0\.1|api\.test|else\.test/);
    expect(answer.head.get('access-control-allow-origin')).toBe(PAGE);
    stage.client.end();
    await stage.gateway.quiet();
    const [record] = stage.gateway.records;
    expect(record?.upstreamFailure).toMatch(/^[A-Z\d_]+$/);
  });

  it('says that the handshake failed where nobody speaks TLS, or an old one', async () => {
    const plain = await ask(undefined);
    expect([plain.status, plain.problem]).toEqual([502, 'upstream-tls']);
    expect(plain.body.text).toContain('it does not speak TLS on this port');
    await stage.close();
    await new Promise((resolve) => server.close(resolve));
    const old = await ask({
      ...ours.issue(['DNS:api.test']),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(old.problem).toBe('upstream-tls');
    expect(old.body.text).toContain('no TLS version or cipher that is accepted here');
    expect(old.body.text).not.toMatch(/127\.0\.0\.1|api\.test/);
  });
});
