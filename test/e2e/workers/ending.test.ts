import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../fixtures/certificate.ts';
import { CLI } from '../../fixtures/running.ts';
import { runs } from '../../fixtures/serve-process.ts';
import { play, type Play } from './play.ts';

let stage: Play;

beforeEach(async () => {
  stage = await play();
});
afterEach(() => stage.end());

const config = (listen = '127.0.0.1:0', workers = 2): string =>
  `listen: ${listen}\nlog: { access: off }\nworkers: ${workers}\nroutes: [{ path: /*, proxy: '${stage.upstream}' }]\n`;

const gone = (pids: readonly number[]): Promise<void> =>
  expect.poll(() => pids.filter((pid) => runs(pid)), { timeout: 5000 }).toEqual([]);

describe('a gateway with workers', () => {
  it.each([
    ['SIGTERM', 'kill'],
    ['SIGINT', 'killGroup'],
  ] as const)('lets a request under way come to its end at %s by %s', async (signal, how) => {
    const gateway = await stage.serve(config());
    const pids = gateway.workers();
    const [client, idle] = [await stage.connect(), await stage.connect()];
    await idle.ask('/');
    const answer = client.ask('/held');
    const response = await stage.held();
    gateway[how](signal);
    // The one that has nothing to do is told at once.
    expect(await idle.rest()).toBe('');
    idle.end();
    await expect.poll(() => stage.connect().catch((error: Error) => error.message)).toMatch('ECONNREFUSED');
    await expect.poll(() => gateway.errors()).toContain('Waiting for 1 connection to come to an end');
    response.end('whole');
    const { body, head } = await answer;
    expect([body.text, head.get('connection')]).toEqual(['whole', 'close']);
    client.end();
    expect(await gateway.exited).toEqual([0, null]);
    await gone(pids);
    expect(gateway.output()).not.toContain('error');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('ends at once at the second %s', async (signal, code) => {
    const gateway = await stage.serve(config());
    const pids = gateway.workers();
    const client = await stage.connect();
    const answer = client.ask('/held').catch(() => 'cut');
    await stage.held();
    gateway.kill(signal);
    await expect.poll(() => gateway.errors()).toContain('Waiting for');
    gateway.kill(signal);
    expect(await gateway.exited).toEqual([code, null]);
    // Long before the 10 seconds are over that the first signal gave them.
    await gone(pids);
    expect(await answer).toBe('cut');
  });

  it('whose supervisor is killed ends what is under way, and leaves nobody behind', async () => {
    const gateway = await stage.serve(config());
    const pids = gateway.workers();
    const [client, idle] = [await stage.connect(), await stage.connect()];
    await idle.ask('/');
    const answer = client.ask('/held');
    const response = await stage.held();
    gateway.kill('SIGKILL');
    await gateway.exited;
    expect(await idle.rest()).toBe('');
    idle.end();
    await expect.poll(() => pids.filter((pid) => runs(pid)).length).toBe(1);
    await expect(stage.connect()).rejects.toThrow('ECONNREFUSED');
    response.end('whole');
    expect((await answer).body.text).toBe('whole');
    client.end();
    await gone(pids);
  });
});

describe('a gateway with workers that cannot start', () => {
  /** @param config a file. @returns what it said, and its exit code */
  function serve(file: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [CLI, 'serve', '-c', file, ...args], { encoding: 'utf8', timeout: 20_000 });
  }

  it('says what one process would say of a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const listen = `127.0.0.1:${(taken.address() as AddressInfo).port}`;
    const [one, two] = [1, 2].map((workers) => serve(stage.write('taken.yaml', config(listen, workers))));
    taken.close();
    expect(two).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('error[listen-in-use]') });
    expect(two?.stderr).toBe(one?.stderr);
  });

  it('says what is wrong with its config', () => {
    expect(serve(stage.write('wrong.yaml', `${config()}workrs: 2\n`))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Did you mean `workers`?'),
    });
  });

  it('says why its workers could not start', () => {
    stage.write('ca.pem', selfSigned('a.test').cert);
    const file = stage.write(
      'gone.mjs',
      // There when the config is checked, gone when a worker needs it.
      `import { rmSync } from 'node:fs';
setTimeout(() => rmSync(new URL('ca.pem', import.meta.url), { force: true }));
export default {
  listen: '127.0.0.1:0',
  workers: 2,
  upstreams: { a: { servers: 'https://127.0.0.1:9', tls: { ca: 'ca.pem' } } },
  routes: [{ proxy: 'a' }],
};\n`,
    );
    expect(serve(file)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('file-unreadable') });
  });
});
