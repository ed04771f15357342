import { X509Certificate } from 'node:crypto';
import { connect, createServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../test/fixtures/openssl.ts';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import type { KeyPair } from './key-pair.ts';
import { issueFor, issueLocalAuthority } from './x509.ts';

const DAY = 86_400_000;
const now = Date.now();
const validity = { from: now - DAY, to: now + 30 * DAY };

let folder: TempFolder;
let authority: KeyPair;
let leaf: KeyPair;
let text = '';

beforeAll(async () => {
  folder = makeTempFolder();
  authority = await issueLocalAuthority("somebody's authority", validity);
  leaf = await issueFor(['localhost', 'app.localhost', '127.0.0.1', '::1'], validity, authority);
  folder.write('ca.pem', authority.cert);
  folder.write('leaf.pem', leaf.cert);
  ({ text } = await runProgram('openssl', ['x509', '-in', `${folder.path}/ca.pem`, '-noout', '-text']));
});
afterAll(() => folder.remove());

/** What OpenSSL says of a certificate that is to be one of the authority's for a server. */
async function verify(file: string, ...options: readonly string[]): Promise<string> {
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', `${folder.path}/ca.pem`];
  return (await runProgram('openssl', [...args, ...options, `${folder.path}/${file}`])).text;
}

describe('the authority', () => {
  it('can issue certificates of servers, and nothing that can issue', () => {
    expect(text).toContain('CA:TRUE, pathlen:0');
    expect(text).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(text).toMatch(/Public-Key: \(256 bit\)[^]*NIST CURVE: P-256/);
  });

  it('is bound to names of this machine', () => {
    expect(text).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127.0.0.1\/255.255.255.255\s+IP:0:0:0:0:0:0:0:1\/FFFF:/,
    );
  });

  it('has a serial number of its own each time', async () => {
    const other = await issueLocalAuthority('another', validity);
    const serials = [authority, other].map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(serials[0]).toMatch(/^[4-7][\dA-F]{31}$/);
    expect(serials[0]).not.toBe(serials[1]);
  });
});

describe('a certificate', () => {
  it('is accepted for what it names, by the strictest rules of OpenSSL', async () => {
    expect(await verify('leaf.pem', '-verify_hostname', 'localhost')).toMatch(/: OK\n/);
    expect(await verify('leaf.pem', '-verify_hostname', 'app.localhost')).toMatch(/: OK\n/);
    expect(await verify('leaf.pem', '-verify_ip', '127.0.0.1')).toMatch(/: OK\n/);
    expect(await verify('leaf.pem', '-verify_ip', '::1')).toMatch(/: OK\n/);
    expect(await verify('leaf.pem', '-verify_hostname', 'example.com')).toContain('hostname mismatch');
  });

  it('belongs to its key, and holds from when until when it was to', () => {
    const parsed = new X509Certificate(leaf.cert);
    expect(parsed.subjectAltName).toBe(
      'DNS:localhost, DNS:app.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(parsed.checkIssued(new X509Certificate(authority.cert))).toBe(true);
    expect(Date.parse(parsed.validFrom)).toBe(Math.floor(validity.from / 1000) * 1000);
    expect(Date.parse(parsed.validTo)).toBe(Math.floor(validity.to / 1000) * 1000);
  });

  it('is refused for any other name, whoever has the key', async () => {
    const stolen = await issueFor(['bank.example'], validity, authority);
    folder.write('stolen.pem', stolen.cert);
    expect(await verify('stolen.pem')).toContain('permitted subtree violation');
  });

  it("can't be had for an address elsewhere", async () => {
    await expect(issueFor(['10.0.0.1'], validity, authority)).rejects.toThrow(RangeError);
  });

  it('serves', async () => {
    const server = createServer(leaf, (socket) => socket.end('hello'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert });
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toBe('hello');
    socket.destroy();
    server.close();
  });
});
