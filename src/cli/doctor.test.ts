import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../test/fixtures/fake-terminal.ts';
import { serve, type TestServer } from '../../test/fixtures/servers.ts';
import { makeTempFolder, type TempFolder } from '../../test/fixtures/temp-folder.ts';
import type { Report } from '../doctor/index.ts';
import { run } from './run.ts';

const PAGE = 'http://localhost:5173';
let server: TestServer;

beforeAll(async () => {
  server = await serve((request, response) => {
    if (request.url?.startsWith('/open') === true) response.setHeader('Access-Control-Allow-Origin', '*');
    response.writeHead(request.method === 'POST' ? 201 : 200).end('x');
  });
});
afterAll(() => server.close());

async function doctor(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal('/');
  const code = await run(['doctor', ...args], terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

describe('oneorigin doctor', () => {
  it('ends with 0 if the page may read, 1 if it is blocked, 3 if nobody answers', async () => {
    expect(await doctor(`${server.origin}/open`, '--origin', PAGE)).toMatchObject({ code: 0, err: '' });
    expect(await doctor(`${server.origin}/closed`, '--origin', PAGE)).toMatchObject({ code: 1, err: '' });
    const down = await serve(() => {});
    await down.close();
    expect(await doctor(down.origin, '--origin', PAGE)).toMatchObject({ code: 3, err: '' });
  });

  it('says all that is wrong with its usage', async () => {
    const bad = [
      '--credentials',
      'yes',
      '--mode',
      'x',
      '--stack',
      'iis',
      '--timeout',
      'long',
      '--cacert',
      '/nowhere',
      '--resolve',
      'a=b',
    ];
    const { code, err } = await doctor('api.example.com', '--origin', 'app.example.com', '-H', 'x', ...bad);
    expect(code).toBe(2);
    for (const name of ['url', 'origin', 'header', 'credentials', 'mode', 'timeout', 'resolve']) {
      expect(err).toContain(`cli-${name}-invalid`);
    }
    for (const name of ['cli-stack-unknown', 'cli-cacert-unreadable']) expect(err).toContain(name);
    for (const origin of ['', 'x://', 'https://']) {
      const wrong = await doctor(server.origin, '--origin', origin);
      expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('cli-origin-invalid')]);
    }
    const app = await doctor(`${server.origin}/open`, '--origin', 'capacitor://localhost');
    expect([app.code, app.err]).toEqual([0, '']);
    expect((await doctor(server.origin)).err).toContain('cli-doctor-origin-missing');
    expect((await doctor()).err).toContain('oneorigin doctor https://');
  });

  it('sends what could change something only with --send', async () => {
    const asked = async (...args: string[]): Promise<string[]> => {
      server.seen.length = 0;
      await doctor(`${server.origin}/open`, '--origin', PAGE, '--data', 'a=b', ...args);
      return [...new Set(server.seen.map(({ method }) => method))].toSorted();
    };
    expect(await asked()).toEqual(['GET', 'OPTIONS']);
    expect(await asked('--send')).toEqual(['GET', 'OPTIONS', 'POST']);
    expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('speaks JSON', async () => {
    const { out } = await doctor(`${server.origin}/closed`, '--origin', PAGE, '--json', '--stack', 'caddy');
    const report = JSON.parse(out) as Report;
    expect(report).toMatchObject({ version: 1, outcome: 'blocked', fix: { stack: 'caddy', guessed: false } });
    expect(report.findings[0]).toMatchObject({ code: 'doctor-no-policy', severity: 'error', mendedByPolicy: true });
  });

  it('stays within 80 columns but for what is copied, and has no colours', async () => {
    const { out } = await doctor(`${server.origin}/closed`, '--origin', PAGE);
    expect(out).not.toContain('\u001B');
    expect(out.split('\n').filter((line) => line.length > 80 && !/^ {6}/.test(line))).toEqual([]);
  });
});

describe('oneorigin doctor --har', () => {
  const recorded = fileURLToPath(new URL('../../test/fixtures/har/chromium.har', import.meta.url));
  let folder: TempFolder;
  const entry = (headers: readonly object[]): object => ({
    request: { method: 'GET', url: 'https://api.example.com/', headers: [{ name: 'Origin', value: PAGE }] },
    response: { status: 200, headers },
  });
  const har = (...entries: object[]): string => JSON.stringify({ log: { entries } });
  const allow = { name: 'Access-Control-Allow-Origin', value: '*' };

  beforeAll(() => {
    folder = makeTempFolder({
      'fine.har': har(entry([allow])),
      'blocked.har': har(entry([]), entry([allow])),
      'nobody.har': har({
        request: { method: 'GET', url: 'https://a.example/', headers: [{ name: 'Sec-Fetch-Mode', value: 'cors' }] },
      }),
      'cut.har': har(entry([])).slice(0, -20),
      'page.html': '<!doctype html>',
      'other.json': '{"a":1}',
      'empty.har': '',
    });
    // A hole takes no room on the disk.
    truncateSync(folder.write('huge.har', ''), 201 * 1024 * 1024);
  });
  afterAll(() => folder.remove());

  const judge = (name: string, ...args: string[]) => doctor('--har', join(folder.path, name), ...args);

  it('ends with 0 if nothing is blocked, 1 if anything is', async () => {
    expect(await judge('fine.har')).toMatchObject({ code: 0, err: '' });
    expect(await judge('fine.har', '--credentials', 'include')).toMatchObject({ code: 1 });
    const { code, out } = await judge('blocked.har');
    expect(code).toBe(1);
    expect(out.indexOf('✗ GET')).toBeLessThan(out.indexOf('The rest'));
  });

  it.each([
    ['nowhere.har', 'there is no such file'],
    ['.', 'it is a folder'],
    ['empty.har', 'it is empty'],
    ['cut.har', 'it ends in the middle'],
    ['page.html', 'it is not JSON'],
    ['other.json', 'it is JSON, and no HAR'],
    ['huge.har', 'it is larger than 200 MiB'],
  ])('ends with 3 for %s: %s', async (name, reason) => {
    const { code, out, err } = await judge(name);
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain(reason);
  });

  it('ends with 2 for what has no meaning there', async () => {
    for (const args of [
      ['http://a.example/'],
      ['--send'],
      ['--audit'],
      ['--method', 'PUT'],
      ['--origin', 'app'],
      ['--credentials', 'x'],
    ]) {
      expect(await judge('fine.har', ...args)).toMatchObject({ code: 2, out: '' });
    }
  });

  it('asks for the page where the recording names none', async () => {
    expect((await judge('nobody.har')).out).toContain('--origin');
    expect((await judge('nobody.har', '--origin', PAGE)).code).toBe(1);
  });

  it.each([
    ['--json', /^\{\n {2}"version": 1,\n {2}"kind": "har"/],
    ['--markdown', /^### ❌/],
    ['--html', /^<!doctype html>/],
  ])('speaks %s', async (option, start) => {
    const { code, out } = await doctor('--har', recorded, option);
    expect(code).toBe(1);
    expect(out).toMatch(start);
  });

  it('asks nobody', async () => {
    server.seen.length = 0;
    const url = server.origin + '/closed';
    folder.write('here.har', har({ request: { method: 'PUT', url, headers: [{ name: 'Origin', value: PAGE }] } }));
    expect((await judge('here.har')).code).toBe(1);
    expect(server.seen).toEqual([]);
  });
});
