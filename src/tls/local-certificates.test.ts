import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createSecureContext, createServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import type { KeyPair } from './key-pair.ts';
import { LocalCertificates } from './local-certificates.ts';

let folder: TempFolder;
let source: LocalCertificates;
let changes = 0;

beforeEach(async () => {
  folder = makeTempFolder();
  source = new LocalCertificates(folder.path);
  changes = 0;
  await source.start({ changed: () => changes++, report: () => {} });
});
afterEach(() => {
  source.stop();
  folder.remove();
});

/** The names that a client is shown which gets this certificate. */
async function namesOf(pair: KeyPair): Promise<string | undefined> {
  const server = createServer({ SNICallback: (_, done) => done(null, createSecureContext(pair)) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', servername: 'x.localhost', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const names = socket.getPeerCertificate().subjectaltname;
  socket.destroy();
  server.close();
  return names;
}

describe('certificates of the local authority', () => {
  it('are there for the usual names once it is ready', () => {
    expect(source.fallback?.cert).toContain('BEGIN CERTIFICATE');
    expect(changes).toBe(1);
  });

  it('are made for names below localhost, one each', async () => {
    const made = await source.find('App.localhost');
    expect(await namesOf(made!)).toBe('DNS:app.localhost');
    expect(await source.find('app.localhost')).toBe(made);
    expect(await source.find('a.b.localhost')).not.toBe(made);
  });

  it.each([
    'localhost',
    '127.0.0.1',
    'example.com',
    'localhost.example.com',
    'evil-localhost',
    '.localhost',
    'a..localhost',
    '*.localhost',
    'a b.localhost',
    `${'a'.repeat(64)}.localhost`,
    `${'a.'.repeat(130)}localhost`,
    '',
  ])('are made for nothing else: %s', (name) => {
    expect(source.find(name)).toBeUndefined();
  });

  it('are forgotten when there are too many', async () => {
    const first = await source.find('first.localhost');
    for (let i = 0; i < 256; i++) await source.find(`n${i}.localhost`);
    expect(await source.find('first.localhost')).not.toBe(first);
  });
});
