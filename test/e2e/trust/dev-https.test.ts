import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { trust } from '../../../src/cli/commands/trust.ts';
import { thisMachine } from '../../../src/cli/trust/machine.ts';
import { launchChromiumOf, openProbe, PROBE_PAGE } from '../../fixtures/browser.ts';
import { FakeTerminal } from '../../fixtures/fake-terminal.ts';
import { curl } from '../../fixtures/openssl.ts';
import { CLI, start, type Running } from '../../fixtures/running.ts';
import { serve, type TestServer } from '../../fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../../fixtures/temp-folder.ts';

let folder: TempFolder;
let upstream: TestServer;
let gateway: Running | undefined;

beforeAll(async () => {
  upstream = await serve((request, response) => {
    if (request.url === '/') return void response.writeHead(200, { 'Content-Type': 'text/html' }).end(PROBE_PAGE);
    response.setHeader('Set-Cookie', '__Host-session=1; Secure; HttpOnly; Path=/; SameSite=Strict');
    response.end(JSON.stringify({ cookie: request.headers.cookie ?? '', proto: request.headers['x-forwarded-proto'] }));
  });
});
afterAll(() => upstream.close());
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  folder.remove();
});

/** `oneorigin dev --https` for a user whose home folder is the test's. @returns its port */
async function dev(...options: readonly string[]): Promise<number> {
  const env = { HOME: folder.path, XDG_DATA_HOME: '' };
  const args = ['dev', `/=${upstream.port}`, '--https', '--port', '0', ...options];
  gateway = await start(CLI, args, { until: /https:\/\/(?:localhost|127\.0\.0\.1):(\d+)[^]*(?:\n\n|\n\}\n)$/, env });
  return Number(gateway.match[1]);
}

const authority = (): string => join(folder.path, '.local/share/oneorigin/local-authority.pem');

/** Has this user's Chromium trust the authority; nothing of the machine is touched. */
async function trustInChromium(): Promise<void> {
  const env = { HOME: folder.path, PATH: process.env['PATH'] ?? '' };
  const none = join(folder.path, 'none');
  await trust({}, new FakeTerminal(folder.path), { ...thisMachine(env), systemFolder: none });
}

describe('oneorigin dev --https', () => {
  it('makes an authority for its user, and says how it is trusted until it is', async () => {
    folder = makeTempFolder();
    const port = await dev();
    expect(gateway?.output()).toContain(`One origin: https://localhost:${port}\n`);
    expect(gateway?.output()).toContain('oneorigin trust');
    expect(statSync(join(folder.path, '.local/share/oneorigin/local-authority.key')).mode & 0o777).toBe(0o600);
    const cert = readFileSync(authority(), 'utf8');
    await gateway?.stop();
    await trustInChromium();
    await dev();
    expect(gateway?.output()).not.toContain('oneorigin trust');
    expect(readFileSync(authority(), 'utf8')).toBe(cert);
  });

  it('is accepted by curl for each local name, and for no other', async () => {
    folder = makeTempFolder();
    const port = await dev();
    const ask = (host: string, ...options: string[]): ReturnType<typeof curl> =>
      curl(`https://${host}:${port}/x`, '--cacert', authority(), ...options);
    for (const host of ['localhost', '127.0.0.1', 'app.localhost', 'a.b.localhost']) {
      expect((await ask(host)).text, host).toContain('"proto":"https"');
    }
    const other = await ask('example.com', '--resolve', `example.com:${port}:127.0.0.1`);
    expect(other.text).toMatch(/no alternative certificate subject name matches/);
  });

  it('speaks JSON', async () => {
    folder = makeTempFolder();
    const port = await dev('--json');
    expect(JSON.parse(gateway?.output() ?? '')).toMatchObject({ listening: [{ url: `https://127.0.0.1:${port}` }] });
  });

  it('says why it has no certificates', async () => {
    folder = makeTempFolder({ '.local': 'a file' });
    await expect(dev()).rejects.toThrow(/error\[local-authority-failed\][^]*ENOTDIR|EEXIST/);
  });
});

describe('Chromium', () => {
  let browser: Browser | undefined;
  afterEach(() => browser?.close());

  it('believes it once it is trusted, without a flag: secure context, Secure cookies, names below localhost', async () => {
    folder = makeTempFolder();
    const port = await dev();
    await trustInChromium();
    browser = await launchChromiumOf(folder.path);
    for (const host of ['localhost', 'shop.localhost']) {
      const { page, probe, errors, close } = await openProbe(browser, `https://${host}:${port}/`, { strict: true });
      expect(await page.evaluate('isSecureContext')).toBe(true);
      expect(JSON.parse((await probe('/x')).body ?? '')).toMatchObject({ cookie: '', proto: 'https' });
      // A cookie with the strictest prefix there is came back.
      expect(JSON.parse((await probe('/x')).body ?? '')).toMatchObject({ cookie: '__Host-session=1' });
      expect(errors).toEqual([]);
      await close();
    }
  });

  it('warns before that', async () => {
    folder = makeTempFolder();
    const port = await dev();
    browser = await launchChromiumOf(folder.path);
    const opened = openProbe(browser, `https://localhost:${port}/`, { strict: true });
    await expect(opened).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  });
});
