import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { connectClient, type RawClient } from '../../fixtures/raw-client.ts';
import { CLI } from '../../fixtures/running.ts';
import { play, type Play } from './play.ts';

let stage: Play;

beforeEach(async () => {
  stage = await play();
});
afterEach(() => stage.end());

const config = (more = ''): string =>
  `listen: 127.0.0.1:0\nlog: { access: off }\n${more}\nroutes: [{ path: /*, proxy: '${stage.upstream}' }]\n`;

/** The name of the worker that answers on this connection. */
const workerOf = async (client: RawClient): Promise<string> => (await client.ask('/')).body.text;

async function connections(count: number): Promise<{ client: RawClient; worker: string }[]> {
  const found: { client: RawClient; worker: string }[] = [];
  for (let i = 0; i < count; i++) {
    const client = await stage.connect();
    found.push({ client, worker: await workerOf(client) });
  }
  return found;
}

function counted(names: readonly string[]): number[] {
  return [...new Set(names)].map((name) => names.filter((each) => each === name).length);
}

describe('workers', () => {
  it('are as many processes as the config says, and share the connections of one address evenly', async () => {
    const { workers, output } = await stage.serve(config('workers: 3'));
    expect(workers()).toHaveLength(3);
    expect(counted((await connections(9)).map(({ worker }) => worker))).toEqual([3, 3, 3]);
    expect(output()).toMatch(/^oneorigin listens on http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it('fill up again the one that lost its clients', async () => {
    await stage.serve(config('workers: 2'));
    const all = await connections(6);
    const [{ worker: left }] = all as [(typeof all)[0]];
    for (const { client, worker } of all) if (worker === left) client.socket.destroy();
    // Its three were closed: the next three are its own.
    await expect
      .poll(async () => {
        const next = await stage.connect();
        const worker = await workerOf(next);
        if (worker !== left) next.socket.destroy();
        return worker;
      })
      .toBe(left);
    expect((await connections(2)).map(({ worker }) => worker)).toEqual([left, left]);
  });

  it('are none for one process', async () => {
    const { workers } = await stage.serve(config('workers: 1'));
    expect(workers()).toEqual([]);
    expect(await workerOf(await stage.connect())).not.toBe('');
  });

  it('serve several addresses', async () => {
    const { output, workers } = await stage.serve(
      config('workers: 2').replace('127.0.0.1:0', "['127.0.0.1:0', '127.0.0.1:0']"),
    );
    const ports = [...output().matchAll(/:(\d+)\n/g)].map((match) => Number(match[1]));
    expect(new Set(ports).size).toBe(2);
    expect(workers()).toHaveLength(2);
    for (const port of ports) expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  it('greet once as JSON too', async () => {
    const { output, port } = await stage.serve(config('workers: 2'), '--json');
    await fetch(`http://127.0.0.1:${port}/`);
    expect(JSON.parse(output())).toEqual({
      ok: true,
      listening: [{ host: '127.0.0.1', port, url: `http://127.0.0.1:${port}` }],
    });
  });

  it('are held to the limits on connections together', async () => {
    await stage.serve(config('workers: 2\nlimits: { connections: 3 }'));
    const [first] = await connections(3);
    const fourth = await stage.connect();
    expect((await fourth.ask('/')).problem).toBe('too-many-connections');
    fourth.end();
    first?.client.socket.destroy();
    await expect
      .poll(async () => {
        const client = await stage.connect();
        const { status } = await client.ask('/');
        client.socket.destroy();
        return status;
      })
      .toBe(200);
  });

  it('are held to the limit on connections of one address together', async () => {
    await stage.serve(config('workers: 2\nlimits: { connectionsPerAddress: 2 }'));
    await connections(2);
    expect((await (await stage.connect()).ask('/')).problem).toBe('too-many-connections');
  });
});

describe('the log of several workers', () => {
  it('has whole lines in a pipe, longer than it takes at once and for a slow reader', async () => {
    // Not what `spawn` makes, which is a socket.
    const pipe = stage.path('log');
    execFileSync('mkfifo', [pipe]);
    const end = openSync(pipe, 'r+');
    const file = stage.write(
      'log.yaml',
      'workers: 2\nlisten: 127.0.0.1:0\nlog: { format: json }\nroutes: [{ respond: 204 }]\n',
    );
    const child = spawn(process.execPath, [CLI, 'serve', '-c', file], { stdio: ['ignore', end, 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    const port = Number(/:(\d+)\n/.exec(readLine(end))?.[1]);
    const path = `/${'x'.repeat(7000)}`;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = await connectClient(port);
        for (let i = 0; i < 50; i++) expect((await client.ask(path)).status).toBe(204);
        client.socket.destroy();
      }),
    );
    const reader = createReadStream(pipe, 'utf8');
    let text = '';
    reader.on('data', (data) => (text += String(data)));
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expect.poll(() => text.split('\n').length).toBe(401);
    reader.destroy();
    // Its last reader would wait for ever for a writer that isn't there.
    closeSync(end);
    const lines = text.trimEnd().split('\n');
    expect(new Set(lines.map((line) => (JSON.parse(line) as { path: string }).path))).toEqual(new Set([path]));
  });
});

/** Reads up to the first line's end. */
function readLine(descriptor: number): string {
  const byte = Buffer.alloc(1);
  let line = '';
  while (!line.endsWith('\n')) {
    readSync(descriptor, byte);
    line += byte.toString();
  }
  return line;
}
