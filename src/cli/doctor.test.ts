import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../test/fixtures/fake-terminal.ts';
import { serve, type TestServer } from '../../test/fixtures/servers.ts';
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
