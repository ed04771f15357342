import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CertificateAuthority } from '../../fixtures/certificates.ts';
import { curl, runProgram } from '../../fixtures/openssl.ts';
import { play, type Play } from '../workers/play.ts';

let stage: Play;
let ca: CertificateAuthority;

beforeEach(async () => {
  stage = await play();
  ca = new CertificateAuthority(stage.path('.'), 'ca');
  const { cert, key } = ca.issue(['DNS:localhost']);
  stage.write('cert.pem', cert);
  stage.write('key.pem', key);
});
afterEach(() => stage.end());

const config = (workers: number): string => `listen:
  address: 127.0.0.1:0
  tls: { certificates: { cert: cert.pem, key: key.pem } }
log: { access: off }
workers: ${workers}
routes: [{ path: /*, proxy: '${stage.upstream}' }]
`;

describe('TLS with workers', () => {
  it('is spoken by each of them', async () => {
    const { port, output } = await stage.serve(config(2));
    expect(output()).toBe(`oneorigin listens on https://127.0.0.1:${port}\n`);
    const names = new Set<string>();
    await expect
      .poll(async () => {
        const { text } = await curl(`https://localhost:${port}/`, '--cacert', ca.file, '--no-include');
        names.add(text);
        return names.size;
      })
      .toBe(2);
  });

  it('answers plain HTTP', async () => {
    const { port } = await stage.serve(config(2));
    expect((await curl(`http://127.0.0.1:${port}/`)).text).toContain('400 Bad Request');
  });

  it.each(['-tls1_2', '-tls1_3'])('resumes a session at another worker (%s)', async (version) => {
    const { port } = await stage.serve(config(2));
    const request = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const ask = async (...options: string[]): Promise<{ text: string; worker: string | undefined }> => {
      const args = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-ign_eof', version];
      const { text } = await runProgram('openssl', [...args, ...options], request);
      return { text, worker: /\r\n\r\n([a-z\d]{6})/.exec(text)?.[1] };
    };
    const session = stage.path('session');
    const first = await ask('-sess_out', session);
    expect(first.text).toContain('\nNew, TLSv1');
    // One of them is at another worker.
    const seen = new Set([first.worker]);
    await expect
      .poll(async () => {
        const { text, worker } = await ask('-sess_in', session);
        expect(text).toContain('\nReused, TLSv1');
        seen.add(worker);
        return seen.size;
      })
      .toBe(2);
  });
});
