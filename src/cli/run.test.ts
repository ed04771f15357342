import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeTerminal } from '../../test/fixtures/fake-terminal.ts';
import { run } from './run.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneorigin-cli-'));
  writeFileSync(
    join(folder, 'valid.yaml'),
    'listen: 127.0.0.1:0\nlog: { access: off }\nroutes: [{ path: /*, respond: 204 }]\n',
  );
  writeFileSync(
    join(folder, 'valid.json'),
    '{ "listen": "127.0.0.1:0", "log": { "access": "off" }, "routes": [{ "path": "/*", "respond": 204 }] }',
  );
  writeFileSync(
    join(folder, 'valid.ts'),
    `import { defineConfig, type Config } from 'oneorigin';
const routes: Config['routes'] = [{ path: '/*', respond: 204 }];
export default defineConfig({ listen: '127.0.0.1:0', log: { access: 'off' }, routes });
`,
  );
  writeFileSync(join(folder, 'wrong.yaml'), 'routes: [{ path: /*, respnd: 204 }]\n');
  writeFileSync(
    join(folder, 'policy.yaml'),
    `cors:
  partners:
    origins: [https://app.example.com]
    methods: [PUT]
    headers: [x-token]
routes:
  - { path: /api/*, proxy: 'http://127.0.0.1:9', cors: partners }
  - { path: /raw/*, proxy: 'http://127.0.0.1:9' }
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal(folder);
  const code = await run(args, terminal);
  return { code, out: terminal.output, err: terminal.errors };
}

describe('the command line', () => {
  it('prints its version and its help', async () => {
    expect(await command('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    const help = await command('--help');
    expect(help).toMatchObject({ code: 0 });
    for (const name of ['dev', 'serve', 'check', 'explain']) expect(help.out).toContain(name);
    expect(await command('dev', '--help')).toMatchObject({
      code: 0,
      out: expect.stringContaining('PREFIX'.toLowerCase()),
    });
  });

  it.each([
    [['chek'], 'Did you mean `check`?'],
    [['check', '--orign', 'x'], 'Did you mean `--origin`?'],
    [['dev'], 'Write `oneorigin dev /=http://localhost:5173 /api=http://localhost:8000`.'],
    [['serve', 'extra'], 'A config file is named with `-c`: `oneorigin serve -c FILE`.'],
    [['check', '-c'], 'See `oneorigin check --help`.'],
    [['--bogus'], 'See `oneorigin --help`.'],
  ])('answers wrong usage with 2 and a hint: %j', async (args, hint) => {
    const { code, err } = await command(...args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });

  it('answers it as JSON where that was asked for', async () => {
    const { code, out, err } = await command('check', '--json', '--orign', 'x');
    expect([code, err]).toEqual([2, '']);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: [
        { code: 'cli-usage', message: 'Wrong usage: unknown option `--orign`.', mend: 'Did you mean `--origin`?' },
      ],
    });
  });

  it('without a command shows what there is', async () => {
    const { code, err } = await command();
    expect(code).toBe(2);
    expect(err).toContain('Usage: oneorigin');
  });

  it.each([['serve'], ['check']])('%s says so if there is no config', async (name) => {
    expect(await command(name)).toMatchObject({ code: 2, err: expect.stringContaining('cli-no-config') });
    const json = await command(name, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problems: [{ code: 'cli-no-config' }] });
  });
});

describe('check', () => {
  it.each(['valid.json', 'valid.ts'])('passes %s', async (file) => {
    expect(await command('check', '-c', file)).toEqual({ code: 0, out: `${file} is valid: 1 route\n`, err: '' });
  });

  it('passes a valid config', async () => {
    expect(await command('check', '-c', 'valid.yaml')).toEqual({
      code: 0,
      out: 'valid.yaml is valid: 1 route\n',
      err: '',
    });
    const json = await command('check', '-c', 'valid.yaml', '--json');
    expect(json).toMatchObject({ code: 0 });
    expect(JSON.parse(json.out)).toEqual({ ok: true, file: 'valid.yaml', problems: [] });
  });

  it('fails a wrong one with its place', async () => {
    const text = await command('check', '-c', 'wrong.yaml');
    expect(text).toMatchObject({ code: 1, out: expect.stringContaining('wrong.yaml:1:22 error[config-unknown-key]') });
    const json = await command('check', '-c', 'wrong.yaml', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      problems: [{ key: 'routes[0].respnd', place: { line: 1 } }],
    });
  });

  const ask = (...args: string[]): ReturnType<typeof command> =>
    command('check', '-c', 'policy.yaml', '--origin', 'https://app.example.com', ...args);

  it('plays a browser through: what is allowed', async () => {
    const { code, out } = await ask('--request', 'PUT /api/users/1', '-H', 'X-Token: 1');
    expect(code).toBe(0);
    expect(out).toContain('the method PUT is not GET, HEAD or POST');
    expect(out).toContain('the header x-token is not one that pages may always send');
    expect(out).toContain('answered 204 by the gateway');
    expect(out).toContain('Access-Control-Allow-Origin: https://app.example.com');
    expect(out).toContain('may read the response');
  });

  it('plays a browser through: what is refused, where, and the mend', async () => {
    const { code, out } = await ask('--request', 'DELETE /api/users/1', '-H', 'x-other: 1');
    expect(code).toBe(1);
    expect(out).toContain('policy.yaml:4:5 error[cors-refused-method]');
    expect(out).toContain('Write `methods: [PUT, DELETE]`.');
    expect(out).toContain('Write `headers: [x-token, x-other]`');
    expect(out).toContain('request    not sent');
  });

  it('says when only the upstream knows', async () => {
    const { code, out } = await ask('--request', '/raw/x', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      simulation: {
        outcome: 'upstream-decides',
        preflightNeeded: false,
        requestSent: true,
        route: { action: 'proxy' },
      },
      findings: [{ code: 'simulated-upstream-decides', severity: 'info' }],
    });
  });

  it.each([
    [['--request', 'PUT'], 'cli-request-invalid'],
    [['--request', '/api', '-H', 'nonsense'], 'cli-header-invalid'],
    [['--request', '/api', '--credentials', 'maybe'], 'cli-credentials-invalid'],
    [['--request', '/api', '--host', 'a b'], 'cli-origin-invalid'],
    [[], 'cli-simulation-incomplete'],
  ])('refuses what it cannot simulate: %j', async (args, problem) => {
    expect(await ask(...args)).toMatchObject({ code: 2, err: expect.stringContaining(problem) });
  });

  it.each([
    ['-H', 'x-token: 1'],
    ['--credentials', 'include'],
    ['--host', 'api.example.com'],
  ])('does not overlook that a request was meant: %s', async (...args) => {
    const { code, err } = await command('check', '-c', 'policy.yaml', ...args);
    expect(code).toBe(2);
    expect(err).toContain('cli-simulation-incomplete');
  });

  it('suggests the origin as a browser writes it', async () => {
    const { code, err } = await command(
      'check',
      '-c',
      'policy.yaml',
      '--origin',
      'app.example.com/',
      '--request',
      '/api',
    );
    expect(code).toBe(2);
    expect(err).toContain('Write `https://app.example.com`.');
  });
});

describe('serve', () => {
  it.each(['valid.yaml', 'valid.json', 'valid.ts'])('runs %s until it is asked to end', async (file) => {
    const terminal = new FakeTerminal(folder);
    const done = run(['serve', '-c', file], terminal);
    await terminal.running;
    const url = /http:\S+/.exec(terminal.output)?.[0] ?? '';
    expect((await fetch(url)).status).toBe(204);
    terminal.stop();
    expect(await done).toBe(0);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('fails on a wrong config, with its problems', async () => {
    expect(await command('serve', '-c', 'wrong.yaml')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Did you mean `respond`?'),
    });
    expect(await command('serve', '-c', 'none.yaml')).toMatchObject({
      code: 1,
      err: expect.stringContaining('config-file-unreadable'),
    });
  });
});

describe('dev', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));

  /** A server that says who it is and what it was asked for. */
  async function backend(name: string): Promise<string> {
    const server = createServer((request, response) => response.end(`${name} ${request.url} ${request.headers.host}`));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it('puts a frontend and an API under one origin, the prefix kept', async () => {
    const [web, api] = [await backend('web'), await backend('api')];
    const terminal = new FakeTerminal(folder);
    const done = run(['dev', `/=${web}`, `/api=${api}`, '--port', '0'], terminal);
    await terminal.running;
    const url = /http:\/\/localhost:\d+/.exec(terminal.output)?.[0] ?? '';
    const { host } = new URL(url);
    expect(terminal.output).toContain(`/api  → ${api}\n  /     → ${web}`);
    expect(await (await fetch(`${url}/api/users?a=1`)).text()).toBe(`api /api/users?a=1 ${host}`);
    expect(await (await fetch(`${url}/api`)).text()).toBe(`api /api ${host}`);
    expect(await (await fetch(`${url}/apis`)).text()).toBe(`web /apis ${host}`);
    terminal.stop();
    expect(await done).toBe(0);
  });

  it('says what to do when the port is taken', async () => {
    const taken = new URL(await backend('taken')).port;
    const { code, err } = await command('dev', '/=5173', '--port', taken);
    expect(code).toBe(1);
    expect(err).toContain(`Port ${taken} is taken`);
    expect(err).toContain(`--port ${Number(taken) + 1}`);
  });

  it.each([
    ['name.invalid', '`name.invalid` failed: no such name is known.'],
    ['192.0.2.1', '`192.0.2.1:8080` failed: this machine has no such address.'],
  ])('says why it cannot listen on %s', async (host, reason) => {
    const { code, err } = await command('dev', '/=5173', '--host', host);
    expect(code).toBe(1);
    expect(err).toContain(reason);
  });

  it.each([
    [['/api'], 'PREFIX=TARGET'],
    [['api=8000'], 'Write a path that begins with a slash'],
    [['/=ftp://x'], 'the target is not a URL with `http:` or `https:`'],
    [['/=http://x/?y=1'], 'a target has no query'],
    [['/=99999'], 'there are no ports but 1 to 65535'],
    [['/=0'], 'there are no ports but 1 to 65535'],
    [['/a=1', '/a/=2'], 'Leave one of them out'],
    [['/=5173', '--port', 'x'], 'is not a port'],
    [['/=5173', '--host', 'a b'], 'listen-invalid'],
  ])('refuses %j', async (args, hint) => {
    const { code, err } = await command('dev', ...args);
    expect(code).toBe(2);
    expect(err).toContain(hint);
  });
});
