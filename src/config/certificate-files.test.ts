import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CertificateAuthority, type KeyPair } from '../../test/fixtures/certificates.ts';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import { readCertificate } from './certificate-files.ts';
import { isFor } from './certificates.ts';
import { resolveConfig, type Config } from './index.ts';

let folder: TempFolder;
let ca: CertificateAuthority;
let good: KeyPair;
let other: KeyPair;

beforeAll(() => {
  folder = makeTempFolder();
  ca = new CertificateAuthority(folder.path, 'ca');
  good = ca.issue(['DNS:api.example.com', 'DNS:*.Example.com', 'IP:10.0.0.1', 'URI:https://x.example']);
  other = ca.issue(['DNS:other.example']);
});
afterAll(() => folder.remove());

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** What is made of these two files. */
function read(cert: string, key: string): ReturnType<typeof readCertificate> {
  return readCertificate(folder.write('cert.pem', cert), folder.write('key.pem', key));
}

describe('a certificate and its key', () => {
  it('are read, with the names that it is for', () => {
    expect(read(good.cert, good.key)).toMatchObject({
      model: { ...good, names: ['api.example.com', '*.example.com', '10.0.0.1'] },
    });
  });

  it('may be followed by the certificates of authorities', () => {
    const chain = `${good.cert}\n${ca.certificate}`;
    expect(read(chain, good.key)).toMatchObject({ model: { cert: chain } });
  });

  it('may be of the kinds that people have', () => {
    openssl('genrsa', '-traditional', '-out', 'rsa.key', '2048');
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-out', 'ec.key');
    openssl('genpkey', '-algorithm', 'ed25519', '-out', 'ed.key');
    for (const kind of ['rsa', 'ec', 'ed']) {
      openssl('req', '-x509', '-key', `${kind}.key`, '-subj', '/CN=a', '-addext', 'subjectAltName=DNS:a', '-out', kind);
      const found = readCertificate(join(folder.path, kind), join(folder.path, `${kind}.key`));
      expect(found).toMatchObject({ model: { names: ['a'] } });
    }
  });

  it.each<[string, () => [string, string], object]>([
    [
      "a key of another's",
      () => [good.cert, other.key],
      { code: 'certificate-key-mismatch', data: { reason: 'other' } },
    ],
    [
      'the authority first',
      () => [`${other.cert}${good.cert}`, good.key],
      { code: 'certificate-key-mismatch', file: 'key', data: { reason: 'order' } },
    ],
    ['the key in both files', () => [good.key, good.key], { code: 'certificate-empty', file: 'cert' }],
    ['the certificate in both files', () => [good.cert, good.cert], { code: 'key-unusable', data: { reason: 'none' } }],
    ['a broken certificate', () => [broken(good.cert), good.key], { code: 'certificate-broken', file: 'cert' }],
    ['a broken key', () => [good.cert, broken(good.key)], { code: 'key-unusable', data: { reason: 'broken' } }],
  ])('are refused: %s', (_, files, expected) => {
    expect(read(...files())).toMatchObject(expected);
  });

  it('are refused: an encrypted key, old style and new', () => {
    const certFile = folder.write('cert.pem', good.cert);
    folder.write('plain.key', good.key);
    openssl('pkcs8', '-topk8', '-in', 'plain.key', '-passout', 'pass:secret', '-out', 'new.key');
    openssl('ec', '-in', 'plain.key', '-aes128', '-passout', 'pass:secret', '-out', 'old.key');
    for (const name of ['new.key', 'old.key']) {
      expect(readCertificate(certFile, join(folder.path, name))).toMatchObject({
        code: 'key-unusable',
        data: { reason: 'encrypted' },
      });
    }
  });

  it('are refused: a key that OpenSSL finds too short', () => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:512',
      '-nodes',
      '-keyout',
      'k',
      '-out',
      'c',
      '-subj',
      '/CN=a',
      '-days',
      '1',
    );
    const found = readCertificate(join(folder.path, 'c'), join(folder.path, 'k'));
    expect(found).toMatchObject({ code: 'certificate-refused', data: { reason: 'ee key too small' } });
  });

  it('are refused: files that are not there', () => {
    const [cert, key] = [folder.write('cert.pem', good.cert), folder.write('key.pem', good.key)];
    const data = { cause: 'ENOENT' };
    expect(readCertificate(`${cert}.no`, key)).toMatchObject({ code: 'file-unreadable', file: 'cert', data });
    expect(readCertificate(cert, `${key}.no`)).toMatchObject({ code: 'file-unreadable', file: 'key', data });
  });
});

describe('what is said of a config', () => {
  /** The warnings for a listener with this certificate, and routes for these hosts. */
  function warnings({ cert, key }: KeyPair, ...hosts: readonly string[]): string[] {
    const files = { cert: folder.write('c.pem', cert), key: folder.write('k.pem', key) };
    chmodSync(files.key, 0o640);
    const config: Config = {
      listen: { address: '127.0.0.1:8443', tls: { certificates: files } },
      routes: [{ respond: 204 }, ...hosts.map((host) => ({ host, respond: 204 }))],
    };
    const result = resolveConfig(config);
    if ('problems' in result) throw new Error(JSON.stringify(result.problems));
    return result.warnings.map(({ code, path = [] }) => `${code} ${path.join('.')}`);
  }

  it('is nothing if all is well', () => {
    expect(warnings(good, 'api.example.com', 'WWW.example.com', '*.example.com')).toEqual([]);
  });

  it('names the routes that no certificate is for', () => {
    expect(warnings(good, 'api.example.com', 'a.b.example.com', 'example.com')).toEqual([
      'certificate-host-missing routes.2.host',
      'certificate-host-missing routes.3.host',
    ]);
  });

  it('tells of certificates that browsers refuse', () => {
    expect(warnings(ca.issue(['DNS:a'], -1))).toEqual(['certificate-expired listen.tls.certificates.cert']);
    expect(warnings(ca.issue(['email:a@example.com']))).toEqual(['certificate-nameless listen.tls.certificates.cert']);
  });

  it('tells of keys that everybody can read', () => {
    const files = { cert: folder.write('c.pem', good.cert), key: folder.write('k.pem', good.key) };
    chmodSync(files.key, 0o644);
    const listen = { address: '127.0.0.1:8443', tls: { certificates: [files] } };
    expect(resolveConfig({ listen, routes: [{ respond: 204 }] })).toMatchObject({
      warnings: [{ code: 'key-open', path: ['listen', 'tls', 'certificates', 0, 'key'] }],
    });
  });
});

describe('a name', () => {
  const names = ['example.com', '*.example.org', '10.0.0.1'];

  it.each([
    ['example.com', true],
    ['www.example.com', false],
    ['www.example.org', true],
    ['*.example.org', true],
    ['example.org', false],
    ['a.b.example.org', false],
    ['10.0.0.1', true],
    ['org', false],
  ])('%s: %s', (host, expected) => {
    expect(isFor(names, host)).toBe(expected);
  });
});

/** The same with its middle cut out. */
function broken(pem: string): string {
  const lines = pem.trim().split('\n');
  return [...lines.slice(0, 2), ...lines.slice(-1)].join('\n');
}
