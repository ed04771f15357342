import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RawClient } from '../../fixtures/raw-client.ts';
import { runs } from '../../fixtures/serve-process.ts';
import { play, type Play } from './play.ts';

let stage: Play;

beforeEach(async () => {
  stage = await play();
});
afterEach(() => stage.end());

const config = (workers: number, log = '{ access: off }'): string =>
  `listen: 127.0.0.1:0\nlog: ${log}\nworkers: ${workers}\nroutes: [{ path: /*, proxy: '${stage.upstream}' }]\n`;

describe('a worker that crashes', () => {
  it('under load takes its own connections with it and nobody else', async () => {
    const { workers, output } = await stage.serve(config(2));
    const pids = workers();
    const clients = await Promise.all(Array.from({ length: 8 }, () => stage.connect()));
    const names = await Promise.all(clients.map(async (client) => (await client.ask('/')).body.text));
    const load = { on: true };
    const kept = clients.map((client, i) => askUntil(client, names[i] ?? '', () => load.on));
    // New connections all the while, several at a time: none of them fails, whatever worker it was meant for.
    let fresh = 0;
    const lost: string[] = [];
    const newcomers = Array.from({ length: 3 }, async () => {
      while (load.on) {
        const client = await stage.connect();
        const answer = await client.ask('/').catch(() => undefined);
        if (answer?.status === 200) fresh++;
        else lost.push('a new connection');
        client.socket.destroy();
      }
    });
    await expect.poll(() => fresh).toBeGreaterThan(20);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await expect.poll(() => workers().filter((pid) => !pids.includes(pid)).length).toBe(1);
    const before = fresh;
    await expect.poll(() => fresh).toBeGreaterThan(before + 20);
    load.on = false;
    const cut = (await Promise.all(kept)).filter((name) => name !== undefined);
    await Promise.all(newcomers);
    expect(new Set(cut).size).toBe(1);
    expect(cut).toEqual(names.filter((name) => name === cut[0]));
    // A new connection that the dead worker had already begun to answer is lost with it.
    expect(lost.length).toBeLessThanOrEqual(3);
    expect(workers()).toHaveLength(2);
    expect(output()).toContain(`error worker ${pids[0]} ended: SIGKILL; another one takes its place\n`);
  });

  it('leaves the connections that come meanwhile to the one that takes its place', async () => {
    const { workers, port } = await stage.serve(config(2));
    // It does what the others did, not what the file says by now.
    stage.write('oneorigin.yaml', 'routes: [{ respond: 500 }]');
    for (const pid of workers()) process.kill(pid, 'SIGKILL');
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetch(`http://127.0.0.1:${port}/`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });

  it('or hangs does not keep what it was handed last and never took', async () => {
    const { workers } = await stage.serve(config(2));
    const [stuck = 0] = workers();
    process.kill(stuck, 'SIGSTOP');
    const clients = await Promise.all(Array.from({ length: 8 }, () => stage.connect()));
    let answered = 0;
    const answers = clients.map(async (client) => {
      const { status } = await client.ask('/');
      answered++;
      return status;
    });
    await expect.poll(() => answered).toBe(7);
    process.kill(stuck, 'SIGKILL');
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
  });

  it('no longer counts against the limit on connections', async () => {
    const { workers } = await stage.serve(`limits: { connections: 1 }\n${config(2)}`);
    const client = await stage.connect();
    expect((await client.ask('/')).status).toBe(200);
    for (const pid of workers()) process.kill(pid, 'SIGKILL');
    await client.gone;
    await expect
      .poll(async () => {
        const next = await stage.connect();
        const { status } = await next.ask('/');
        next.socket.destroy();
        return status;
      })
      .toBe(200);
  });

  it('again and again is replaced later each time', async () => {
    const { workers, output } = await stage.serve(config(2, '{ access: off, format: json }'));
    const [steady = 0] = workers();
    for (let crash = 0; crash < 4; crash++) {
      await expect.poll(() => workers().length).toBe(2);
      for (const pid of workers()) if (pid !== steady) process.kill(pid, 'SIGKILL');
      await expect.poll(() => reports(output()).length).toBe(crash + 1);
    }
    expect(reports(output()).map(({ restartIn }) => restartIn)).toEqual([0, 200, 400, 800]);
    expect(reports(output())[0]).toEqual({
      level: 'error',
      error: expect.stringMatching(/^worker \d+ ended: SIGKILL$/),
      restartIn: 0,
    });
    expect(runs(steady)).toBe(true);
  });

  it('is no crash if it was asked to end: it ends what is under way, and is replaced', async () => {
    const { workers, output } = await stage.serve(config(2));
    const pids = workers();
    const client = await stage.connect();
    const answer = client.ask('/held');
    const response = await stage.held();
    for (const pid of pids) process.kill(pid, 'SIGTERM');
    await expect.poll(() => output()).toContain('info worker');
    response.end('done');
    expect((await answer).body.text).toBe('done');
    client.end();
    await expect.poll(() => workers().filter((pid) => !pids.includes(pid)).length).toBe(2);
    expect(output()).not.toContain('error');
  });
});

/** Asks again and again. @returns the worker's name if the connection failed. */
async function askUntil(client: RawClient, worker: string, going: () => boolean): Promise<string | undefined> {
  while (going()) {
    const answer = await client.ask('/').catch(() => undefined);
    if (answer === undefined) return worker;
    expect([answer.status, answer.body.text]).toEqual([200, worker]);
  }
  return undefined;
}

interface Report {
  readonly level: string;
  readonly error: string;
  readonly restartIn: number;
}

function reports(output: string): Report[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Report);
}
