import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serveProcess, type ServeProcess } from '../../fixtures/serve-process.ts';
import { makeTempFolder } from '../../fixtures/temp-folder.ts';

const folder = makeTempFolder();
let gateway: ServeProcess;

afterEach(async () => {
  gateway.kill('SIGKILL');
  await gateway.exited;
});

/** Answers with this, under the log format. */
const config = (body: string, more = ''): string =>
  `listen: 127.0.0.1:0\nlog: { access: off }\nroutes: [{ path: /*, respond: { body: '${body}' } }]\n${more}`;

const read = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.port}/`)).text();
const becomes = (body: string): Promise<void> =>
  vi.waitFor(async () => expect(await read()).toBe(body), { timeout: 10_000, interval: 20 });
const told = (text: string | RegExp): Promise<void> =>
  vi.waitFor(() => expect(gateway.output() + gateway.errors()).toMatch(text), { timeout: 10_000, interval: 20 });

describe.each([1, 2])('with workers: %i', (workers) => {
  const many = `workers: ${workers}\n`;

  it('a config that is wrong changes nothing, and the reason is told', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config('old', many)));
    folder.write('oneorigin.yaml', config('new', `${many}limts: {}\n`));
    gateway.kill('SIGHUP');
    await told(/oneorigin\.yaml:5:1 error\[config-unknown-key\][^]*Did you mean `limits`\?/);
    await told('error config not reloaded: it has a problem; the old one stays in force');
    expect(await read()).toBe('old');
    folder.write('oneorigin.yaml', 'routes: [');
    gateway.kill('SIGHUP');
    await told('yaml-');
    rmSync(join(folder.path, 'oneorigin.yaml'));
    gateway.kill('SIGHUP');
    await told('config-file-unreadable');
    expect(await read()).toBe('old');
    folder.write('oneorigin.yaml', config('new', many));
    gateway.kill('SIGHUP');
    await becomes('new');
  });

  it('an address that is taken changes nothing', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config('old', many)));
    const other = await serveProcess(folder.write('other.yaml', config('other')));
    folder.write('oneorigin.yaml', config('new', many).replace('127.0.0.1:0', `127.0.0.1:${other.port}`));
    gateway.kill('SIGHUP');
    await told(/config not reloaded: .*listen-in-use.*stays in force/);
    expect(await read()).toBe('old');
    other.kill('SIGKILL');
    await other.exited;
  });

  it('another address is listened on, and the old one no more', async () => {
    gateway = await serveProcess(folder.write('oneorigin.yaml', config('old', many)));
    const other = await serveProcess(folder.write('other.yaml', config('other')));
    other.kill('SIGKILL');
    await other.exited;
    folder.write('oneorigin.yaml', config('new', many).replace('127.0.0.1:0', `127.0.0.1:${other.port}`));
    gateway.kill('SIGHUP');
    await told('config reloaded');
    expect(await (await fetch(`http://127.0.0.1:${other.port}/`)).text()).toBe('new');
    await expect(read()).rejects.toThrow();
  });
});

it('--watch sees a file that is written, replaced, or behind a link that is turned', async () => {
  const path = folder.write('watched.yaml', config('1'));
  gateway = await serveProcess(path, '--watch');
  writeFileSync(path, config('2'));
  await becomes('2');
  // As editors do.
  renameSync(folder.write('watched.yaml.tmp', config('3')), path);
  await becomes('3');
  gateway.kill('SIGKILL');
  await gateway.exited;
  // As Kubernetes mounts a ConfigMap: the file is a link into a folder that is itself a link.
  const mount = join(folder.path, 'mount');
  for (const [name, body] of [
    ['first', '4'],
    ['second', '5'],
  ] as const) {
    mkdirSync(join(mount, name), { recursive: true });
    writeFileSync(join(mount, name, 'oneorigin.yaml'), config(body));
  }
  symlinkSync('first', join(mount, '..data'));
  symlinkSync('..data/oneorigin.yaml', join(mount, 'oneorigin.yaml'));
  gateway = await serveProcess(join(mount, 'oneorigin.yaml'), '--watch');
  expect(await read()).toBe('4');
  symlinkSync('second', join(mount, '..data_tmp'));
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'));
  await becomes('5');
});

it('a config that is a program is run anew', async () => {
  const program = (body: string): string =>
    `export default { listen: '127.0.0.1:0', log: { access: 'off' }, routes: [{ respond: { body: '${body}' } }] };\n`;
  gateway = await serveProcess(folder.write('oneorigin.ts', program('old')));
  folder.write('oneorigin.ts', program('new'));
  gateway.kill('SIGHUP');
  await becomes('new');
});

it('several processes become more or fewer, and one can not become several', async () => {
  gateway = await serveProcess(folder.write('oneorigin.yaml', config('2', 'workers: 2\n')));
  const before = gateway.workers();
  folder.write('oneorigin.yaml', config('3', 'workers: 3\n'));
  gateway.kill('SIGHUP');
  await becomes('3');
  await vi.waitFor(() => expect(gateway.workers()).toHaveLength(3), { timeout: 10_000 });
  expect(gateway.workers()).toEqual(expect.arrayContaining(before));
  folder.write('oneorigin.yaml', config('1', 'workers: 1\n'));
  gateway.kill('SIGHUP');
  await vi.waitFor(() => expect(gateway.workers()).toHaveLength(1), { timeout: 10_000 });
  expect(await read()).toBe('1');
  gateway.kill('SIGKILL');
  await gateway.exited;

  gateway = await serveProcess(folder.write('oneorigin.yaml', config('1')));
  folder.write('oneorigin.yaml', config('2', 'workers: 2\n'));
  gateway.kill('SIGHUP');
  await told('warning `workers` takes effect when the gateway is started again');
  expect(await read()).toBe('2');
});

it('a worker that crashes after a reload comes back with the new config', async () => {
  gateway = await serveProcess(folder.write('oneorigin.yaml', config('old', 'workers: 2\n')));
  folder.write('oneorigin.yaml', config('new', 'workers: 2\n'));
  gateway.kill('SIGHUP');
  await becomes('new');
  const before = gateway.workers();
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(gateway.workers().filter((pid) => !before.includes(pid))).toHaveLength(2), {
    timeout: 10_000,
  });
  for (let i = 0; i < 4; i++) expect(await read()).toBe('new');
});

it('a log in JSON tells of it in JSON', async () => {
  gateway = await serveProcess(folder.write('oneorigin.yaml', config('old').replace('access: off', 'format: json')));
  folder.write('oneorigin.yaml', config('new').replace('access: off', 'format: json'));
  gateway.kill('SIGHUP');
  await told(/"message":"config reloaded from/);
  const line =
    gateway
      .output()
      .split('\n')
      .find((each) => each.includes('reloaded')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ level: 'info', time: expect.any(String) as string });
});

it('shutdown.delay: goes on to serve for so long', async () => {
  gateway = await serveProcess(folder.write('oneorigin.yaml', config('still here', 'shutdown: { delay: 1s }\n')));
  const asked = Date.now();
  gateway.kill('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await read()).toBe('still here');
  expect(await gateway.exited).toEqual([0, null]);
  expect(Date.now() - asked).toBeGreaterThanOrEqual(1000);
});
